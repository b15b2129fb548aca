"""The months of a billed period, and how much of one counts (DOMAIN W7, W9)."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from portal.catalogue.rules.storage import MonthDays, PartMonth
from portal.kernel.period import Period

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Month:
    """A month and the part of it that is billed; `whole` may run from the 26th to the 25th."""

    billed: Period
    whole: Period


@dataclass(frozen=True, slots=True)
class Share:
    """How much of a month counts: `days` of `of`; 1 of 1 is the whole month."""

    days: int
    of: int


WHOLE = Share(1, 1)
NOTHING = Share(0, 1)


def add_months(day: date, months: int) -> date:
    """The same date `months` later; the 31st falls to the end of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def months_of(period: Period) -> list[Month]:
    """A closed period cut into months.

    A period of whole months, counted from its own first day (26 March to 25 April), is cut into
    those; any other into the calendar's.
    """
    own = list(_from(period.start_on, period))
    if own[-1].billed == own[-1].whole:
        return own
    return list(_from(period.start_on.replace(day=1), period))


def share_of(
    month: Month, contract: Period | None, part: PartMonth, month_days: MonthDays
) -> Share:
    """How much of the month's minimum, area or rate is due for what is billed of it.

    `contract` None: it covers everything. By days: the days that are billed and under contract of
    the days of the month. Full: of the days of the month that are under contract, so that a month
    billed in two halves pays once.
    """
    due = common(month.billed, contract)
    if due is None:
        return NOTHING
    days, length = length_of(due), length_of(month.whole)
    if days == length:
        return WHOLE
    if part is PartMonth.FULL:
        under_contract = common(month.whole, contract)
        full = days if under_contract is None else length_of(under_contract)
        return WHOLE if days == full else Share(days, full)
    of = length if month_days is MonthDays.REAL else 30
    return Share(min(days, of), of)


def common(period: Period, other: Period | None) -> Period | None:
    """The days of a closed period that also belong to `other` (None: to everything)."""
    if other is None:
        return period
    if not period.overlaps(other):
        return None
    return Period(max(period.start_on, other.start_on), _earlier(end_of(period), other.end_on))


def length_of(period: Period) -> int:
    """The days of a closed period."""
    return (end_of(period) - period.start_on).days + 1


def end_of(period: Period) -> date:
    """The last day of a closed period; ValueError for an open one."""
    if period.end_on is None:
        raise ValueError("a bill is made for a period that ends")
    return period.end_on


def _earlier(day: date, other: date | None) -> date:
    return day if other is None else min(day, other)


def _from(first: date, period: Period) -> Iterator[Month]:
    """Months counted from `first`, as far as they touch `period`."""
    last, count, start = end_of(period), 0, first
    while start <= last:
        count += 1
        following = add_months(first, count)
        whole = Period(start, following - ONE_DAY)
        yield Month(Period(max(start, period.start_on), min(last, following - ONE_DAY)), whole)
        start = following
