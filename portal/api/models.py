"""Keys of other systems, and the answers that they were given."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.models import User
from portal.customers.models import Customer
from portal.db import audit
from portal.db.audit import Event
from portal.db.base import Base, Stamped, Versioned
from portal.db.types import JSONText, UTCDateTime
from portal.kernel.text import t

audit.declare(
    {
        "api_token.issued": Event(t("Key issued")),
        "api_token.revoked": Event(t("Key revoked")),
    }
)


class ApiToken(Versioned, Stamped, Base):
    """The key by which one other system comes in; of its secret only a SHA-256 is kept.

    `system`: the source under which the references of that system count once; keys that follow one another share it.
    `public_id` stands in the key itself and finds this row. `scopes`: what it may do. `customer_id`: it sees this
    customer alone, as the customer's own people do; None: every customer.
    """

    __tablename__ = "api_token"
    __table_args__ = (Index("ix_api_token_name", "name", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    system: Mapped[str] = mapped_column(String(24), index=True)
    public_id: Mapped[str] = mapped_column(String(16), unique=True)
    secret_hash: Mapped[str] = mapped_column(String(64))
    scopes: Mapped[Any] = mapped_column(JSONText, default=list)
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customer.id"), index=True)
    issued_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)
    last_used_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    last_used_from: Mapped[str] = mapped_column(String(45), default="")
    revoked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    revoke_reason: Mapped[str] = mapped_column(String(500), default="")

    customer: Mapped[Customer | None] = relationship()
    issuer: Mapped[User | None] = relationship()


class IdempotentAnswer(Base):
    """What a key was answered to a call with this `Idempotency-Key`; told again, it gets the same answer.

    `fingerprint`: SHA-256 over method, path and body. Kept for some days, then cleared away.
    """

    __tablename__ = "idempotent_answer"
    __table_args__ = (
        UniqueConstraint("token_id", "key"),
        Index("ix_idempotent_answer_at", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    token_id: Mapped[int] = mapped_column(ForeignKey("api_token.id"))
    key: Mapped[str] = mapped_column(String(128))
    fingerprint: Mapped[str] = mapped_column(String(64))
    status: Mapped[int]
    body: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(UTCDateTime)
