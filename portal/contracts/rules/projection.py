"""When an entitlement will be used up at the pace of the last weeks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_CEILING, Decimal
from enum import StrEnum

RECENT, LONGER = 28, 90
"""Days: the recent pace counts where it rests on enough draws, else the longer one."""
ENOUGH_DRAWS = 3
ENOUGH_DAYS = 7


class Outlook(StrEnum):
    """What can be said: used up on a day, more than enough until the end, gone, endless, or too little to say."""

    RUNS_OUT = "runs_out"
    LASTS = "lasts"
    GONE = "gone"
    ENDLESS = "endless"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Draws:
    """What was used in a window of days: how much in all, in how many draws."""

    quantity: Decimal = Decimal(0)
    count: int = 0


@dataclass(frozen=True, slots=True)
class Projection:
    """The outlook; `on` is the day on which the last of it goes, `a_day` the pace that says so."""

    outlook: Outlook
    on: date | None = None
    a_day: Decimal | None = None


def project(
    left: Decimal | None, recent: Draws, longer: Draws, starts_on: date, ends_on: date, today: date
) -> Projection:
    """Where `left` (None: no limit) leads at the mean draw of the last RECENT days, or of LONGER with fewer draws.

    A window reaches no further back than `starts_on`. Too little to say: fewer than ENOUGH_DRAWS draws or less than
    ENOUGH_DAYS days.
    """
    if left is None:
        return Projection(Outlook.ENDLESS)
    if left <= 0:
        return Projection(Outlook.GONE)
    a_day = _pace(recent, longer, (today - starts_on).days + 1)
    if a_day is None:
        return Projection(Outlook.UNKNOWN)
    days = int((left / a_day).to_integral_value(ROUND_CEILING))
    if days > (ends_on - today).days:
        return Projection(Outlook.LASTS, a_day=a_day)
    return Projection(Outlook.RUNS_OUT, today + timedelta(days=days), a_day)


def _pace(recent: Draws, longer: Draws, age: int) -> Decimal | None:
    """The mean draw of a day; None when it rests on too little."""
    if age < ENOUGH_DAYS:
        return None
    for draws, window in ((recent, RECENT), (longer, LONGER)):
        if draws.count >= ENOUGH_DRAWS and draws.quantity > 0:
            return draws.quantity / min(window, age)
    return None
