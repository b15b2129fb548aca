"""The same call told twice is done once: its answer is kept and told again."""

from __future__ import annotations

import hashlib
from datetime import datetime

from sqlalchemy import delete, func, select

from portal.access.viewer import ByToken
from portal.api.models import IdempotentAnswer
from portal.api.rules.once import KEPT, Call, KeyReused
from portal.db.base import db
from portal.db.engine import write_from_here

LOCK_DIGITS = 15
"""Hexadecimal digits of a hash that fit into PostgreSQL's lock number."""


def earlier(token: ByToken, call: Call) -> IdempotentAnswer | None:
    """What this call was answered before; None when it is new. KeyReused when the key came with another call.

    From here on the session writes. The same call at the same time waits here until the first is done: on SQLite
    writers are alone anyway.
    """
    write_from_here(db.session())
    if db.session.get_bind().dialect.name == "postgresql":
        mark = hashlib.sha256(f"{token.id}:{call.key}".encode()).hexdigest()
        db.session.execute(select(func.pg_advisory_xact_lock(int(mark[:LOCK_DIGITS], 16))))
    mine = IdempotentAnswer.token_id == token.id, IdempotentAnswer.key == call.key
    found = db.session.scalar(select(IdempotentAnswer).where(*mine))
    if found is not None and found.fingerprint != call.fingerprint:
        raise KeyReused()
    return found


def keep(token: ByToken, call: Call, status: int, body: str, now: datetime) -> None:
    """Keep an answer, in the transaction that did what it tells of."""
    db.session.add(
        IdempotentAnswer(
            token_id=token.id,
            key=call.key,
            fingerprint=call.fingerprint,
            status=status,
            body=body,
            at=now,
        )
    )
    db.session.flush()


def clear(now: datetime) -> int:
    """Answers that were kept long enough go; how many."""
    old = delete(IdempotentAnswer).where(IdempotentAnswer.at < now - KEPT)
    return len(db.session.scalars(old.returning(IdempotentAnswer.id)).all())
