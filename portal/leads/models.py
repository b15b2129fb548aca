"""Leads, what was done for them, and the log of the pool."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.models import User
from portal.customers.models import Customer, one_of, one_or_none
from portal.customers.rules.kinds import Market, Source
from portal.db import audit
from portal.db.audit import Event
from portal.db.base import AppendOnly, Base, Stamped, Versioned
from portal.db.phones import HasPhone
from portal.db.types import Amount, UTCDateTime
from portal.kernel.text import t
from portal.leads.rules.kinds import LeadKind, PickKind, TouchKind
from portal.leads.rules.states import LeadState
from portal.opportunities.models import Opportunity
from portal.opportunities.rules.kinds import Rating

audit.declare(
    {
        "lead.recorded": Event(t("Lead recorded")),
        "lead.changed": Event(t("Lead changed")),
        "lead.touched": Event(t("Lead reached out to")),
        "lead.picked": Event(t("Lead picked from the pool")),
        "lead.assigned": Event(t("Lead assigned")),
        "lead.given_back": Event(t("Lead given back to the pool")),
        "lead.recycled": Event(t("Lead fell back into the pool")),
        "lead.converted": Event(t("Lead became a customer")),
        "lead.discarded": Event(t("Lead discarded")),
        "lead.reopened": Event(t("Lead taken up again")),
        "leads.rules_changed": Event(t("Rules of the pool changed")),
    }
)


class Lead(HasPhone, Versioned, Stamped, Base):
    """A firm or person who may become a customer (REQUIREMENTS K6). It is nobody's customer: no customer ever sees it.

    `name` is the firm's, or the person's; `contact_name` whom we speak to at a firm. `owner_id` is who holds it, or
    held it last before it was converted or discarded; None: it lies in the pool. `held_at`: since when; `quiet_since`:
    the last touch, or since when it is held or lies in the pool. `next_touch_on`: the day agreed for the next touch.
    """

    __tablename__ = "lead"
    __table_args__ = (
        CheckConstraint(one_of("kind", LeadKind), name="known_kind"),
        CheckConstraint(one_of("state", LeadState), name="known_state"),
        CheckConstraint(one_or_none("market", Market), name="known_market"),
        CheckConstraint(one_or_none("source", Source), name="known_source"),
        CheckConstraint(one_or_none("rating", Rating), name="known_rating"),
        CheckConstraint("state <> 'pool' OR owner_id IS NULL", name="pool_is_nobodys"),
        CheckConstraint(
            "state <> 'held' OR (owner_id IS NOT NULL AND held_at IS NOT NULL)", name="held_by_one"
        ),
        CheckConstraint(
            "(state = 'converted') = (opportunity_id IS NOT NULL)", name="converted_to_something"
        ),
        CheckConstraint("state <> 'discarded' OR end_reason <> ''", name="discarded_with_reason"),
        Index("ix_lead_owner", "owner_id", "state", "quiet_since", "id"),
        Index("ix_lead_state", "state", "quiet_since", "id"),
        Index("ix_lead_next", "owner_id", "state", "next_touch_on"),
        Index("ix_lead_updated", "updated_at", "id"),
        Index("ix_lead_customer", "customer_id", "id"),
        Index("ix_lead_credit_code", "credit_code"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(24), unique=True)
    kind: Mapped[str] = mapped_column(String(8), default=LeadKind.COMPANY.value)
    state: Mapped[str] = mapped_column(String(10), default=LeadState.POOL.value)
    name: Mapped[str] = mapped_column(String(120))
    credit_code: Mapped[str] = mapped_column(String(18), default="")
    contact_name: Mapped[str] = mapped_column(String(80), default="")
    position: Mapped[str] = mapped_column(String(80), default="")
    phone: Mapped[str] = mapped_column(String(40), default="")
    email: Mapped[str] = mapped_column(String(254), default="")
    wechat: Mapped[str] = mapped_column(String(60), default="")
    city: Mapped[str] = mapped_column(String(60), default="")
    industry: Mapped[str] = mapped_column(String(60), default="")
    market: Mapped[str] = mapped_column(String(16), default="")
    source: Mapped[str] = mapped_column(String(12), default="")
    rating: Mapped[str] = mapped_column(String(8), default="")
    need: Mapped[str] = mapped_column(Text, default="")
    amount: Mapped[Decimal | None] = mapped_column(Amount)
    currency: Mapped[str] = mapped_column(String(3), default="CNY")
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    held_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    quiet_since: Mapped[datetime] = mapped_column(UTCDateTime)
    next_touch_on: Mapped[date | None]
    next_touch_kind: Mapped[str] = mapped_column(String(8), default="")
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customer.id"))
    opportunity_id: Mapped[int | None] = mapped_column(ForeignKey("opportunity.id"), unique=True)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    end_reason: Mapped[str] = mapped_column(String(500), default="")
    search_text: Mapped[str] = mapped_column(String(800), default="")

    owner: Mapped[User | None] = relationship(foreign_keys=[owner_id])
    customer: Mapped[Customer | None] = relationship()
    opportunity: Mapped[Opportunity | None] = relationship()


class LeadTouch(AppendOnly, Base):
    """A call, visit, mail or message to a lead, and what came of it. What was noted wrongly is put right by another."""

    __tablename__ = "lead_touch"
    __table_args__ = (
        CheckConstraint(one_of("kind", TouchKind), name="known_kind"),
        Index("ix_lead_touch_lead", "lead_id", "at", "id"),
        Index("ix_lead_touch_person", "by_id", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    lead_id: Mapped[int] = mapped_column(ForeignKey("lead.id"))
    kind: Mapped[str] = mapped_column(String(8))
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    reached: Mapped[bool] = mapped_column(default=True)
    text: Mapped[str] = mapped_column(String(2000), default="")
    next_on: Mapped[date | None]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))

    by: Mapped[User | None] = relationship()


class LeadPick(AppendOnly, Base):
    """One line of the pool's log: whose hands (`user_id`) a lead came into or left, who saw to it (`by_id`), why."""

    __tablename__ = "lead_pick"
    __table_args__ = (
        CheckConstraint(one_of("kind", PickKind), name="known_kind"),
        Index("ix_lead_pick_lead", "lead_id", "id"),
        Index("ix_lead_pick_person", "user_id", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    lead_id: Mapped[int] = mapped_column(ForeignKey("lead.id"))
    kind: Mapped[str] = mapped_column(String(12))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    reason: Mapped[str] = mapped_column(String(500), default="")

    person: Mapped[User | None] = relationship(foreign_keys=[user_id])
    by: Mapped[User | None] = relationship(foreign_keys=[by_id])
