"""Terms of texts, what they say, and the piece of an article that is shown."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.knowledge.rules import ranking
from portal.knowledge.rules.ranking import BODY, KEYWORD, MOST_ROWS, MOST_TERMS, OFTEN, TITLE
from portal.knowledge.rules.snippets import plain, snippet
from portal.knowledge.rules.terms import LONGEST, characters, pieces, terms


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("报关", ("报关",)),
        ("押金", ("押金",)),
        ("税", ("税",)),
        ("滞箱费", ("滞箱", "箱费")),
        ("报关需要哪些资料？", ("报关", "资料")),
        ("请问押金什么时候退", ("押金", "时候", "候退")),
        ("目的港的押金", ("目的", "的港", "押金")),
        ("怎么办", ()),
        ("40HQ集装箱", ("40hq", "集装", "装箱")),
        ("ＣＮＳＨＡ－ＮＬＲＴＭ", ("cnsha", "nlrtm")),
        ("１２，０００ kg", ("12000", "kg")),
        ("0.5 立方米", ("0.5", "立方", "方米")),
        ("B/L, S/O", ("bl", "so")),
        ("SR-2026-000001", ("sr-2026-000001", "sr", "2026", "000001")),
        ("Claims and duties, loss, customs status", ("claim", "duty", "loss", "custom", "status")),
        ("How do I pay?", ("pay",)),
        ("", ()),
        ("？！…", ()),
    ],
)
def test_a_text_has_these_terms(text: str, found: tuple[str, ...]) -> None:
    assert terms(text) == found


@given(st.text(max_size=300))
def test_no_text_has_an_empty_or_too_long_term_and_reading_is_stable(text: str) -> None:
    found = pieces(text)
    assert all(0 < len(term) <= LONGEST for term in found)
    assert pieces(text) == found and set(terms(text)) == set(found)


@given(st.text(alphabet="报关押金提单仓储海运", min_size=2, max_size=2))
def test_two_characters_are_found_wherever_they_stand_together(word: str) -> None:
    assert word in terms(f"请看海{word}中的说明")


def test_a_word_longer_than_the_column_is_no_term() -> None:
    assert terms("x" * (LONGEST + 1)) == () and terms("x" * LONGEST) == ("x" * LONGEST,)


def test_a_title_says_more_than_a_keyword_and_that_more_than_a_body() -> None:
    found = ranking.weighed(["押金"], "清关", ["报关。货物，货物，货物"])
    weights = [found[term] for term in ("押金", "清关", "货物", "报关")]
    assert weights == [TITLE, KEYWORD, OFTEN, BODY] and found["金"] == BODY
    assert weights == sorted(weights, reverse=True)


def test_a_long_body_is_kept_to_so_many_terms_and_its_title_whole() -> None:
    body = "".join(chr(0x4E00 + n) for n in range(3000))
    found = ranking.weighed(["押金的退还"], "", [body])
    assert len(found) == MOST_TERMS and {"押金", "退还"} <= set(found)


def test_a_rarer_term_says_more_and_none_says_nothing() -> None:
    said = [ranking.rarity(found_in, 5000) for found_in in (1, 10, 1000, 5000, 9000)]
    assert said == sorted(said, reverse=True) and said[-1] == 100


def test_what_no_article_says_weighs_at_most_one_rare_term() -> None:
    assert ranking.unanswered(0, 50) == 0
    assert ranking.unanswered(200, 50) == ranking.unanswered(4, 50) == ranking.rarity(1, 50)


def test_the_rarest_terms_are_looked_up_as_far_as_the_bound_allows() -> None:
    counts = {"常见": 1000, "押金": 3, "货物": MOST_ROWS}
    assert ranking.chosen(counts) == ["押金", "常见"]
    assert ranking.chosen({"货物": 2 * MOST_ROWS}) == ["货物"]


def test_a_share_is_never_more_than_all_and_none_of_nothing() -> None:
    assert (ranking.share(50, 200), ranking.share(300, 200), ranking.share(0, 0)) == (25, 100, 0)


@pytest.mark.parametrize(
    ("percent", "heaviest", "found", "good"),
    [(30, TITLE, 1, True), (29, TITLE, 3, False), (30, KEYWORD, 1, True), (100, BODY, 1, False),
     (65, BODY, 2, True), (64, OFTEN, 9, False)],
)  # fmt: skip
def test_an_article_is_suggested_when_its_title_speaks_of_it(
    percent: int, heaviest: int, found: int, good: bool
) -> None:
    assert ranking.is_good(percent, heaviest, found) is good


def test_a_snippet_begins_near_what_was_asked_and_marks_it() -> None:
    text = "很长的开头。" * 30 + "还箱后退还**押金**。" + "结尾。" * 60
    parts = snippet(text, ["押金"])
    shown = "".join(part.text for part in parts)
    assert shown.startswith("…") and shown.endswith("…") and "退还押金" in shown
    assert [part.text for part in parts if part.hit] == ["押金"] and len(shown) <= 92


def test_terms_that_overlap_are_marked_as_one_run() -> None:
    parts = snippet("滞箱费怎么算", ["箱费", "滞箱"])
    assert [(part.text, part.hit) for part in parts] == [("滞箱费", True), ("怎么算", False)]


def test_a_snippet_shows_words_and_no_signs_of_markdown() -> None:
    text = "## 标题\n\n| 箱 | 费 |\n|---|---|\n\n- [链接](https://x.cn) **粗**\n1. 一"
    assert plain(text) == "标题 箱 费 链接 粗 一"
    assert snippet("", ["押金"]) == ()


def test_a_single_character_of_a_title_is_a_term_too() -> None:
    assert characters("押金 VGM 押") == ("押", "金")
