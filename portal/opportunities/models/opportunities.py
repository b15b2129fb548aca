"""An opportunity 商机 and everybody who has a part in it."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.models import User
from portal.catalogue.models import ServiceItem
from portal.customers.models import Contact, Customer, Site, one_of, one_or_none
from portal.customers.rules.kinds import Source
from portal.db import audit
from portal.db.audit import Event
from portal.db.base import Base, Stamped, Versioned
from portal.db.types import Amount, Quantity, Rate, UTCDateTime
from portal.kernel.text import t
from portal.opportunities.models.methods import (
    Competitor,
    OpportunityCategory,
    OutcomeReason,
    SalesMethod,
    SalesStage,
)
from portal.opportunities.models.reach import OfOpportunity, OpportunityItself
from portal.opportunities.rules.kinds import (
    AmountFrom,
    ForecastCategory,
    OpportunityKind,
    PartyRole,
    Rating,
    Threat,
)
from portal.opportunities.rules.states import OpportunityState

audit.declare(
    {
        "opportunity.created": Event(t("Opportunity recorded")),
        "opportunity.changed": Event(t("Opportunity changed")),
        "opportunity.moved": Event(t("Moved to another stage")),
        "opportunity.won": Event(t("Opportunity won")),
        "opportunity.lost": Event(t("Opportunity lost")),
        "opportunity.unlocked": Event(t("Unlocked and opened again")),
        "opportunity.handed_over": Event(t("Opportunity handed over")),
        "opportunity.shared": Event(t("Collaborators changed")),
        "opportunity.parties": Event(t("Third parties changed")),
        "opportunity.competitors": Event(t("Competitors of the opportunity changed")),
        "opportunity.lines": Event(t("Service items of the opportunity changed")),
        "opportunity.written_back": Event(t("Written back from a quotation or contract")),
        "opportunity.noted": Event(t("Note on the opportunity")),
        "opportunity.task_made": Event(t("Task for the opportunity made")),
        "opportunity.task_changed": Event(t("Task for the opportunity changed")),
        "opportunity.task_ended": Event(t("Task for the opportunity ended")),
    }
)


class Opportunity(OpportunityItself, Versioned, Stamped, Base):
    """What one customer may buy: amount, likelihood, the day by which it is decided.

    `likelihood` percent. `category` is the forecast category of its stage unless `category_given`. `amount_from` tells
    who wrote the amount last (O9). A won or lost one is locked. `source_type` and `source_id` name the record that it
    came from (a request, a lead, a campaign), `source_label` as a person reads it. `names_no_competitor`: we asked,
    and there is none.
    """

    __tablename__ = "opportunity"
    __table_args__ = (
        CheckConstraint(one_of("state", OpportunityState), name="known_state"),
        CheckConstraint(one_of("kind", OpportunityKind), name="known_kind"),
        CheckConstraint(one_or_none("rating", Rating), name="known_rating"),
        CheckConstraint(one_or_none("source", Source), name="known_source"),
        CheckConstraint(one_of("category", ForecastCategory), name="known_category"),
        CheckConstraint(one_of("amount_from", AmountFrom), name="known_amount_from"),
        CheckConstraint("likelihood BETWEEN 0 AND 100", name="percent"),
        CheckConstraint("(state = 'open') = (closed_on IS NULL)", name="closed_has_day"),
        CheckConstraint("state <> 'lost' OR outcome_reason_id IS NOT NULL", name="lost_has_reason"),
        Index("ix_opportunity_customer", "customer_id", "updated_at", "id"),
        Index("ix_opportunity_owner", "owner_id", "state", "close_on", "id"),
        Index("ix_opportunity_board", "state", "stage_id", "close_on", "id"),
        Index("ix_opportunity_closing", "state", "close_on", "id"),
        Index("ix_opportunity_closed", "closed_on", "id"),
        Index("ix_opportunity_updated", "updated_at", "id"),
        Index("ix_opportunity_recent", "state", "updated_at", "id"),
        # holds all that the heads of the board's columns add up
        Index("ix_opportunity_sums", "state", "method_id", "stage_id", "currency", "amount"),
        Index("ix_opportunity_source", "source_type", "source_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(24), unique=True)
    title: Mapped[str] = mapped_column(String(160))
    kind: Mapped[str] = mapped_column(String(12), default=OpportunityKind.NEW.value)
    state: Mapped[str] = mapped_column(String(8), default=OpportunityState.OPEN.value)
    method_id: Mapped[int] = mapped_column(ForeignKey("sales_method.id"), index=True)
    stage_id: Mapped[int] = mapped_column(ForeignKey("sales_stage.id"), index=True)
    entered_stage_at: Mapped[datetime] = mapped_column(UTCDateTime)
    owner_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contact.id"), index=True)
    site_id: Mapped[int | None] = mapped_column(ForeignKey("site.id"), index=True)
    category_id: Mapped[int | None] = mapped_column(ForeignKey("opportunity_category.id"))
    rating: Mapped[str] = mapped_column(String(8), default="")
    source: Mapped[str] = mapped_column(String(12), default="")
    source_type: Mapped[str] = mapped_column(String(24), default="")
    source_id: Mapped[int | None]
    source_label: Mapped[str] = mapped_column(String(120), default="")

    # What it is worth, and when.
    amount: Mapped[Decimal | None] = mapped_column(Amount)
    currency: Mapped[str] = mapped_column(String(3), default="CNY")
    amount_from: Mapped[str] = mapped_column(String(12), default=AmountFrom.HAND.value)
    likelihood: Mapped[int] = mapped_column(default=0)
    category: Mapped[str] = mapped_column(String(12), default=ForecastCategory.PIPELINE.value)
    category_given: Mapped[bool] = mapped_column(default=False)
    close_on: Mapped[date | None]

    # What is wanted and what comes next.
    text: Mapped[str] = mapped_column(Text, default="")
    next_step: Mapped[str] = mapped_column(String(240), default="")
    next_on: Mapped[date | None]
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    names_no_competitor: Mapped[bool] = mapped_column(default=False)

    # How it ended.
    closed_on: Mapped[date | None]
    outcome_reason_id: Mapped[int | None] = mapped_column(ForeignKey("outcome_reason.id"))
    outcome_text: Mapped[str] = mapped_column(String(1000), default="")
    lost_to_id: Mapped[int | None] = mapped_column(ForeignKey("competitor.id"), index=True)
    search_text: Mapped[str] = mapped_column(String(600), default="")

    customer: Mapped[Customer] = relationship()
    method: Mapped[SalesMethod] = relationship()
    stage: Mapped[SalesStage] = relationship()
    owner: Mapped[User] = relationship()
    contact: Mapped[Contact | None] = relationship()
    site: Mapped[Site | None] = relationship()
    category_row: Mapped[OpportunityCategory | None] = relationship()
    outcome_reason: Mapped[OutcomeReason | None] = relationship()
    lost_to: Mapped[Competitor | None] = relationship()
    lines: Mapped[list[OpportunityLine]] = relationship(
        back_populates="opportunity", order_by="OpportunityLine.position"
    )


class OpportunityLine(OfOpportunity, Base):
    """A service item that the customer may buy (O8); `amount` in the opportunity's currency, before tax."""

    __tablename__ = "opportunity_line"
    __table_args__ = (Index("ix_opportunity_line_opportunity", "opportunity_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    position: Mapped[int]
    item_id: Mapped[int | None] = mapped_column(ForeignKey("service_item.id"), index=True)
    name: Mapped[str] = mapped_column(String(160), default="")
    quantity: Mapped[Decimal] = mapped_column(Quantity, default=Decimal(0))
    unit: Mapped[str] = mapped_column(String(16), default="")
    rate: Mapped[Decimal | None] = mapped_column(Rate)
    amount: Mapped[Decimal | None] = mapped_column(Amount)

    opportunity: Mapped[Opportunity] = relationship(back_populates="lines")
    item: Mapped[ServiceItem | None] = relationship()


class Collaborator(OfOpportunity, Base):
    """A colleague with a share in it, who forecasts an amount and a likelihood of their own (O2)."""

    __tablename__ = "opportunity_collaborator"
    __table_args__ = (
        UniqueConstraint("opportunity_id", "user_id"),
        CheckConstraint("likelihood BETWEEN 0 AND 100", name="percent"),
        Index("ix_opportunity_collaborator_user", "user_id", "opportunity_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    part: Mapped[str] = mapped_column(String(80), default="")
    amount: Mapped[Decimal | None] = mapped_column(Amount)
    currency: Mapped[str] = mapped_column(String(3), default="CNY")
    likelihood: Mapped[int | None]
    note: Mapped[str] = mapped_column(String(300), default="")

    user: Mapped[User] = relationship()


class OpportunityParty(OfOpportunity, Base):
    """A third party: an agent, a carrier, the customer's customer (O5)."""

    __tablename__ = "opportunity_party"
    __table_args__ = (
        CheckConstraint(one_of("role", PartyRole), name="known_role"),
        Index("ix_opportunity_party_opportunity", "opportunity_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    role: Mapped[str] = mapped_column(String(16))
    name: Mapped[str] = mapped_column(String(120))
    contact_name: Mapped[str] = mapped_column(String(80), default="")
    phone: Mapped[str] = mapped_column(String(40), default="")
    email: Mapped[str] = mapped_column(String(254), default="")
    share_percent: Mapped[Decimal | None] = mapped_column(Rate)
    note: Mapped[str] = mapped_column(String(300), default="")


class OpportunityCompetitor(OfOpportunity, Base):
    """A competitor in it, what it offers and what that does to us (O13)."""

    __tablename__ = "opportunity_competitor"
    __table_args__ = (
        UniqueConstraint("opportunity_id", "competitor_id"),
        CheckConstraint(one_of("threat", Threat), name="known_threat"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    competitor_id: Mapped[int] = mapped_column(ForeignKey("competitor.id"), index=True)
    threat: Mapped[str] = mapped_column(String(8), default=Threat.MIDDLE.value)
    price: Mapped[Decimal | None] = mapped_column(Amount)
    effect: Mapped[str] = mapped_column(String(500), default="")

    competitor: Mapped[Competitor] = relationship()
    opportunity: Mapped[Opportunity] = relationship()
