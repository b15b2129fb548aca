"""China's working days, by the decrees of the State Council for 2024 to 2026."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from portal.kernel.workcalendar import CHINA, WEEKDAYS


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2024, 2, 9), True),  # New Year's Eve was no holiday that year
        (date(2024, 2, 10), False),
        (date(2024, 2, 18), True),  # a Sunday made up
        (date(2025, 1, 26), True),  # a Sunday made up
        (date(2025, 1, 28), False),
        (date(2025, 10, 8), False),
        (date(2025, 10, 11), True),  # a Saturday made up
        (date(2026, 1, 4), True),  # a Sunday made up
        (date(2026, 2, 16), False),
        (date(2026, 2, 24), True),
        (date(2026, 10, 7), False),
        (date(2026, 10, 10), True),  # a Saturday made up
        (date(2026, 10, 17), False),
    ],
)
def test_holidays_rest_and_made_up_days_are_worked(day: date, works: bool) -> None:
    assert CHINA.is_working(day) is works


@pytest.mark.parametrize(
    ("due", "moved"),
    [
        (date(2026, 2, 15), date(2026, 2, 24)),
        (date(2026, 10, 1), date(2026, 10, 8)),
        (date(2026, 10, 10), date(2026, 10, 10)),
        (date(2026, 5, 2), date(2026, 5, 6)),
        (date(2026, 3, 3), date(2026, 3, 3)),
    ],
)
def test_a_day_moves_over_a_whole_holiday(due: date, moved: date) -> None:
    assert CHINA.on_or_after(due) == moved


def test_a_year_without_a_decree_is_not_known_and_its_weekdays_count() -> None:
    known = max(CHINA.years)
    assert CHINA.knows(date(known, 12, 31)) and not CHINA.knows(date(known + 1, 1, 1))
    october = date(known + 1, 10, 1)
    for each in (october + timedelta(days=n) for n in range(7)):
        assert CHINA.is_working(each) == WEEKDAYS.is_working(each) == (each.weekday() < 5)


def test_every_year_since_2004_is_known_without_a_gap() -> None:
    assert CHINA.years == set(range(2004, max(CHINA.years) + 1)) and max(CHINA.years) >= 2026
