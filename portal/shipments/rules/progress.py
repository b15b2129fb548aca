"""How far a shipment is and how late: computed on a given instant, never set by hand (DESIGN section 4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Protocol

from portal.kernel.errors import Invalid
from portal.kernel.text import Text, t
from portal.shipments.rules.plans import name_of

TOLERANCE = timedelta(minutes=15)
"""Clocks of phones and terminals differ: so much in the future is still now."""


LONGEST_AGO = timedelta(days=366)


class Point(Protocol):
    """What is known of a milestone; a stored one fits."""

    @property
    def code(self) -> str: ...
    @property
    def planned_at(self) -> datetime | None: ...
    @property
    def actual_at(self) -> datetime | None: ...


class Standing(StrEnum):
    """Where one milestone stands at an instant."""

    DONE = "done"
    DONE_LATE = "done_late"
    NEXT = "next"
    LATE = "late"
    OPEN = "open"
    PASSED_OVER = "passed_over"


@dataclass(frozen=True, slots=True)
class Progress:
    """How many of the milestones are reached, and which comes next."""

    reached: int
    total: int
    next_code: str | None


def _last_reached(points: Sequence[Point]) -> int:
    """The place of the last milestone that was reached; -1 for none."""
    return max((at for at, point in enumerate(points) if point.actual_at is not None), default=-1)


def late_by(point: Point, at: datetime) -> timedelta | None:
    """By how much it is behind its plan at that instant; None when it is not, or has no plan."""
    if point.planned_at is None:
        return None
    behind = (point.actual_at or at) - point.planned_at
    return behind if behind > timedelta(0) else None


def standings(points: Sequence[Point], at: datetime) -> list[Standing]:
    """Where each milestone stands, in their order.

    One that was left out, while a later one was reached, is passed over: it holds nothing up any more.
    """
    last = _last_reached(points)
    found = []
    for place, point in enumerate(points):
        behind = late_by(point, at) is not None
        if point.actual_at is not None:
            found.append(Standing.DONE_LATE if behind else Standing.DONE)
        elif place < last:
            found.append(Standing.PASSED_OVER)
        elif behind:
            found.append(Standing.LATE)
        else:
            found.append(Standing.NEXT if place == last + 1 else Standing.OPEN)
    return found


def late_from(points: Sequence[Point]) -> datetime | None:
    """The instant from which the shipment is late unless something is reported before."""
    ahead = points[_last_reached(points) + 1 :]
    return min((p.planned_at for p in ahead if p.planned_at is not None), default=None)


def progress(points: Sequence[Point]) -> Progress:
    """How far it is."""
    last = _last_reached(points)
    following = points[last + 1].code if last + 1 < len(points) else None
    return Progress(sum(p.actual_at is not None for p in points), len(points), following)


def days_late(behind: timedelta) -> Text:
    """`2 days late`, in the largest unit that says it."""
    if behind >= timedelta(days=2):
        return t("%(n)s days late", n=behind.days)
    hours = int(behind.total_seconds() // 3600)
    if hours >= 2:
        return t("%(n)s hours late", n=hours)
    return t("%(n)s minutes late", n=max(1, int(behind.total_seconds() // 60)))


def actual_problem(actual_at: datetime, now: datetime, opened_at: datetime | None) -> Text | None:
    """Why a milestone was not reached then: in the future, or over a year before its shipment was opened."""
    if actual_at > now + TOLERANCE:
        return t("This is in the future: report it when it has happened.")
    if opened_at is not None and actual_at < opened_at - LONGEST_AGO:
        return t("This is more than a year before the shipment was opened.")
    return None


def check_actual(
    actual_at: datetime, now: datetime, opened_at: datetime | None = None, field: str = "actual_at"
) -> None:
    """Raises Invalid where `actual_problem` finds one."""
    wrong = actual_problem(actual_at, now, opened_at)
    if wrong is not None:
        raise Invalid(wrong, field)


def past_problem(on: date, today: date) -> Text | None:
    """Why nothing is planned or promised for that day: it is over a year past."""
    return t("This is more than a year ago.") if on < today - LONGEST_AGO else None


def reached_after(points: Sequence[Point], code: str) -> str | None:
    """The code of the first milestone behind this one that is reached; None when there is none."""
    here = [point.code for point in points].index(code)
    return next((p.code for p in points[here + 1 :] if p.actual_at is not None), None)


def order_warning(points: Sequence[Point], code: str, actual_at: datetime) -> Text | None:
    """What looks wrong: reached before the milestone ahead of it, or after the one behind it."""
    places = [point.code for point in points]
    here = places.index(code)
    for point in reversed(points[:here]):
        if point.actual_at is not None and point.actual_at > actual_at:
            return t("It is earlier than “%(other)s”, which comes before it.", other=name_of(point.code))  # fmt: skip
    for point in points[here + 1 :]:
        if point.actual_at is not None and point.actual_at < actual_at:
            return t("It is later than “%(other)s”, which comes after it.", other=name_of(point.code))  # fmt: skip
    return None
