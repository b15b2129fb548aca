"""By when damage must be notified and recourse taken, by the way the goods went (DOMAIN T5, T7).

Late is shown and judged by a person: nothing here refuses a claim.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Protocol, TypeVar

from portal.claims.rules.kinds import Loss
from portal.service_requests.rules.clock_kinds import Mode, TimeUnit
from portal.service_requests.rules.clocks import end_of_days
from portal.service_requests.rules.work_hours import WorkTime

RECOURSE = "recourse"
ANY = ""


class DeadlineRow(Protocol):
    """A limit of law or contract that is in force: `amount` of `unit`; `mode` None: any."""

    @property
    def mode(self) -> str | None: ...
    @property
    def variant(self) -> str: ...
    @property
    def amount(self) -> int: ...
    @property
    def unit(self) -> str: ...
    @property
    def from_on(self) -> date: ...


R = TypeVar("R", bound=DeadlineRow)


def notice_variant(mode: str, loss: str, *, in_container: bool) -> str:
    """Which of a mode's terms of notice counts: at sea loose or container, in the air damage or delay."""
    if mode == Mode.SEA:
        return "container" if in_container else "loose"
    if mode == Mode.AIR:
        return "delay" if loss == Loss.DELAYED else "damage"
    return ANY


def nearest(rows: Iterable[R], variant: str) -> R | None:
    """Of the rows in force: that of the mode before one of any, of the variant before one without, the latest."""
    counting = [row for row in rows if row.variant in (variant, ANY)]
    return max(
        counting,
        key=lambda row: (row.mode is not None, row.variant == variant, row.from_on),
        default=None,
    )


def last_day(row: DeadlineRow, start: date, work: WorkTime) -> date:
    """The last day in time; `start` itself does not count. Minutes count as the day on which they end."""
    unit = TimeUnit(row.unit)
    if unit in (TimeUnit.NATURAL_MINUTES, TimeUnit.WORKING_MINUTES):
        return start
    return end_of_days(start, row.amount, unit, work)


def is_late(noticed_on: date, due_on: date | None) -> bool:
    """Whether notice came after its last day; never where no deadline is known."""
    return due_on is not None and noticed_on > due_on
