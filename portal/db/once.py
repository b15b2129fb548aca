"""One form, one deed: what a form led to is kept for a day, so that the same form sent again leads there too."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Index, String, delete, func, select
from sqlalchemy.orm import Mapped, mapped_column

from portal.db.base import Base, db
from portal.db.types import UTCDateTime

KEPT = timedelta(days=1)
LOCK_DIGITS = 15
"""Hexadecimal digits of a key that fit into PostgreSQL's lock number."""


class AnsweredForm(Base):
    """Where the browser was sent after a form; `key` is a SHA-256 over who sent what to which address."""

    __tablename__ = "answered_form"
    __table_args__ = (Index("ix_answered_form_at", "at"),)

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    location: Mapped[str] = mapped_column(String(2000))


def earlier_answer(key: str) -> str | None:
    """Where this very form led before; None when it is new.

    A second sender waits here until the first is done: on SQLite it already waited to write.
    """
    if db.session.get_bind().dialect.name == "postgresql":
        db.session.execute(select(func.pg_advisory_xact_lock(int(key[:LOCK_DIGITS], 16))))
    return db.session.scalar(select(AnsweredForm.location).where(AnsweredForm.key == key))


def remember_answer(key: str, location: str, now: datetime) -> None:
    """Keep where it led, in the transaction that did it; what is older than a day goes."""
    db.session.execute(delete(AnsweredForm).where(AnsweredForm.at < now - KEPT))
    db.session.add(AnsweredForm(key=key, at=now, location=location))
