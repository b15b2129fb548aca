"""Two people on one record: what each of them changed, field by field."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portal.kernel.edits import Clash


@dataclass(frozen=True, slots=True)
class Change:
    """One saved edit: who, when, the fields' values before and after, and the version it made."""

    who: str
    at: datetime
    version: int
    before: Mapping[str, Any]
    after: Mapping[str, Any]


def changed_fields(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """The names whose values differ, in the order of `after`."""
    return [name for name, value in after.items() if before.get(name) != value]


def clashes(yours: Mapping[str, Any], changes: Sequence[Change]) -> list[Clash]:
    """What others changed among your fields since you read the record, oldest change first in `changes`.

    A field that came back to what it was, or that you changed to the very same value, is no clash.
    """
    was: dict[str, Any] = {}
    latest: dict[str, Change] = {}
    for change in changes:
        for name in change.after:
            if name in yours:
                was.setdefault(name, change.before.get(name))
                latest[name] = change
    return [
        Clash(
            field=name,
            who=change.who,
            at=change.at,
            was=was[name],
            theirs=change.after[name],
            yours=yours[name],
            yours_kept=yours[name] != was[name],
        )
        for name, change in latest.items()
        if change.after[name] not in (was[name], yours[name])
    ]
