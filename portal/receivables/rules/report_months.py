"""The calendar months that a report is about, and those it is compared with."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

ONE_DAY = timedelta(days=1)
LONGEST = 36
"""Months that one report may cover."""


@dataclass(frozen=True, slots=True)
class Months:
    """Whole months: the first days of the first and of the last of them."""

    first: date
    last: date

    @property
    def count(self) -> int:
        """How many months."""
        return _number(self.last) - _number(self.first) + 1

    @property
    def ends_on(self) -> date:
        """The last day of the last month."""
        return moved(self.last, 1) - ONE_DAY

    @property
    def days(self) -> int:
        """How many days."""
        return (self.ends_on - self.first).days + 1

    @property
    def before(self) -> Months:
        """As many months right before these."""
        return Months(moved(self.first, -self.count), moved(self.first, -1))

    def back(self, count: int) -> Months:
        """The `count` months that end with the last of these."""
        return Months(moved(self.last, 1 - count), self.last)

    def contains(self, day: date) -> bool:
        """Whether `day` lies in one of them."""
        return self.first <= day <= self.ends_on

    def __iter__(self) -> Iterator[date]:
        """The first day of each month, the oldest first."""
        return (moved(self.first, number) for number in range(self.count))


def moved(first: date, months: int) -> date:
    """The first day of the month so many months later (or before)."""
    return date((_number(first) + months) // 12, (_number(first) + months) % 12 + 1, 1)


def ended_last(today: date) -> date:
    """The first day of the month that ended last."""
    return moved(today, -1)


def asked_months(first: str, last: str, today: date) -> Months:
    """Months written as `2026-02`; what is no month is the one that ended last, at most `LONGEST` back from the last.

    The two may come in either order.
    """
    until = _read(last) or _read(first) or ended_last(today)
    since = _read(first) or until
    since, until = min(since, until), max(since, until)
    return Months(max(since, moved(until, 1 - LONGEST)), until)


def _read(written: str) -> date | None:
    try:
        found = date.fromisoformat(f"{written.strip()}-01")
    except ValueError:
        return None
    return found if 1990 <= found.year <= 2100 else None


def _number(day: date) -> int:
    return day.year * 12 + day.month - 1
