"""Leaving the house: a row in the same transaction; a worker delivers, retries, and may run twice (rule 7)."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, Index, String, select
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import audit
from portal.db.audit import Event
from portal.db.base import Base, db
from portal.db.types import JSONText, UTCDateTime
from portal.kernel.text import t

audit.declare(
    {
        "letter.resent": Event(t("Letter sent again")),
        "letter.all_resent": Event(t("All letters that were given up sent again")),
    }
)


class OutboxState(StrEnum):
    """Waiting, delivered, given up after the last try, or held back because its reader no longer wants it."""

    PENDING = "pending"
    SENT = "sent"
    DEAD = "dead"
    DROPPED = "dropped"


class OutboxMessage(Base):
    """One mail to be rendered from a template and sent."""

    __tablename__ = "outbox_message"
    __table_args__ = (
        Index("ix_outbox_message_due", "state", "next_try_at"),
        CheckConstraint("state IN ('pending', 'sent', 'dead', 'dropped')", name="known_state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(120), unique=True)
    recipient: Mapped[str] = mapped_column(String(254))
    template: Mapped[str] = mapped_column(String(80))
    facts: Mapped[Any] = mapped_column(JSONText)
    locale: Mapped[str] = mapped_column(String(8))
    state: Mapped[str] = mapped_column(String(8), default=OutboxState.PENDING.value)
    tries: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    next_try_at: Mapped[datetime] = mapped_column(UTCDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    last_error: Mapped[str | None] = mapped_column(String(500))


def post_mail(
    recipient: str, template: str, facts: dict[str, Any], *, locale: str, key: str, now: datetime
) -> None:
    """Put one mail into the outbox; the same `key` a second time changes nothing.

    `template` names `templates/mail/<template>.txt` (and `.html` where there is one); `facts` must be JSON-ready.
    """
    if db.session.scalar(select(OutboxMessage.id).where(OutboxMessage.key == key)) is not None:
        return
    db.session.add(
        OutboxMessage(
            key=key,
            recipient=recipient,
            template=template,
            facts=facts,
            locale=locale,
            created_at=now,
            next_try_at=now,
        )
    )
