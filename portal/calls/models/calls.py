"""Calls as they were, and calls that are still to be made."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.models import User
from portal.calls.rules.kinds import Direction, Outcome, Purpose
from portal.customers.models import Contact, Customer, one_of
from portal.db import audit
from portal.db.audit import Event
from portal.db.base import Base, Stamped, Versioned
from portal.db.types import UTCDateTime
from portal.kernel.text import t
from portal.service_requests.models import ServiceRequest

audit.declare(
    {
        "call.logged": Event(t("Call noted")),
        "call.changed": Event(t("Call changed")),
        "call.planned": Event(t("Call to be made")),
        "call.done": Event(t("Call made")),
        "call.tried": Event(t("Call tried, nobody reached")),
        "call.dropped": Event(t("Call not needed any more")),
    }
)


class Call(Versioned, Stamped, Base):
    """One call. The caller may be unknown: then there is no customer, and no customer's user ever sees a call.

    `number` as it was shown, `digits` as it is looked up (national digits without prefix).
    """

    __tablename__ = "call"
    __table_args__ = (
        CheckConstraint(one_of("direction", Direction), name="known_direction"),
        CheckConstraint(one_of("purpose", Purpose), name="known_purpose"),
        CheckConstraint(one_of("outcome", Outcome), name="known_outcome"),
        Index("ix_call_began", "began_at", "id"),
        Index("ix_call_digits", "digits", "began_at"),
        Index("ix_call_customer", "customer_id", "began_at", "id"),
        Index("ix_call_handler", "handled_by", "began_at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customer.id"))
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contact.id"), index=True)
    direction: Mapped[str] = mapped_column(String(4))
    purpose: Mapped[str] = mapped_column(String(16), default=Purpose.SERVICE.value)
    outcome: Mapped[str] = mapped_column(String(16), default=Outcome.SPOKEN.value)
    number: Mapped[str] = mapped_column(String(40), default="")
    digits: Mapped[str] = mapped_column(String(24), default="")
    caller_name: Mapped[str] = mapped_column(String(80), default="")
    began_at: Mapped[datetime] = mapped_column(UTCDateTime)
    seconds: Mapped[int | None]
    handled_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    subject: Mapped[str] = mapped_column(String(160), default="")
    text: Mapped[str] = mapped_column(Text, default="")
    request_id: Mapped[int | None] = mapped_column(ForeignKey("service_request.id"), index=True)

    customer: Mapped[Customer | None] = relationship()
    contact: Mapped[Contact | None] = relationship()
    request: Mapped[ServiceRequest | None] = relationship()
    handler: Mapped[User | None] = relationship()


class CallPlan(Versioned, Stamped, Base):
    """A call that is to be made: a call-back, or a return visit some days after a case was closed.

    `key` keeps one planned call for each cause; `call_id` is the call that answered it; of an open one the last
    that reached nobody.
    """

    __tablename__ = "call_plan"
    __table_args__ = (
        UniqueConstraint("key"),
        CheckConstraint(one_of("purpose", Purpose), name="known_purpose"),
        CheckConstraint("state IN ('open', 'done', 'dropped')", name="known_state"),
        CheckConstraint("state <> 'dropped' OR end_reason <> ''", name="dropped_with_reason"),
        Index("ix_call_plan_due", "state", "due_at", "id"),
        Index("ix_call_plan_person", "assignee_id", "state", "due_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customer.id"), index=True)
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contact.id"))
    purpose: Mapped[str] = mapped_column(String(16))
    state: Mapped[str] = mapped_column(String(8), default="open")
    key: Mapped[str] = mapped_column(String(120))
    number: Mapped[str] = mapped_column(String(40), default="")
    name: Mapped[str] = mapped_column(String(80), default="")
    due_at: Mapped[datetime] = mapped_column(UTCDateTime)
    assignee_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    text: Mapped[str] = mapped_column(String(1000), default="")
    request_id: Mapped[int | None] = mapped_column(ForeignKey("service_request.id"), index=True)
    call_id: Mapped[int | None] = mapped_column(ForeignKey("call.id"))
    end_reason: Mapped[str] = mapped_column(String(300), default="")

    customer: Mapped[Customer | None] = relationship()
    contact: Mapped[Contact | None] = relationship()
    request: Mapped[ServiceRequest | None] = relationship()
    assignee: Mapped[User | None] = relationship()
    call: Mapped[Call | None] = relationship()
