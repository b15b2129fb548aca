"""Where somebody is signed in: begun, ended one by one or all at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, update

from portal.access.viewer import Viewer
from portal.accounts.models import SignIn, User
from portal.accounts.queries import token_hash
from portal.accounts.rules.sign_ins import FORGOTTEN_AFTER, Lifetimes, Why
from portal.db import audit
from portal.db.base import db
from portal.db.engine import write_from_here


@dataclass(frozen=True, slots=True)
class Device:
    """From where somebody signs in."""

    browser: str
    system: str
    ip: str
    kept: bool = False


def begin(
    user: User,
    mark: str,
    device: Device,
    way: str,
    second: str | None,
    lifetimes: Lifetimes,
    now: datetime,
) -> SignIn:
    """A new sign-in, flushed; `mark` is what the browser alone keeps. What is long over is forgotten."""
    write_from_here(db.session())
    old = SignIn.ends_at < now - FORGOTTEN_AFTER
    db.session.execute(delete(SignIn).where(SignIn.user_id == user.id, old))
    row = SignIn(
        user_id=user.id,
        mark_hash=token_hash(mark),
        began_at=now,
        seen_at=now,
        ends_at=lifetimes.end(now, device.kept),
        kept=device.kept,
        way=way,
        second=second,
        browser=device.browser,
        system=device.system,
        ip=device.ip,
    )
    db.session.add(row)
    db.session.flush()
    return row


def end(user_id: int, sign_in_id: int, why: Why, now: datetime) -> bool:
    """End one sign-in of this person; False when there is none that still holds."""
    return bool(_end(now, why, SignIn.user_id == user_id, SignIn.id == sign_in_id))


def end_all(user_id: int, why: Why, now: datetime, *, but: int | None = None) -> int:
    """End every sign-in of this person, except the one with the id `but`; how many there were."""
    return _end(now, why, SignIn.user_id == user_id, SignIn.id != (but or 0))


def end_for(user: User, sign_in_id: int | None, actor: Viewer, now: datetime) -> int:
    """Somebody else ends one, or with None every sign-in of `user`; it stands in the history."""
    if sign_in_id is None:
        ended = end_all(user.id, Why.HOUSE, now)
    else:
        ended = int(end(user.id, sign_in_id, Why.HOUSE, now))
    if ended:
        audit.record(actor, "user.signed_out", user, now, after={"sign-ins": ended})
    return ended


def _end(now: datetime, why: Why, *which: object) -> int:
    write_from_here(db.session())
    still = SignIn.ended_at.is_(None)
    done = db.session.execute(
        update(SignIn).where(still, *which).values(ended_at=now, ended_why=why.value)  # type: ignore[arg-type]
    )
    return int(done.rowcount)  # type: ignore[attr-defined]
