"""What came out of a request: a defect with its correction, a sheet to operations, a chance to sell."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.models import User
from portal.catalogue.models import ServiceItem
from portal.customers.models import Customer, one_of
from portal.db import audit
from portal.db.audit import Event
from portal.db.base import Base, CustomerOwned, Stamped, Versioned
from portal.db.types import Amount, UTCDateTime
from portal.kernel.text import t
from portal.service_requests.models.requests import ServiceRequest
from portal.service_requests.rules.kinds import Responsible
from portal.service_requests.rules.states import UpsellState

audit.declare(
    {
        "defect.recorded": Event(t("Defect recorded")),
        "defect.changed": Event(t("Defect changed")),
        "defect.corrected": Event(t("Corrective action done")),
        "defect.verified": Event(t("Corrective action proved good")),
        "defect.not_good": Event(t("Corrective action did not help")),
        "defect_kind.changed": Event(t("Kinds of defects changed")),
        "feedback_sheet.sent": Event(t("Feedback sheet sent to operations")),
        "feedback_sheet.answered": Event(t("Feedback sheet answered")),
        "upsell.made": Event(t("Chance to sell noted")),
        "upsell.changed": Event(t("Chance to sell changed")),
    }
)


class DefectKind(Versioned, Base):
    """A kind of fault in our service, in the firm's catalogue."""

    __tablename__ = "defect_kind"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(24), unique=True)
    name_zh: Mapped[str] = mapped_column(String(60))
    name_en: Mapped[str] = mapped_column(String(80), default="")
    position: Mapped[int] = mapped_column(default=0)
    active: Mapped[bool] = mapped_column(default=True)


class Defect(CustomerOwned, Versioned, Stamped, Base):
    """A fault found through a request: why it happened, who answers for it, what is done so that it stays away."""

    __tablename__ = "defect"
    __table_args__ = (
        CheckConstraint(one_of("responsible", Responsible), name="known_responsible"),
        CheckConstraint("done_on IS NULL OR action <> ''", name="done_is_something"),
        CheckConstraint("verified_on IS NULL OR done_on IS NOT NULL", name="verified_after_done"),
        CheckConstraint(
            "verified_by IS NULL OR verified_by <> done_by", name="verified_by_another"
        ),
        Index("ix_defect_request", "request_id", "id"),
        Index("ix_defect_due", "done_on", "due_on", "id"),
        Index("ix_defect_found", "found_on", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(24), unique=True)
    request_id: Mapped[int] = mapped_column(ForeignKey("service_request.id"))
    kind_id: Mapped[int] = mapped_column(ForeignKey("defect_kind.id"), index=True)
    found_on: Mapped[date]
    text: Mapped[str] = mapped_column(String(2000))
    root_cause: Mapped[str] = mapped_column(String(2000), default="")
    responsible: Mapped[str] = mapped_column(String(16), default=Responsible.UNCLEAR.value)
    responsible_name: Mapped[str] = mapped_column(String(120), default="")
    action: Mapped[str] = mapped_column(String(2000), default="")
    action_owner_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), index=True)
    due_on: Mapped[date | None]
    done_on: Mapped[date | None]
    done_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    verified_on: Mapped[date | None]
    verified_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    effect: Mapped[str] = mapped_column(String(1000), default="")

    customer: Mapped[Customer] = relationship()
    request: Mapped[ServiceRequest] = relationship()
    kind: Mapped[DefectKind] = relationship()
    action_owner: Mapped[User | None] = relationship(foreign_keys=[action_owner_id])


class FeedbackSheet(CustomerOwned, Versioned, Stamped, Base):
    """客户信息反馈单: what a customer said, sent to the people who can mend it, with a day to answer by (S12)."""

    __tablename__ = "feedback_sheet"
    __table_args__ = (
        Index("ix_feedback_sheet_request", "request_id", "id"),
        Index("ix_feedback_sheet_due", "answered_at", "due_on", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(24), unique=True)
    request_id: Mapped[int] = mapped_column(ForeignKey("service_request.id"))
    department: Mapped[str] = mapped_column(String(60))
    recipient_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), index=True)
    text: Mapped[str] = mapped_column(Text)
    sent_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    sent_at: Mapped[datetime] = mapped_column(UTCDateTime)
    due_on: Mapped[date]
    answer: Mapped[str] = mapped_column(Text, default="")
    answered_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    answered_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    customer: Mapped[Customer] = relationship()
    request: Mapped[ServiceRequest] = relationship()


class Upsell(CustomerOwned, Versioned, Stamped, Base):
    """A chance to sell more that a request showed; one that became an opportunity follows its state (S5)."""

    __tablename__ = "upsell"
    __table_args__ = (
        CheckConstraint(one_of("state", UpsellState), name="known_state"),
        CheckConstraint("state <> 'dropped' OR end_reason <> ''", name="dropped_with_reason"),
        Index("ix_upsell_owner", "owner_id", "state", "id"),
        Index("ix_upsell_state", "state", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(24), unique=True)
    request_id: Mapped[int | None] = mapped_column(ForeignKey("service_request.id"), index=True)
    state: Mapped[str] = mapped_column(String(12), default=UpsellState.OPEN.value)
    item_id: Mapped[int | None] = mapped_column(ForeignKey("service_item.id"))
    text: Mapped[str] = mapped_column(String(2000))
    amount: Mapped[Decimal | None] = mapped_column(Amount)
    currency: Mapped[str] = mapped_column(String(3), default="CNY")
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    made_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    quotation_id: Mapped[int | None] = mapped_column(ForeignKey("quotation.id"), index=True)
    opportunity_id: Mapped[int | None] = mapped_column(ForeignKey("opportunity.id"), index=True)
    end_reason: Mapped[str] = mapped_column(String(1000), default="")

    customer: Mapped[Customer] = relationship()
    request: Mapped[ServiceRequest | None] = relationship()
    item: Mapped[ServiceItem | None] = relationship()
    owner: Mapped[User | None] = relationship(foreign_keys=[owner_id])
