"""The history of a record as its page shows it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portal.db.audit import timeline
from portal.kernel.text import Text


@dataclass(frozen=True, slots=True)
class Happening:
    """One step: what, when, by whom, why."""

    what: Text
    at: datetime
    who: str
    why: str
    public: bool


def past(row: Any) -> list[Happening]:
    """The steps of a record, the latest first."""
    return [
        Happening(each.label, each.at, each.actor_name, each.reason or "", each.is_public)
        for each in timeline(row, public_only=False)
    ]
