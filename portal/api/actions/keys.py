"""Keys of other systems: issued with a secret that is shown once, revoked with a reason, their last use noted."""

from __future__ import annotations

import secrets
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import update

from portal.access.gate import load
from portal.access.permissions import Permission
from portal.access.viewer import Viewer
from portal.api.models import ApiToken
from portal.api.rules import keys
from portal.api.rules.keys import KeyState, NewKey
from portal.customers.models import Customer
from portal.db import audit
from portal.db.aside import write_aside
from portal.db.base import db
from portal.kernel.clock import business_day
from portal.kernel.errors import Invalid, NotAllowedNow
from portal.kernel.text import t

ZONE = ZoneInfo("Asia/Shanghai")
NOTED_EVERY = timedelta(minutes=1)
"""How exactly the last use of a key is known."""


def issue(new: NewKey, actor: Viewer, now: datetime) -> tuple[ApiToken, str]:
    """A new key, and how it is written: nobody can ever show it again. InvalidMany by field."""
    keys.check(new, business_day(now))
    if new.customer_id is not None:
        load(Customer, new.customer_id, actor, Permission.API_EDIT)
    public_id = secrets.token_hex(keys.ID_DIGITS // 2)
    secret = secrets.token_hex(keys.SECRET_DIGITS // 2)
    end = datetime.combine(new.expires_on + timedelta(days=1), time(), ZONE)
    row = ApiToken(
        name=new.name.strip(), system=new.system, public_id=public_id, secret_hash=keys.hashed(secret),
        scopes=sorted(each.value for each in new.scopes), customer_id=new.customer_id, issued_by=actor.user_id,
        expires_at=end, created_at=now, updated_at=now,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    audit.record(actor, "api_token.issued", row, now, after=_told(row))
    return row, keys.joined(public_id, secret)


def revoke(row: ApiToken, reason: str, actor: Viewer, now: datetime) -> None:
    """The key opens nothing from now on. Invalid without a reason, NotAllowedNow when it does not open any more."""
    why = reason.strip()[:500]
    if not why:
        raise Invalid(t("Say why."), "reason")
    if keys.state_on(row.expires_at, row.revoked_at, now) is KeyState.REVOKED:
        raise NotAllowedNow(t("This key was revoked already."))
    row.revoked_at, row.revoke_reason = now, why
    audit.record(actor, "api_token.revoked", row, now, after={"name": row.name}, reason=why)


def note_use(token_id: int, ip: str | None, now: datetime) -> bool:
    """Write down that the key was used, beside whatever the call does; whether it was needed and could be done."""
    table = ApiToken.__table__
    is_old = table.c.last_used_at.is_(None) | (table.c.last_used_at < now - NOTED_EVERY)
    told = {"last_used_at": now, "last_used_from": (ip or "")[:45]}
    return write_aside(db.engine, update(table).where(table.c.id == token_id, is_old).values(told))  # type: ignore[arg-type]


def _told(row: ApiToken) -> dict[str, object]:
    """What history keeps of a key: never its secret."""
    return {
        "name": row.name,
        "system": row.system,
        "key": keys.hint(row.public_id),
        "scopes": row.scopes,
        "customer_id": row.customer_id,
        "expires_at": row.expires_at.isoformat(),
    }
