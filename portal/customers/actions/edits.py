"""Saving an edit: nobody's work is lost, and history keeps each field before and after."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from portal.access.viewer import Viewer
from portal.customers import queries
from portal.customers.rules import edits
from portal.db import audit
from portal.db.base import db
from portal.kernel.edits import EditClash


def refuse_clash(row: Any, version: int, yours: Mapping[str, Any]) -> None:
    """Refuse an edit that began at `version` when others changed the same record in between.

    Raises `EditClash`; a save that touched none of these fields is no hindrance.
    """
    if row.version == version:
        return
    found = edits.clashes(yours, queries.changes_since(row, version))
    if found:
        raise EditClash(found)


def save(
    row: Any,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    event: str,
    actor: Viewer,
    now: datetime,
) -> bool:
    """Write the fields that differ to `row` and to its history; False when nothing did.

    The values must be ready for JSON; what is stored differently is set by the caller beforehand.
    """
    names = edits.changed_fields(before, after)
    if not names:
        return False
    db.session.flush()
    audit.record(
        actor,
        event,
        row,
        now,
        before={name: before[name] for name in names},
        after={**{name: after[name] for name in names}, "version": row.version},
    )
    return True
