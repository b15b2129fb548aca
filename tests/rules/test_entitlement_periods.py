"""For which periods a line grants its quantity (DOMAIN E2)."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.contracts.rules.grants import GrantPeriod, grant_periods
from portal.contracts.rules.kinds import Allowance


def test_a_quantity_for_the_whole_contract_is_granted_once() -> None:
    found = grant_periods(Allowance.CONTRACT, date(2026, 3, 2), date(2027, 3, 1))
    assert found == [GrantPeriod(1, date(2026, 3, 2), date(2027, 3, 1))]


def test_months_are_those_of_the_calendar_and_the_first_and_last_are_parts() -> None:
    found = grant_periods(Allowance.MONTH, date(2026, 1, 15), date(2026, 3, 10))
    assert [(p.number, p.starts_on, p.ends_on) for p in found] == [
        (1, date(2026, 1, 15), date(2026, 1, 31)),
        (2, date(2026, 2, 1), date(2026, 2, 28)),
        (3, date(2026, 3, 1), date(2026, 3, 10)),
    ]


def test_a_year_of_whole_months_has_twelve_and_of_quarters_four() -> None:
    year = date(2026, 1, 1), date(2026, 12, 31)
    assert len(grant_periods(Allowance.MONTH, *year)) == 12
    quarters = grant_periods(Allowance.QUARTER, *year)
    assert [p.ends_on.month for p in quarters] == [3, 6, 9, 12]


def test_a_quarter_ends_with_the_calendars_quarter() -> None:
    found = grant_periods(Allowance.QUARTER, date(2026, 11, 20), date(2027, 4, 2))
    assert [p.ends_on for p in found] == [date(2026, 12, 31), date(2027, 3, 31), date(2027, 4, 2)]


def test_years_end_with_december() -> None:
    found = grant_periods(Allowance.YEAR, date(2026, 7, 1), date(2028, 6, 30))
    assert [p.ends_on for p in found] == [date(2026, 12, 31), date(2027, 12, 31), date(2028, 6, 30)]


def test_a_leap_february_has_its_29th() -> None:
    found = grant_periods(Allowance.MONTH, date(2028, 2, 1), date(2028, 2, 29))
    assert [p.ends_on for p in found] == [date(2028, 2, 29)]


def test_a_line_that_ends_before_it_starts_grants_nothing() -> None:
    with pytest.raises(ValueError, match="before it starts"):
        grant_periods(Allowance.MONTH, date(2026, 3, 2), date(2026, 3, 1))


@given(
    st.sampled_from(Allowance),
    st.dates(date(2020, 1, 1), date(2030, 12, 31)),
    st.integers(0, 1500),
)
def test_each_day_of_a_line_lies_in_exactly_one_period(
    allowance: Allowance, start: date, days: int
) -> None:
    until = start + timedelta(days=days)
    found = grant_periods(allowance, start, until)
    assert (found[0].starts_on, found[-1].ends_on) == (start, until)
    for before, after in pairwise(found):
        assert after.starts_on == before.ends_on + timedelta(days=1)
        assert after.number == before.number + 1
