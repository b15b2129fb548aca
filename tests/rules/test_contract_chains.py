"""What a contract says on a day: chains of lines and terms, whatever amendments did to them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from portal.contracts.rules.chains import (
    chains,
    last_terms,
    line_on,
    lines_on,
    price_on,
    tails,
    terms_on,
)

START, END = date(2026, 1, 1), date(2026, 12, 31)


@dataclass(frozen=True)
class Terms:
    from_on: date
    name: str = ""


@dataclass(frozen=True)
class Line:
    id: int
    from_on: date
    until_on: date = END
    root_id: int | None = None
    is_end: bool = False


def on(month: int, day: int = 1) -> date:
    return date(2026, month, day)


days = st.integers(0, 364).map(lambda n: START + timedelta(days=n))


@st.composite
def histories(draw: st.DrawFn) -> list[Line]:
    """Chains as amendments make them: each later line from the same day or a later one, the last perhaps an end."""
    rows: list[Line] = []
    for _ in range(draw(st.integers(1, 4))):
        root = len(rows) + 1
        begins = sorted(draw(st.lists(days, min_size=1, max_size=5)))
        ends = draw(st.booleans())
        for at, begin in enumerate(begins):
            last = at == len(begins) - 1
            until = begin + timedelta(days=draw(st.integers(0, (END - begin).days)))
            rows.append(Line(len(rows) + 1, begin, until, root, ends and last and at > 0))
    return rows


def slowly(chain: list[Line], day: date) -> Line | None:
    """The same by walking through the chain as it was written."""
    found = None
    for line in chain:
        if line.from_on <= day:
            found = line
    return None if found is None or found.is_end or found.until_on < day else found


@given(histories(), days)
def test_a_day_has_one_line_of_each_chain_at_most_and_it_is_the_one_written_last(rows, day):
    expected = [slowly([r for r in rows if r.root_id == root], day) for root in chains(rows)]
    assert lines_on(rows, day) == [line for line in expected if line is not None]


@given(histories(), days)
def test_what_an_amendment_says_changes_nothing_before_its_day(rows, day):
    earlier = [row for row in rows if row.from_on <= day]
    assert lines_on(rows, day) == lines_on(earlier, day)


@given(histories(), days)
def test_the_price_of_a_day_is_the_lines_in_force_where_there_is_one(rows, day):
    for chain in chains(rows).values():
        line = line_on(chain, day)
        assert price_on(chain, day) == line if line else price_on(chain, day) in chain


@given(histories())
def test_after_all_days_only_what_is_not_ended_can_be_amended(rows):
    assert tails(rows) == [chain[-1] for chain in chains(rows).values() if not chain[-1].is_end]


@given(st.lists(days.map(Terms), min_size=1, max_size=6), days)
def test_terms_of_a_day_are_the_latest_that_have_begun(terms, day):
    begun = [each.from_on for each in terms if each.from_on <= day]
    found = terms_on(terms, day)
    assert (found.from_on if found else None) == (max(begun) if begun else None)


def test_of_two_terms_from_one_day_the_later_written_counts():
    first, second = Terms(on(6), "a"), Terms(on(6), "b")
    assert terms_on([first, second], on(6)) is second is last_terms([first, second])


def test_before_the_first_day_nothing_counts():
    assert terms_on([Terms(on(2))], on(1, 31)) is None
    assert lines_on([Line(1, on(2))], on(1, 31)) == []


def test_a_line_counts_on_its_first_and_on_its_last_day():
    line = Line(1, on(2), on(3))
    assert [bool(lines_on([line], day)) for day in (on(2), on(3), on(3, 2))] == [True, True, False]


def test_an_amended_line_counts_from_its_own_day():
    old, new = Line(1, on(1)), Line(2, on(6), root_id=1)
    assert lines_on([old, new], on(5, 31)) == [old]
    assert lines_on([old, new], on(6)) == [new]


def test_an_ended_line_counts_until_the_day_before():
    old, end = Line(1, on(1)), Line(2, on(6), root_id=1, is_end=True)
    assert lines_on([old, end], on(5, 31)) == [old]
    assert lines_on([old, end], on(6)) == [] == tails([old, end])


def test_usage_outside_a_lines_days_keeps_the_nearest_price():
    old, new = Line(1, on(2), on(9)), Line(2, on(6), on(9), root_id=1)
    assert price_on([old, new], on(12)) == new
    assert price_on([old, new], on(1)) == old
    assert price_on([old, Line(3, on(6), root_id=1, is_end=True)], on(12)) == old
    assert price_on([], on(1)) is None
