"""A form that waits: what somebody sent is kept while they show once more that it is they."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Index, String, delete, select
from sqlalchemy.orm import Mapped, mapped_column

from portal.db.base import Base, db
from portal.db.engine import write_from_here
from portal.db.types import JSONText, UTCDateTime

KEPT = timedelta(hours=1)
MOST_LETTERS = 200_000
"""A longer form is not kept: nobody types so much into one that asks for a password."""
LONGEST_ADDRESS = 2000


class HeldForm(Base):
    """A form of one person that was not carried out yet; `key` is the SHA-256 of what its address says."""

    __tablename__ = "held_form"
    __table_args__ = (Index("ix_held_form_at", "at"),)

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[int]
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    act: Mapped[str] = mapped_column(String(200))
    path: Mapped[str] = mapped_column(String(LONGEST_ADDRESS))
    back: Mapped[str] = mapped_column(String(LONGEST_ADDRESS))
    fields: Mapped[Any] = mapped_column(JSONText, default=list)


@dataclass(frozen=True, slots=True)
class Sent:
    """A form as it came: what it does (an English text of the catalogue), to which address, from which page."""

    act: str
    path: str
    back: str
    fields: tuple[tuple[str, str], ...]

    @property
    def is_short(self) -> bool:
        """Whether it can be kept."""
        letters = sum(len(name) + len(value) for name, value in self.fields)
        return letters <= MOST_LETTERS and max(len(self.path), len(self.back)) <= LONGEST_ADDRESS


def hold(sent: Sent, user_id: int, now: datetime) -> str | None:
    """Keep it for an hour, in this request's transaction; the token that finds it, None when it is too long."""
    if not sent.is_short:
        return None
    write_from_here(db.session())
    db.session.execute(delete(HeldForm).where(HeldForm.at < now - KEPT))
    token = secrets.token_urlsafe(24)
    fields = [list(pair) for pair in sent.fields]
    db.session.add(
        HeldForm(
            key=_key(token),
            user_id=user_id,
            at=now,
            act=sent.act,
            path=sent.path,
            back=sent.back,
            fields=fields,
        )
    )
    return token


def held(token: str, user_id: int | None, now: datetime) -> HeldForm | None:
    """The form behind `token`, for the one who sent it alone and while it is kept."""
    row = db.session.scalar(select(HeldForm).where(HeldForm.key == _key(token)))
    if row is None or row.user_id != user_id or row.at < now - KEPT:
        return None
    return row


def _key(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
