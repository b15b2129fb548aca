"""Until when a case may be opened again: working days for the customer, days as they pass for a lead (section 16)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from portal.kernel.workcalendar import CHINA
from portal.service_requests.rules import reopening
from portal.service_requests.rules.settings import ServiceSettings
from portal.service_requests.rules.work_hours import WorkHours, WorkTime

WORK = WorkTime(CHINA, WorkHours())


@pytest.mark.parametrize(
    ("ended", "last"),
    [
        (datetime(2026, 3, 2, 2, tzinfo=UTC), date(2026, 3, 9)),  # Monday → Monday
        (datetime(2026, 3, 6, 2, tzinfo=UTC), date(2026, 3, 13)),  # Friday → Friday
        (datetime(2026, 3, 1, 16, 30, tzinfo=UTC), date(2026, 3, 9)),  # half past midnight in China
    ],
)
def test_five_working_days_after_the_day_it_ended(ended: datetime, last: date) -> None:
    assert reopening.customers_last_day(ended, ServiceSettings(), WORK) == last


def test_spring_festival_and_its_made_up_saturday_are_counted_as_decreed() -> None:
    ended = datetime(
        2026, 2, 13, 2, tzinfo=UTC
    )  # the Friday before; Saturday 14 February is worked
    days = [day for day in _days(date(2026, 2, 14), 40) if CHINA.is_working(day)]
    assert CHINA.is_working(date(2026, 2, 14))
    assert reopening.customers_last_day(ended, ServiceSettings(), WORK) == days[4]


def test_a_lead_has_thirty_days_worked_or_not() -> None:
    ended = datetime(2026, 3, 2, 2, tzinfo=UTC)
    assert reopening.leads_last_day(ended, ServiceSettings()) == date(2026, 4, 1)


def test_the_firm_sets_its_own_days() -> None:
    ended = datetime(2026, 3, 2, 2, tzinfo=UTC)
    settings = ServiceSettings(reopen_days=1, lead_reopen_days=2, close_after_days=9)
    assert reopening.customers_last_day(ended, settings, WORK) == date(2026, 3, 3)
    assert reopening.leads_last_day(ended, settings) == date(2026, 3, 4)
    assert reopening.closes_before(ended, settings) == ended - timedelta(days=9)


def _days(first: date, count: int) -> list[date]:
    return [first + timedelta(days=no) for no in range(count)]
