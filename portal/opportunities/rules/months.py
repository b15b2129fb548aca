"""The days that a page of the calendar shows: a week, or a month in whole weeks."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

ONE_DAY = timedelta(days=1)


class Look(StrEnum):
    """How much a page shows."""

    MONTH = "month"
    WEEK = "week"


@dataclass(frozen=True, slots=True)
class Sheet:
    """The weeks of a page from Monday to Sunday; `first` and `last` are the days that it is about."""

    look: Look
    first: date
    last: date
    weeks: tuple[tuple[date, ...], ...]

    @property
    def before(self) -> date:
        """A day of the sheet before this one."""
        return self.first - ONE_DAY

    @property
    def after(self) -> date:
        """A day of the sheet after this one."""
        return self.last + ONE_DAY

    @property
    def span(self) -> tuple[date, date]:
        """The first and the last day that are drawn."""
        return self.weeks[0][0], self.weeks[-1][-1]


def sheet(look: Look, on: date) -> Sheet:
    """The week of a day, or its month with the days of other months that fill the first and last week."""
    if look is Look.WEEK:
        monday = on - ONE_DAY * on.weekday()
        return Sheet(look, monday, monday + ONE_DAY * 6, (_week(monday),))
    first = on.replace(day=1)
    last = first.replace(day=monthrange(on.year, on.month)[1])
    monday = first - ONE_DAY * first.weekday()
    weeks = []
    while monday <= last:
        weeks.append(_week(monday))
        monday += ONE_DAY * 7
    return Sheet(look, first, last, tuple(weeks))


def _week(monday: date) -> tuple[date, ...]:
    return tuple(monday + ONE_DAY * at for at in range(7))
