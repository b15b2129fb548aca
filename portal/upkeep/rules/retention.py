"""Which backups are kept: the latest of each of the last days, weeks and months (grandfather, father, son)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Keep:
    """How many days, weeks and months that have a backup keep their latest one."""

    days: int = 7
    weeks: int = 5
    months: int = 12


def kept(made: Mapping[str, datetime], keep: Keep) -> frozenset[str]:
    """The names to keep of `made` (name → when); whatever the numbers, the latest of all is among them."""
    newest_first = sorted(made, key=lambda name: (made[name], name), reverse=True)
    periods: tuple[tuple[int, Callable[[datetime], object]], ...] = (
        (keep.days, lambda at: at.date()),
        (keep.weeks, lambda at: at.isocalendar()[:2]),
        (keep.months, lambda at: (at.year, at.month)),
    )
    found = set(newest_first[:1])
    for count, period in periods:
        found |= _latest_of_each(newest_first, lambda name, of=period: of(made[name]), count)  # type: ignore[misc]
    return frozenset(found)


def _latest_of_each(
    newest_first: Iterable[str], period: Callable[[str], object], count: int
) -> set[str]:
    latest: dict[object, str] = {}
    for name in newest_first:
        if len(latest) < count or period(name) in latest:
            latest.setdefault(period(name), name)
    return set(latest.values())
