"""When the holder of an entitlement is told: little left, nothing left, ending soon; each once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from portal.contracts.rules.entitlement_states import is_low

HORIZONS = (7, 30)
"""Days before the end, the nearest first."""
LONG = 60
"""Days: a shorter period is told of at the nearest horizon only, or every month would bring two letters."""


class Notice(StrEnum):
    """What is told."""

    LOW = "low"
    EXHAUSTED = "exhausted"
    EXPIRING = "expiring"


@dataclass(frozen=True, slots=True)
class DueNotice:
    """A notice and the mark that makes it one: told again only when the mark is another."""

    kind: Notice
    mark: str


def due_notices(
    granted: Decimal, left: Decimal | None, starts_on: date, ends_on: date, today: date
) -> list[DueNotice]:
    """What is due on `today` for an entitlement in force; `left` None is without limit.

    More granted since makes low and exhausted due anew. One that is used up is not told that it ends.
    """
    found = []
    if left is not None and left <= 0:
        return [DueNotice(Notice.EXHAUSTED, f"exhausted:{granted:f}")]
    if left is not None and is_low(granted, left):
        found.append(DueNotice(Notice.LOW, f"low:{granted:f}"))
    days = next((each for each in HORIZONS if (ends_on - today).days <= each), None)
    is_long = (ends_on - starts_on).days >= LONG
    if days is not None and (is_long or (days == HORIZONS[0] and left is not None)):
        found.append(DueNotice(Notice.EXPIRING, f"expiring:{days}"))
    return found
