"""Dunning 催收: the firm's steps, and what went out to whom."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.customers.models import Customer, one_of
from portal.db import audit
from portal.db.audit import Event
from portal.db.base import Base, CustomerOwned, Stamped, Versioned
from portal.db.types import Amount, JSONText, UTCDateTime
from portal.kernel.text import t
from portal.receivables.rules.kinds import Channel

audit.declare(
    {
        "dunning_step.changed": Event(t("Dunning step changed")),
        "dunning.sent": Event(t("Reminder of payment sent"), public=True),
        "dunning.called": Event(t("Reminder by telephone noted")),
    }
)


class DunningStep(Versioned, Stamped, Base):
    """What happens so many days after a due day (negative: before it); the owner edits them (DOMAIN section 17).

    `holds`: from this step on the customer's credit is held. `stops`: no automatic step follows.
    """

    __tablename__ = "dunning_step"
    __table_args__ = (
        UniqueConstraint("day"),
        CheckConstraint(one_of("channel", Channel), name="known_channel"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    day: Mapped[int]
    channel: Mapped[str] = mapped_column(String(12))
    name_zh: Mapped[str] = mapped_column(String(60))
    name_en: Mapped[str] = mapped_column(String(80), default="")
    text_zh: Mapped[str] = mapped_column(String(2000), default="")
    text_en: Mapped[str] = mapped_column(String(3000), default="")
    holds: Mapped[bool] = mapped_column(default=False)
    stops: Mapped[bool] = mapped_column(default=False)
    active: Mapped[bool] = mapped_column(default=True)


class DunningNotice(CustomerOwned, Base):
    """One step taken for one customer and currency: what was due then, how it was told, what was promised.

    `receivables`: [id, reference, due_on, overdue days, amount] of what it names. A step is taken once for the oldest
    receivable of its day: (`customer_id`, `currency`, `step_day`, `oldest_id`) is unique, so a job may run twice.
    """

    __tablename__ = "dunning_notice"
    __table_args__ = (
        UniqueConstraint("customer_id", "currency", "step_day", "oldest_id"),
        CheckConstraint(one_of("channel", Channel), name="known_channel"),
        Index("ix_dunning_notice_customer", "customer_id", "on", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(24), unique=True)
    step_day: Mapped[int]
    channel: Mapped[str] = mapped_column(String(12))
    on: Mapped[date]
    currency: Mapped[str] = mapped_column(String(3))
    amount: Mapped[Decimal] = mapped_column(Amount)
    oldest_id: Mapped[int] = mapped_column(ForeignKey("receivable.id"))
    receivables: Mapped[Any] = mapped_column(JSONText, default=list)
    document_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))
    sent_to: Mapped[str] = mapped_column(String(254), default="")
    promised_on: Mapped[date | None]
    note: Mapped[str] = mapped_column(String(1000), default="")
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    at: Mapped[datetime] = mapped_column(UTCDateTime)

    customer: Mapped[Customer] = relationship()
