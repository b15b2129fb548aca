"""When a clock runs out: its amount put on in its own unit, with the time of waiting left out (T4, S3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from portal.kernel.clock import business_day
from portal.kernel.workcalendar import ONE_DAY, WorkCalendar
from portal.service_requests.rules.clock_kinds import TimeUnit
from portal.service_requests.rules.work_hours import WorkTime

DAY = 86_400
WORKING = frozenset({TimeUnit.WORKING_MINUTES, TimeUnit.WORKING_DAYS})
Rest = tuple[datetime, datetime]
"""From when until when a clock stood still."""


@dataclass(frozen=True, slots=True)
class Span:
    """So much time, in its own unit."""

    amount: int
    unit: TimeUnit

    def seconds(self, work: WorkTime) -> int:
        """In seconds of the unit's own time: of work, or as they pass."""
        match self.unit:
            case TimeUnit.WORKING_DAYS:
                return self.amount * work.hours.seconds
            case TimeUnit.NATURAL_DAYS:
                return self.amount * DAY
            case _:
                return self.amount * 60


@dataclass(frozen=True, slots=True)
class Reckoned:
    """When a clock warns and when it runs out."""

    warn_at: datetime
    due_at: datetime


def put_on(start: datetime, seconds: int, unit: TimeUnit, work: WorkTime) -> datetime:
    """`seconds` of the unit's time after `start`."""
    start = start.replace(microsecond=0)
    if unit in WORKING:
        return work.put_on(start, seconds)
    return start + timedelta(seconds=seconds)


def passed(start: datetime, end: datetime, unit: TimeUnit, work: WorkTime) -> int:
    """Seconds of the unit's time from `start` to `end`; less than 0 where `end` lies before it."""
    start, end = start.replace(microsecond=0), end.replace(microsecond=0)
    if unit in WORKING:
        return work.between(start, end)
    return int((end - start).total_seconds())


def reckon(
    start: datetime, span: Span, warn_percent: int, work: WorkTime, rests: Sequence[Rest] = ()
) -> Reckoned:
    """The clock's two instants; each rest, in order and apart, is left out of its time."""
    whole = span.seconds(work)
    due, warn = (
        _after(start, seconds, span.unit, work, rests)
        for seconds in (whole, whole * warn_percent // 100)
    )
    return Reckoned(warn, due)


def left(
    start: datetime, span: Span, at: datetime, work: WorkTime, rests: Sequence[Rest] = ()
) -> int:
    """Seconds of the unit's time that are left at `at`; less than 0: it is late by so much."""
    used, cursor = 0, start
    for begin, until in rests:
        used += passed(cursor, min(begin, at), span.unit, work)
        cursor = min(until, at)
    return span.seconds(work) - used - passed(cursor, at, span.unit, work)


def unknown_years(first: date, last: date, calendar: WorkCalendar) -> tuple[int, ...]:
    """The years from `first` to `last` whose holidays and make-up days nobody has told the calendar."""
    years = range(first.year, last.year + 1)
    return tuple(year for year in years if not calendar.knows(date(year, 1, 1)))


def unsure(start: datetime, due: datetime, unit: TimeUnit, calendar: WorkCalendar) -> bool:
    """Whether a clock counts days of work of a year whose days are not known: its weekdays were taken."""
    if unit not in WORKING:
        return False
    return bool(unknown_years(business_day(start), business_day(due), calendar))


def end_of_days(day: date, days: int, unit: TimeUnit, work: WorkTime) -> date:
    """The last day on which something may still be done that is allowed for `days`; `day` itself does not count."""
    if unit in WORKING:
        return work.days_after(day, days)
    return day + days * ONE_DAY


def _after(
    start: datetime, seconds: int, unit: TimeUnit, work: WorkTime, rests: Sequence[Rest]
) -> datetime:
    cursor, remaining = start, seconds
    for begin, until in rests:
        ran = passed(cursor, begin, unit, work)
        if ran >= remaining:
            break
        remaining, cursor = remaining - ran, until
    return put_on(cursor, remaining, unit, work)
