"""A person's name, numbers and addresses leave other people's texts, and nothing else does."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.kernel.pinyin import search_words
from portal.privacy.rules.kinds import Pseudonym
from portal.privacy.rules.traces import GONE, Traces

NOBODY = Pseudonym(12)
ZHOU = Traces(
    NOBODY,
    names=frozenset({"周敏", "Zhou Min"}),
    emails=frozenset({"zhou@harbour.example"}),
    phones=frozenset({"138 0013 8000", "0755-2658 1234"}),
    others=frozenset({"zhoumin_wx"}),
    guards=frozenset({"周敏物流有限公司"}),
)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("周敏", NOBODY.both),
        ("zhou min", NOBODY.both),
        ("请联系周敏先生", f"请联系{NOBODY.both}先生"),
        ("Ask Zhou Min today", f"Ask {NOBODY.both} today"),
        ("Zhou Mingyu", "Zhou Mingyu"),
        ("13800138000", ""),
        ("+86 138-0013-8000", ""),
        ("Tel. 138 0013 8000, call", f"Tel. {GONE}, call"),
        ("Tel. 0755-26581234", f"Tel. {GONE}"),
        ("order 1380013800099", "order 1380013800099"),
        ("ZHOU@harbour.example", ""),
        ("write to zhou@harbour.example.", f"write to {GONE}."),
        ("xzhou@harbour.example", "xzhou@harbour.example"),
        ("zhoumin_wx", ""),
        ("周敏物流有限公司的周敏", f"周敏物流有限公司的{NOBODY.both}"),
        ("", ""),
    ],
)  # fmt: skip
def test_what_names_the_person_is_replaced(before: str, after: str) -> None:
    assert ZHOU.replaced(before) == after


def test_a_name_of_one_character_is_only_found_where_it_is_all() -> None:
    li = Traces(NOBODY, names=frozenset({"李"}))
    assert (li.replaced("李"), li.replaced("行李")) == (NOBODY.both, "行李")


def test_a_member_of_staff_is_not_looked_for_inside_texts() -> None:
    chen = Traces(NOBODY, names=frozenset({"Chen Li"}), loose=False)
    assert chen.replaced("Chen Li said") == "Chen Li said"
    assert chen.replaced("Chen Li") == NOBODY.both


def test_every_text_of_a_json_value_is_looked_through() -> None:
    value = {"who": "周敏", "rows": [{"tel": "13800138000", "n": 3}], "none": None}
    assert ZHOU.in_value(value) == {
        "who": NOBODY.both, "rows": [{"tel": "", "n": 3}], "none": None
    }  # fmt: skip


def test_a_search_column_loses_the_name_in_every_spelling() -> None:
    text = search_words("QT-1", "海港食品", "周敏", "138 0013 8000")
    left = ZHOU.unfindable(text)
    assert left == search_words("QT-1", "海港食品")


@given(st.text(alphabet="周敏海港 abc0138@.", max_size=40))
def test_what_was_taken_out_is_not_found_again(text: str) -> None:
    once = ZHOU.replaced(text)
    assert ZHOU.replaced(once) == once
