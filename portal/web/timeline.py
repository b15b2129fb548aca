"""The history of a record as timelines draw it."""

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


def happening(entry: AuditEntry, why: str | None = None) -> Happening:
    """An entry of a history in words; `why` where it says more than its reason."""
    return Happening(
        entry.at, entry.actor_name, entry.label, why or entry.reason or None, entry.is_public
    )


def happenings(entries: Iterable[AuditEntry]) -> list[Happening]:
    """Entries of a history in words."""
    return [happening(each) for each in entries]
