"""Each event on its way to each endpoint, and how far the history was read."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.customers.models import one_of
from portal.db.base import Base
from portal.db.types import JSONText, UTCDateTime
from portal.hooks.models.endpoints import HookEndpoint
from portal.hooks.rules.kinds import DeliveryState


class HookDelivery(Base):
    """One entry of the history for one endpoint: made once, tried until it is taken or given up.

    `message_id` goes out as `webhook-id` and is the same on every try. `entry_id` None: a test. `status`, `took_ms`,
    `last_error` and `answer` are of the last try.
    """

    __tablename__ = "hook_delivery"
    __table_args__ = (
        UniqueConstraint("endpoint_id", "entry_id"),
        CheckConstraint(one_of("state", DeliveryState), name="known_state"),
        Index("ix_hook_delivery_due", "state", "next_try_at", "id"),
        Index("ix_hook_delivery_endpoint", "endpoint_id", "state", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    endpoint_id: Mapped[int] = mapped_column(ForeignKey("hook_endpoint.id", ondelete="CASCADE"))
    entry_id: Mapped[int | None] = mapped_column(ForeignKey("audit_entry.id"))
    message_id: Mapped[str] = mapped_column(String(64), unique=True)
    event: Mapped[str] = mapped_column(String(40))
    payload: Mapped[Any] = mapped_column(JSONText)
    state: Mapped[str] = mapped_column(String(8), default=DeliveryState.PENDING.value)
    tries: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    next_try_at: Mapped[datetime] = mapped_column(UTCDateTime)
    tried_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    status: Mapped[int | None]
    took_ms: Mapped[int | None]
    last_error: Mapped[str] = mapped_column(String(500), default="")
    answer: Mapped[str] = mapped_column(String(500), default="")

    endpoint: Mapped[HookEndpoint] = relationship()


class HookCursor(Base):
    """The last entry of the history that was told, or looked at and not to be told. One row."""

    __tablename__ = "hook_cursor"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, default=1)
    entry_id: Mapped[int] = mapped_column(default=0)
