"""Reading keys: who comes with one, the list of them, one of them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, bindparam, select
from sqlalchemy.orm import joinedload

from portal.access.gate import load
from portal.access.permissions import Permission
from portal.access.viewer import ByToken, Viewer
from portal.api.models import ApiToken
from portal.api.queries.granting import allowed
from portal.api.rules import keys
from portal.api.rules.keys import KeyState
from portal.api.rules.scopes import Scope
from portal.db.base import db

_NO_HASH = keys.hashed("")
_BY_PUBLIC_ID = select(ApiToken).where(ApiToken.public_id == bindparam("public_id"))


def viewer_of_key(key: str, now: datetime) -> Viewer | None:
    """The system that comes with this key; None when it does not open (unknown, wrong, expired, revoked).

    A key of one customer sees what that customer's own people see; it never sees what the house keeps to itself.
    """
    parts = keys.split(key)
    if parts is None:
        return None
    row = db.session.scalar(_BY_PUBLIC_ID, {"public_id": parts.public_id})
    is_right = keys.is_secret(parts.secret, row.secret_hash if row is not None else _NO_HASH)
    if row is None or not is_right:
        return None
    if keys.state_on(row.expires_at, row.revoked_at, now) is not KeyState.ACTIVE:
        return None
    return _viewer(row)


def _viewer(row: ApiToken) -> Viewer:
    scopes = frozenset(Scope(each) for each in row.scopes if each in set(Scope))
    one = row.customer_id
    return Viewer(
        kind="system" if one is None else "customer",
        name=f"{row.name} ({row.system})",
        permissions=allowed(scopes),
        customer_id=one,
        customer_ids=None if one is None else frozenset({one}),
        token=ByToken(row.id, row.system, frozenset(scopes)),
    )


def key_list() -> Select[Any]:
    """Every key, with its customer and who issued it."""
    return select(ApiToken).options(joinedload(ApiToken.customer), joinedload(ApiToken.issuer))


def in_state(statement: Select[Any], state: str, now: datetime) -> Select[Any]:
    """Only keys that are `active`, `expired` or `revoked` at an instant."""
    kept = ApiToken.revoked_at.is_(None)
    wanted = {
        KeyState.ACTIVE.value: and_(kept, ApiToken.expires_at > now),
        KeyState.EXPIRED.value: and_(kept, ApiToken.expires_at <= now),
        KeyState.REVOKED.value: ApiToken.revoked_at.is_not(None),
    }
    return statement.where(wanted[state]) if state in wanted else statement


def found_by(statement: Select[Any], words: str) -> Select[Any]:
    """Only keys whose name or system holds each of `words`."""
    for word in words.split():
        name = ApiToken.name.icontains(word, autoescape=True)
        system = ApiToken.system.icontains(word, autoescape=True)
        statement = statement.where(name | system)
    return statement


def one_key(token_id: int, viewer: Viewer) -> ApiToken:
    """One key; NotFound when there is none."""
    options = (joinedload(ApiToken.customer), joinedload(ApiToken.issuer))
    return load(ApiToken, token_id, viewer, Permission.API_SEE, options=options)
