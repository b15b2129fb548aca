"""How often each tier is visited, what counts as a visit, and on which day the next one falls (REQUIREMENTS K5)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from portal.care.rules.kinds import VisitKind
from portal.customers.rules.kinds import Segment
from portal.kernel.workcalendar import ONE_DAY, WorkCalendar

KEY_CUSTOMERS = ""
"""The segment of the row for key customers of whatever tier."""
FIRST_WITHIN = 30
"""A new customer is met for the first time within so many days, or sooner where the tier is visited more often."""
LONGEST_SEARCH = 120
FACE_TO_FACE = (VisitKind.ON_SITE, VisitKind.RECEPTION, VisitKind.MANAGEMENT)

COUNTS: Mapping[VisitKind, tuple[VisitKind, ...]] = {
    VisitKind.MANAGEMENT: (VisitKind.MANAGEMENT,),
    VisitKind.ON_SITE: FACE_TO_FACE,
    VisitKind.RECEPTION: FACE_TO_FACE,
    VisitKind.VIDEO: (*FACE_TO_FACE, VisitKind.VIDEO),
    VisitKind.TELEPHONE: tuple(VisitKind),
}
"""A visit that is more than what the plan asks for counts too; one that is less does not."""


@dataclass(frozen=True, slots=True)
class Goal:
    """Every so many days a visit of this kind; 0: only when there is a reason."""

    segment: str
    kind: VisitKind
    every_days: int


FIRST_GOALS: tuple[Goal, ...] = (
    Goal(Segment.PROJECT, VisitKind.ON_SITE, 30),
    Goal(Segment.VIP, VisitKind.ON_SITE, 60),
    Goal(Segment.MID, VisitKind.TELEPHONE, 60),
    Goal(Segment.ORDINARY, VisitKind.TELEPHONE, 180),
    Goal(Segment.FLOATING, VisitKind.TELEPHONE, 0),
    Goal(KEY_CUSTOMERS, VisitKind.MANAGEMENT, 180),
)
"""What a firm begins with: face to face with those who bring most (DOMAIN K3), the telephone for the others."""


def within(goal_days: int, *, is_first: bool) -> int:
    """Days from the last visit, or from when the customer came to us, to the next visit."""
    return min(goal_days, FIRST_WITHIN) if is_first else goal_days


def due_on(last_on: date | None, since: date, every_days: int) -> date:
    """The day by which a customer is to be visited; `since`: when it came to us, for one never visited."""
    if last_on is None:
        return since + timedelta(days=within(every_days, is_first=True))
    return last_on + timedelta(days=every_days)


def cause_key(segment: str, customer_id: int, last_id: int | None) -> str:
    """What keeps one planned visit for each cause: the target, and the visit that it counts from."""
    return f"{segment or 'key'}-{customer_id}-{last_id or 0}"


def free_day(
    wanted: date, today: date, taken: Mapping[date, int], most: int, calendar: WorkCalendar
) -> date:
    """The first working day from `wanted` on (tomorrow at the earliest) with fewer than `most` visits.

    Where there is none for a long time, the day that was wanted: too many on a day is better than none.
    """
    first = calendar.on_or_after(max(wanted, today + ONE_DAY))
    on = first
    for _ in range(LONGEST_SEARCH):
        if taken.get(on, 0) < most:
            return on
        on = calendar.on_or_after(on + ONE_DAY)
    return first
