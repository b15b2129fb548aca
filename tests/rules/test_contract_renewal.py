"""When a contract is due for renewal, who is reminded when, and how long its successor lasts."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from portal.contracts.rules.renewal import days_left, is_due, reminder, successor_period

END = date(2026, 12, 31)
DAYS = st.dates(date(2024, 1, 1), date(2032, 12, 31))


@pytest.mark.parametrize(
    ("today", "due"),
    [
        (date(2026, 11, 1), True),
        (date(2026, 10, 31), False),
        (date(2026, 12, 31), True),
        (date(2027, 1, 1), False),
    ],
)
def test_a_contract_is_due_from_its_notice_period_to_its_last_day(today, due):
    assert is_due(END, 60, today) is due


@pytest.mark.parametrize(
    ("left", "stage"), [(91, None), (90, 90), (61, 90), (60, 60), (30, 30), (0, 30), (-1, None)]
)
def test_reminders_come_at_ninety_sixty_and_thirty_days(left, stage):
    assert reminder(END, 60, END - timedelta(days=left)) == stage


def test_a_longer_notice_period_has_a_reminder_of_its_own():
    assert reminder(END, 120, END - timedelta(days=120)) == 120
    assert reminder(END, 120, END - timedelta(days=89)) == 90


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "expected"),
    [
        (date(2026, 1, 1), date(2026, 12, 31), (date(2027, 1, 1), date(2027, 12, 31))),
        (date(2026, 3, 16), date(2026, 9, 15), (date(2026, 9, 16), date(2027, 3, 15))),
        (date(2027, 3, 1), date(2028, 2, 29), (date(2028, 3, 1), date(2029, 2, 28))),
        (date(2026, 3, 2), date(2026, 3, 20), (date(2026, 3, 21), date(2026, 4, 8))),
        (date(2026, 1, 31), date(2026, 2, 28), (date(2026, 3, 1), date(2026, 3, 29))),
    ],
)
def test_a_successor_begins_the_day_after_and_lasts_as_long(starts_on, ends_on, expected):
    assert successor_period(starts_on, ends_on) == expected


@given(DAYS, st.integers(0, 1500))
@example(date(2026, 1, 1), 545)  # two Februaries, and after it one of 29 days
def test_no_day_lies_between_a_contract_and_its_successor(starts_on, length):
    ends_on = starts_on + timedelta(days=length)
    begins, ends = successor_period(starts_on, ends_on)
    assert begins == ends_on + timedelta(days=1)
    # As many months are three days more or less, by where February lies, and one more by its leap day.
    assert abs((ends - begins).days - length) <= 4


@given(DAYS, st.integers(0, 365), DAYS)
def test_what_is_due_has_a_reminder_not_longer_than_its_notice(ends_on, notice, today):
    if is_due(ends_on, notice, today):
        stage = reminder(ends_on, notice, today)
        assert stage is not None
        assert days_left(ends_on, today) <= stage <= max(notice, 30)
