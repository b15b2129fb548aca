"""Ageing as of any day (DOMAIN R9, section 19)."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.receivables.rules.ageing import (
    BOUNDS,
    LONG_BOUNDS,
    Item,
    aged,
    column_of,
    headings,
    nothing,
    overdue_days,
    spans,
)

D = Decimal
DUE = date(2026, 3, 2)


@pytest.mark.parametrize(("as_of", "column"), [(date(2026, 3, 2), 0), (date(2026, 3, 3), 1)])
def test_the_due_day_itself_is_not_late(as_of, column):
    assert column_of(DUE, as_of) == column


@pytest.mark.parametrize(
    ("late", "column"), [(1, 1), (30, 1), (31, 2), (60, 2), (61, 3), (90, 3), (91, 4), (4000, 4)]
)
def test_thirty_days_late_stand_in_the_first_column_and_thirty_one_in_the_second(late, column):
    assert column_of(DUE, DUE + timedelta(days=late)) == column


def test_the_longer_setting_has_columns_to_a_year():
    late = [column_of(DUE, DUE + timedelta(days=n), LONG_BOUNDS) for n in (90, 91, 180, 181, 365, 366)]  # fmt: skip
    assert late == [3, 4, 4, 5, 5, 6]
    assert [str(each) for each in headings(LONG_BOUNDS)][3:] == [
        "61-90 days", "91-180 days", "181-365 days", "Over 365 days",
    ]  # fmt: skip


def test_late_days_are_never_below_zero():
    assert [overdue_days(DUE, DUE + timedelta(days=n)) for n in (-5, 0, 6)] == [0, 0, 6]


def test_what_is_disputed_stands_apart_and_is_not_overdue():
    found = aged([Item(DUE, D(100), D(40))], DUE + timedelta(days=5))
    assert (found.columns[1], found.disputed, found.overdue, found.total) == (60, 40, 60, 100)


def test_no_more_is_disputed_than_is_open():
    found = aged([Item(DUE, D(100), D(140))], DUE + timedelta(days=5))
    assert (found.columns[1], found.disputed) == (0, 100)


def test_a_credit_is_never_overdue():
    found = aged([Item(DUE, D(-100))], DUE + timedelta(days=50))
    assert (found.not_due, found.overdue, found.total) == (-100, 0, -100)


def test_ages_of_customers_add_up():
    one, other = aged([Item(DUE, D(1))], DUE), aged([Item(DUE, D(2), D(1))], DUE)
    assert (one + other + nothing()).total == 3


items = st.lists(
    st.builds(
        Item,
        st.dates(date(2024, 1, 1), date(2027, 1, 1)),
        st.integers(-(10**8), 10**8).map(lambda n: D(n).scaleb(-2)),
        st.integers(0, 10**8).map(lambda n: D(n).scaleb(-2)),
    ),
    max_size=20,
)


@given(items, st.dates(date(2024, 1, 1), date(2027, 1, 1)), st.sampled_from([BOUNDS, LONG_BOUNDS]))
def test_the_columns_and_the_disputed_part_are_what_is_open(of, as_of, bounds):
    assert aged(of, as_of, bounds).total == sum((each.open_amount for each in of), D(0))


@given(
    st.dates(date(2024, 1, 1), date(2027, 1, 1)), st.dates(date(2024, 1, 1), date(2027, 1, 1)),
    st.sampled_from([BOUNDS, LONG_BOUNDS]),
)  # fmt: skip
def test_a_due_day_lies_in_one_span_only_which_is_its_column(due_on, as_of, bounds):
    holding = [n for n, span in enumerate(spans(as_of, bounds)) if span.contains(due_on)]
    assert holding == [column_of(due_on, as_of, bounds)]
