"""Comparing some months with others, row by row; what is compared adds up to the whole (REQUIREMENTS I2)."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Generic, TypeVar

from portal.receivables.rules.report_figures import change
from portal.receivables.rules.report_months import Months, moved

K = TypeVar("K", bound=Hashable)
ZERO = Decimal(0)
YEAR = 12
FEWEST_DOWN = Decimal(30)
"""From so many percent less on a customer is said to go down (DOMAIN K7)."""


class Against(StrEnum):
    """What months are compared with."""

    BEFORE = "before"  # as many months right before
    YEAR = "year"  # the same months of the year before


class Course(StrEnum):
    """What became of a customer between two spans."""

    NEW = "new"
    UP = "up"
    SAME = "same"
    DOWN = "down"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Pair(Generic[K]):
    """One row: a figure now, and what it was."""

    key: K
    now: Decimal
    before: Decimal

    @property
    def difference(self) -> Decimal:
        """How much more it is."""
        return self.now - self.before

    @property
    def percent(self) -> Decimal | None:
        """The difference in percent of what it was; None where it was nothing, or a gain became a loss."""
        return None if self.now < 0 < self.before else change(self.now, self.before)

    @property
    def course(self) -> Course:
        """New, gone, up, down by a good deal, or much the same."""
        if self.before <= 0:
            return Course.NEW if self.now > 0 else Course.SAME
        if self.now <= 0:
            return Course.GONE
        if self.now > self.before:
            return Course.UP
        fell = (self.before - self.now) * 100
        return Course.DOWN if fell > FEWEST_DOWN * self.before else Course.SAME


def compared_with(months: Months, against: Against) -> Months:
    """The months that these are compared with."""
    if against is Against.BEFORE:
        return months.before
    return Months(moved(months.first, -YEAR), moved(months.last, -YEAR))


def pairs(now: Mapping[K, Decimal], before: Mapping[K, Decimal]) -> list[Pair[K]]:
    """One row for each key of either; their sums are the sums of both."""
    return [
        Pair(key, now.get(key, ZERO), before.get(key, ZERO))
        for key in dict.fromkeys((*now, *before))
    ]


def largest(rows: Iterable[Pair[K]], by: Callable[[Pair[K]], Decimal]) -> list[Pair[K]]:
    """The rows with the largest first; what is equal keeps its order."""
    return sorted(rows, key=by, reverse=True)


def gone_or_down(rows: Iterable[Pair[K]]) -> list[Pair[K]]:
    """Those that went or went down by a good deal; the greatest loss first."""
    lost = (each for each in rows if each.course in (Course.GONE, Course.DOWN))
    return largest(lost, lambda each: -each.difference)


def grown(rows: Iterable[Pair[K]]) -> list[Pair[K]]:
    """The new ones and those that grew; the greatest gain first."""
    more = (each for each in rows if each.course in (Course.NEW, Course.UP))
    return largest(more, lambda each: each.difference)
