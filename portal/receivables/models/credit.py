"""Applications that somebody else decides: monthly settlement 月结申请, lifting a hold until a day."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.customers.models import Customer, one_of
from portal.db import audit
from portal.db.audit import Event
from portal.db.base import Base, CustomerOwned, Stamped, Versioned
from portal.db.types import JSONText, UTCDateTime
from portal.kernel.text import t
from portal.receivables.rules.kinds import DecisionState

audit.declare(
    {
        "settlement_application.made": Event(t("Monthly settlement applied for"), public=True),
        "settlement_application.approved": Event(t("Application approved"), public=True),
        "settlement_application.refused": Event(t("Application refused"), public=True),
        "settlement_application.withdrawn": Event(t("Application withdrawn"), public=True),
        "hold_lift.proposed": Event(t("Lifting the hold proposed")),
        "hold_lift.approved": Event(t("Hold lifted until a day")),
        "hold_lift.refused": Event(t("Lifting the hold refused")),
        "hold_lift.withdrawn": Event(t("Proposal withdrawn")),
    }
)


class SettlementApplication(CustomerOwned, Versioned, Stamped, Base):
    """Which settlement terms the customer (or sales for them) asks for; `asked` holds the terms' fields."""

    __tablename__ = "settlement_application"
    __table_args__ = (
        CheckConstraint(one_of("state", DecisionState), name="known_state"),
        CheckConstraint("state <> 'refused' OR decision <> ''", name="refused_with_reason"),
        Index("ix_settlement_application_state", "state", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(24), unique=True)
    state: Mapped[str] = mapped_column(String(12), default=DecisionState.PENDING.value)
    asked: Mapped[Any] = mapped_column(JSONText, default=dict)
    reason: Mapped[str] = mapped_column(String(1000), default="")
    applied_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    applied_at: Mapped[datetime] = mapped_column(UTCDateTime)
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    decision: Mapped[str] = mapped_column(String(1000), default="")

    customer: Mapped[Customer] = relationship()


class HoldLift(CustomerOwned, Versioned, Stamped, Base):
    """A credit hold is lifted until a day, proposed by one person and approved by another (DOMAIN E8)."""

    __tablename__ = "hold_lift"
    __table_args__ = (
        CheckConstraint(one_of("state", DecisionState), name="known_state"),
        CheckConstraint("reason <> ''", name="with_reason"),
        Index("ix_hold_lift_state", "state", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(String(12), default=DecisionState.PENDING.value)
    until_on: Mapped[date]
    reason: Mapped[str] = mapped_column(String(1000))
    proposed_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    proposed_at: Mapped[datetime] = mapped_column(UTCDateTime)
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    decision: Mapped[str] = mapped_column(String(1000), default="")

    customer: Mapped[Customer] = relationship()
