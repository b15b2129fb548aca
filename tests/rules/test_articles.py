"""What an article must say, its states, shelves in shelves, and two editions laid over each other."""

from __future__ import annotations

from datetime import date

import pytest

from portal.kernel.errors import Invalid, InvalidMany, NotAllowedNow
from portal.knowledge.rules.editions import Change, difference, is_another
from portal.knowledge.rules.kinds import ARTICLE_STEPS, ArticleState, ArticleStep, Audience
from portal.knowledge.rules.shelves import in_order, refuse_place
from portal.knowledge.rules.writing import LONGEST_BODY, Written, refuse_unreadable

TODAY = date(2026, 3, 2)
TEXTS = {"title_zh": "押金", "title_en": "", "body_zh": "正文", "body_en": ""}


class Shelf:
    def __init__(self, own: int, parent: int | None) -> None:
        self.id, self.parent_id = own, parent


def test_what_was_written_is_tidied() -> None:
    tidy = Written(" 押金 ", " 一\r\n二\r", keywords=" a  b ", tiers=("vip",)).tidy()
    assert (tidy["title_zh"], tidy["body_zh"], tidy["keywords"]) == ("押金", "一\n二", "a b")
    assert tidy["tiers"] == []  # an article for staff has none


@pytest.mark.parametrize(
    ("written", "field"),
    [
        (Written("", ""), "title_zh"),
        (Written("押金", "字" * (LONGEST_BODY + 1)), "body_zh"),
        (Written("押金", "", audience=Audience.PUBLIC, tiers=("gold",)), "tiers"),
    ],
)
def test_what_is_missing_too_long_or_unknown_is_told_at_its_field(
    written: Written, field: str
) -> None:
    with pytest.raises(InvalidMany) as refused:
        written.tidy()
    assert list(refused.value.errors) == [field]


@pytest.mark.parametrize(
    ("texts", "expires_on", "field"),
    [
        ({"body_zh": ""}, None, "body_zh"),
        ({"body_en": "Text"}, None, "title_en"),
        ({}, date(2026, 3, 1), "expires_on"),
    ],
)
def test_what_nobody_could_read_is_not_published(
    texts: dict[str, str], expires_on: date | None, field: str
) -> None:
    with pytest.raises(InvalidMany) as refused:
        refuse_unreadable({**TEXTS, **texts}, expires_on, TODAY)
    assert list(refused.value.errors) == [field]


def test_an_article_is_read_on_its_last_day() -> None:
    refuse_unreadable(TEXTS, TODAY, TODAY)


def test_a_published_article_is_not_published_again_and_a_retired_one_comes_back() -> None:
    with pytest.raises(NotAllowedNow):
        ARTICLE_STEPS.next(ArticleState.PUBLISHED, ArticleStep.PUBLISH)
    assert ARTICLE_STEPS.next(ArticleState.RETIRED, ArticleStep.PUBLISH) == ArticleState.PUBLISHED


def test_a_difference_says_what_went_came_and_stayed() -> None:
    lines = [(line.change, line.text) for line in difference("一\n二\n三", "一\n贰\n三")]
    same, gone, new = Change.SAME, Change.GONE, Change.NEW
    assert lines == [(same, "一"), (gone, "二"), (new, "贰"), (same, "三")]


def test_keywords_make_no_edition_and_a_letter_of_the_text_does() -> None:
    assert not is_another(TEXTS, {**TEXTS, "keywords": "x"})
    assert is_another(TEXTS, {**TEXTS, "body_zh": "正文。"})


def test_shelves_are_read_each_followed_by_what_stands_in_it() -> None:
    rows = [Shelf(1, None), Shelf(2, None), Shelf(3, 1), Shelf(4, 3)]
    assert [(row.id, depth) for row, depth in in_order(rows)] == [(1, 0), (3, 1), (4, 2), (2, 0)]


@pytest.mark.parametrize(("own", "parent"), [(1, 1), (1, 3), (None, 9), (None, 4), (2, 3), (9, 4)])
def test_a_shelf_stands_neither_in_itself_nor_nowhere_nor_too_deep(
    own: int | None, parent: int
) -> None:
    parents = {1: None, 3: 1, 4: 3, 2: None, 5: 2}
    with pytest.raises(Invalid):
        refuse_place(own, parent, parents)


def test_a_shelf_may_stand_in_another_two_deep() -> None:
    refuse_place(None, 3, {1: None, 3: 1})
    refuse_place(1, None, {1: None})
