"""Where events are told: a program's address or a group robot's, with the secrets that sign."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.customers.models import Customer, one_of, one_or_none
from portal.db import audit
from portal.db.audit import Event
from portal.db.base import Base, Stamped, Versioned
from portal.db.types import JSONText, UTCDateTime
from portal.hooks.rules.kinds import HookKind, OffReason
from portal.kernel.text import t

audit.declare(
    {
        "hook.created": Event(t("Webhook added")),
        "hook.changed": Event(t("Webhook changed")),
        "hook.switched_on": Event(t("Webhook switched on")),
        "hook.switched_off": Event(t("Webhook switched off")),
        "hook.secret_renewed": Event(t("Secret of the webhook renewed")),
        "hook.removed": Event(t("Webhook removed")),
        "hook.tested": Event(t("Test sent to the webhook")),
        "hook.resent": Event(t("Deliveries sent again")),
    }
)


class HookEndpoint(Versioned, Stamped, Base):
    """One receiver of events.

    `sealed_url`: the address, sealed, since a robot's is its password; `shown_url`: what may be read of it. `events`:
    names of rules.catalogue. `customer_id`: told of this customer alone, and only what it may know itself.
    `since_entry_id`: entries of the history up to this one are not told. `failing_since`: nothing was taken since.
    """

    __tablename__ = "hook_endpoint"
    __table_args__ = (
        CheckConstraint(one_of("kind", HookKind), name="known_kind"),
        CheckConstraint("locale IN ('zh_CN', 'en')", name="known_locale"),
        CheckConstraint(one_or_none("off_reason", OffReason), name="known_off_reason"),
        Index("ix_hook_endpoint_name", "name", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    kind: Mapped[str] = mapped_column(String(12))
    sealed_url: Mapped[str] = mapped_column(Text)
    shown_url: Mapped[str] = mapped_column(String(300))
    events: Mapped[Any] = mapped_column(JSONText, default=list)
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customer.id"), index=True)
    locale: Mapped[str] = mapped_column(String(8), default="zh_CN")
    is_active: Mapped[bool] = mapped_column(default=False)
    since_entry_id: Mapped[int] = mapped_column(default=0)
    failing_since: Mapped[datetime | None] = mapped_column(UTCDateTime)
    off_reason: Mapped[str] = mapped_column(String(12), default="")

    customer: Mapped[Customer | None] = relationship()
    secrets: Mapped[list[HookSecret]] = relationship(
        cascade="all, delete-orphan", order_by="HookSecret.id.desc()"
    )


class HookSecret(Base):
    """What deliveries are signed with, sealed. After a renewal the old one signs along until `valid_until`."""

    __tablename__ = "hook_secret"

    id: Mapped[int] = mapped_column(primary_key=True)
    endpoint_id: Mapped[int] = mapped_column(
        ForeignKey("hook_endpoint.id", ondelete="CASCADE"), index=True
    )
    sealed: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    valid_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
