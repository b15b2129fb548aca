"""The secret address of a person's calendar: made, made anew, revoked. Only its hash is kept."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import datetime

from sqlalchemy import select

from portal.access.permissions import Permission
from portal.access.viewer import Viewer
from portal.customers.queries import viewer_for
from portal.db.base import db
from portal.kernel.errors import Forbidden, NotFound
from portal.kernel.text import t
from portal.service_requests.models import CalendarFeed

TOKEN_BYTES = 32


def make(actor: Viewer, now: datetime) -> str:
    """The new token, told this once; one that was there before opens nothing any more."""
    if not actor.may(Permission.TASK_WORK) or actor.user_id is None:
        raise Forbidden()
    token = secrets.token_urlsafe(TOKEN_BYTES)
    row = of(actor.user_id) or CalendarFeed(user_id=actor.user_id)
    row.token_hash, row.made_at = _hash(token), now
    db.session.add(row)
    db.session.flush()
    return token


def revoke(actor: Viewer) -> None:
    """No address opens this person's calendar any more; nothing happens where there is none."""
    row = of(actor.user_id) if actor.user_id is not None else None
    if row is not None:
        db.session.delete(row)


def of(user_id: int) -> CalendarFeed | None:
    """The feed of a person, if they have one."""
    return db.session.scalar(select(CalendarFeed).where(CalendarFeed.user_id == user_id))


def reader_of(token: str) -> Viewer:
    """Whose calendar a token opens, with what that person may see today.

    NotFound for a token that is unknown or revoked, and for a person who left or may plan nothing any more.
    """
    sought = _hash(token)
    row = db.session.scalar(select(CalendarFeed).where(CalendarFeed.token_hash == sought))
    if row is None or not hmac.compare_digest(row.token_hash, sought):
        raise NotFound(t("This calendar address is no longer valid."))
    reader = viewer_for(row.user_id, None)
    if not reader.is_staff or not reader.may(Permission.TASK_WORK):
        raise NotFound(t("This calendar address is no longer valid."))
    return reader


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
