"""Saving a form of a catalogue record: two people on one record, history field by field."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from portal.access.viewer import Viewer
from portal.customers.actions.edits import refuse_clash, save
from portal.db import audit
from portal.db.base import db


def create(row: Any, values: Mapping[str, Any], event: str, actor: Viewer, now: datetime) -> Any:
    """A new record with these values and its first entry in history."""
    for name, value in values.items():
        setattr(row, name, value)
    db.session.add(row)
    db.session.flush()
    audit.record(actor, event, row, now, after=told(values))
    return row


def change(
    row: Any, values: Mapping[str, Any], seen: int, event: str, actor: Viewer, now: datetime
) -> Any:
    """Change a record that was read at version `seen`. EditClash says who changed what in between."""
    before = told({name: getattr(row, name) for name in values})
    after = told(values)
    refuse_clash(row, seen, after)
    for name, value in values.items():
        if before[name] != after[name]:
            setattr(row, name, value)
    row.updated_at = now
    save(row, before, after, event, actor, now)
    return row


def told(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values as history keeps them."""
    return {name: _plain(value) for name, value in values.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        text = format(value, "f")
        return text.rstrip("0").rstrip(".") if "." in text else text
    return value.isoformat() if isinstance(value, date) else value
