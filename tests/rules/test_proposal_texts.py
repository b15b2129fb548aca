"""Sections of proposals: what is kept of what was typed, and what a reader is told has changed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.kernel.errors import Invalid
from portal.proposals.rules.difference import Kind, differences
from portal.proposals.rules.sections import (
    LONGEST_TITLE,
    Part,
    checked,
    first_parts,
    from_json,
    moved,
    to_json,
    without,
)

texts = st.sampled_from(["", "甲", "甲\n乙", "a\n\nb", "乙\n甲\n丙"])
parts_of_any_kind = st.lists(st.builds(Part, texts, texts, texts, texts), max_size=4)


def test_sections_read_back_as_they_were_kept() -> None:
    assert from_json(to_json(first_parts())) == first_parts()


def test_an_empty_row_is_left_out_and_white_space_is_taken_off() -> None:
    assert checked([Part(""), Part(" 需求 ", "", " 甲 ")]) == (Part("需求", "", "甲"),)


def test_a_text_without_a_heading_is_named_by_its_place() -> None:
    with pytest.raises(Invalid, match="Section 2"):
        checked([Part("需求"), Part("", "", "甲")])


def test_an_english_heading_stands_for_both() -> None:
    assert checked([Part("", "Need", "", "a")])[0].title_zh == "Need"


def test_a_heading_that_is_too_long_is_refused() -> None:
    with pytest.raises(Invalid, match="too long"):
        checked([Part("甲" * (LONGEST_TITLE + 1))])


def test_a_section_moves_by_one_and_not_past_the_ends() -> None:
    a, b, c = (Part(name) for name in "abc")
    assert moved((a, b, c), 2, -1) == (a, c, b)
    assert moved((a, b, c), 0, -1) == (a, b, c)
    assert without((a, b, c), 1) == (a, c)


def test_a_changed_line_stands_beside_what_it_was() -> None:
    before, after = Part("需求", zh="一\n二\n三"), Part("需求", zh="一\n贰\n三")
    (change,) = differences([before], [after])
    told = [(line.kind, line.text) for line in change.lines]
    assert told == [(Kind.SAME, "一"), (Kind.GONE, "二"), (Kind.NEW, "贰"), (Kind.SAME, "三")]


def test_a_long_unchanged_run_is_folded() -> None:
    same = "\n".join(str(n) for n in range(10))
    (change,) = differences([Part("a", zh=f"x\n{same}\ny")], [Part("a", zh=f"X\n{same}\nY")])
    folded = [line.count for line in change.lines if line.kind is Kind.FOLDED]
    assert folded == [8]


def test_sections_that_came_and_went_are_named() -> None:
    found = differences([Part("甲", zh="1")], [Part("乙", zh="2")])
    assert [(each.title_zh, each.kind) for each in found] == [("乙", Kind.NEW), ("甲", Kind.GONE)]


@given(parts_of_any_kind)
def test_a_proposal_does_not_differ_from_itself(parts: list[Part]) -> None:
    assert not any(each.changed for each in differences(parts, parts))


@given(parts_of_any_kind, parts_of_any_kind)
def test_what_was_new_is_gone_the_other_way_round(one: list[Part], other: list[Part]) -> None:
    there = [each.kind for each in differences(one, other)]
    back = [each.kind for each in differences(other, one)]
    assert there.count(Kind.NEW) == back.count(Kind.GONE)
