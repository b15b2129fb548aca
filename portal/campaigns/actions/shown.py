"""What notices and recommendations have in common: written, changed, published, taken down, each with its history."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, TypeVar

from portal.access.permissions import Permission
from portal.access.viewer import Viewer
from portal.campaigns.models import Notice, Offer
from portal.campaigns.rules.states import SHOWN_STEPS, ShownState, ShownStep
from portal.customers.actions.edits import refuse_clash, save
from portal.db import audit
from portal.db.base import db
from portal.kernel.errors import Forbidden

Shown = TypeVar("Shown", Notice, Offer)
NAMES = {ShownStep.PUBLISH: "published", ShownStep.WITHDRAW: "withdrawn"}


def begin(row: Shown, values: dict[str, Any], actor: Viewer, now: datetime) -> Shown:
    """Keep a new one, a draft."""
    for name, value in values.items():
        setattr(row, name, value)
    row.author_id, row.created_at, row.updated_at = actor.user_id, now, now
    db.session.add(row)
    db.session.flush()
    audit.record(actor, f"{row.__tablename__}.written", row, now, after=_told(values))
    return row


def change(row: Shown, values: dict[str, Any], seen: int, actor: Viewer, now: datetime) -> Shown:
    """Change one that was read at version `seen`; EditClash when somebody else changed the same."""
    before = _told({name: getattr(row, name) for name in values})
    refuse_clash(row, seen, _told(values))
    for name, value in values.items():
        setattr(row, name, value)
    row.updated_at = now
    save(row, before, _told(values), f"{row.__tablename__}.changed", actor, now)
    return row


def take(row: Shown, step: ShownStep, actor: Viewer, now: datetime) -> Shown:
    """One step of its way; NotAllowedNow when its state has no such step."""
    row.state = SHOWN_STEPS.next(ShownState(row.state), step).value
    row.updated_at = now
    audit.record(actor, f"{row.__tablename__}.{NAMES[step]}", row, now, after={"state": row.state})
    return row


def check_may(actor: Viewer, permission: Permission) -> None:
    """Forbidden without the right."""
    if not actor.may(permission):
        raise Forbidden()


def _told(values: dict[str, Any]) -> dict[str, Any]:
    return {k: v.isoformat() if isinstance(v, date) else v for k, v in values.items()}
