"""The history of a record as the desk's timelines draw it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from portal.db.audit import AuditEntry
from portal.kernel.text import Text


@dataclass(frozen=True, slots=True)
class Happening:
    """One line of a timeline."""

    at: datetime
    who: str
    what: Text
    why: str | None
    public: bool


def happenings(entries: Iterable[AuditEntry]) -> list[Happening]:
    """Entries of a history in words."""
    return [
        Happening(each.at, each.actor_name, each.label, each.reason or None, each.is_public)
        for each in entries
    ]
