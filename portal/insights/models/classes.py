"""Facts by month, tier cards 客户分层, the monthly classification and what was set by hand."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.models import User
from portal.billing.rules.states import RunState
from portal.catalogue.models import ServiceItem
from portal.customers.models import Customer, one_of, one_or_none
from portal.customers.rules.kinds import Abc, CustomerState, Segment, Structure
from portal.db import audit
from portal.db.audit import Event
from portal.db.base import Base, HouseOnly, Stamped, Versioned
from portal.db.types import Amount, JSONText, Rate, UTCDateTime
from portal.insights.rules.kinds import Aspect, ServiceLevel, Stage
from portal.kernel.text import t

ZERO = Decimal(0)

audit.declare(
    {
        "tier_card.changed": Event(t("Tier card changed")),
        "tier_service.changed": Event(t("Service menu changed")),
        "insight.settings_changed": Event(t("Bounds of tiers, classes and states changed")),
        "classification_run.started": Event(t("Classification started")),
        "classification_run.done": Event(t("Classification done")),
    }
)


class CustomerMonth(HouseOnly, Base):
    """What happened with one customer in one calendar month, gathered from the books; no row: nothing did.

    `month` is its first day. Amounts are in the firm's `currency`, converted at the month's last rates; what had no
    rate is left out and told in `unconverted` {currency: net}. `net_amount` is what was billed for services of the
    month (published statements, by who was served); `known_net` the part whose cost is known, `cost_amount` that cost
    after rebate. An order is a shipment that was not cancelled, or usage that came without one; `order_days` counts
    the different days. `billed_amount` (with tax) fell due as receivables issued in the month; `paid_amount` was paid
    in it, `late_weight` is that times the days after the due day, `paid_weight` times the days since it was issued.
    `lost_amount`: of disputes that were rejected in the month. `good_count` of `answer_count` were satisfied.
    """

    __tablename__ = "customer_month"
    __table_args__ = (
        UniqueConstraint("customer_id", "month"),
        # holds what the dashboard adds up of a year
        Index("ix_customer_month_month", "month", "customer_id", "order_count", "net_amount"),
    )

    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"))
    id: Mapped[int] = mapped_column(primary_key=True)
    month: Mapped[date]
    currency: Mapped[str] = mapped_column(String(3))
    net_amount: Mapped[Decimal] = mapped_column(Amount, default=ZERO)
    known_net: Mapped[Decimal] = mapped_column(Amount, default=ZERO)
    cost_amount: Mapped[Decimal] = mapped_column(Amount, default=ZERO)
    line_count: Mapped[int] = mapped_column(default=0)
    unconverted: Mapped[Any] = mapped_column(JSONText, default=dict)
    order_count: Mapped[int] = mapped_column(default=0)
    order_days: Mapped[int] = mapped_column(default=0)
    first_order_on: Mapped[date | None]
    last_order_on: Mapped[date | None]
    usage_count: Mapped[int] = mapped_column(default=0)
    request_count: Mapped[int] = mapped_column(default=0)
    complaint_count: Mapped[int] = mapped_column(default=0)
    claim_count: Mapped[int] = mapped_column(default=0)
    dispute_count: Mapped[int] = mapped_column(default=0)
    lost_count: Mapped[int] = mapped_column(default=0)
    lost_amount: Mapped[Decimal] = mapped_column(Amount, default=ZERO)
    statement_count: Mapped[int] = mapped_column(default=0)
    billed_amount: Mapped[Decimal] = mapped_column(Amount, default=ZERO)
    paid_amount: Mapped[Decimal] = mapped_column(Amount, default=ZERO)
    late_weight: Mapped[Decimal] = mapped_column(Amount, default=ZERO)
    paid_weight: Mapped[Decimal] = mapped_column(Amount, default=ZERO)
    answer_count: Mapped[int] = mapped_column(default=0)
    good_count: Mapped[int] = mapped_column(default=0)

    @property
    def margin_amount(self) -> Decimal:
        """The margin after rebate of what has a known cost."""
        return self.known_net - self.cost_amount


class TierCard(Versioned, Stamped, Base):
    """What a tier is and what its customers get (REQUIREMENTS K2); one for each segment.

    `lower_amount`: from this mean monthly contribution on (firm's currency, inclusive); up to the next tier's. `need`
    and `strategy` are the house's own words; `promise` is what the customers of the tier read. `capacity_from` to
    `capacity_to` customers are one person's work (None: no such bound); `person_role` says whose.
    """

    __tablename__ = "tier_card"
    __table_args__ = (
        UniqueConstraint("segment"),
        CheckConstraint(one_of("segment", Segment), name="known_segment"),
        CheckConstraint("lower_amount >= 0", name="bound_not_negative"),
        CheckConstraint(
            "capacity_from IS NULL OR capacity_to IS NULL OR capacity_from <= capacity_to",
            name="capacity_in_order",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    segment: Mapped[str] = mapped_column(String(16))
    lower_amount: Mapped[Decimal] = mapped_column(Amount, default=ZERO)
    definition_zh: Mapped[str] = mapped_column(String(400), default="")
    definition_en: Mapped[str] = mapped_column(String(600), default="")
    need_zh: Mapped[str] = mapped_column(String(400), default="")
    need_en: Mapped[str] = mapped_column(String(600), default="")
    strategy_zh: Mapped[str] = mapped_column(String(400), default="")
    strategy_en: Mapped[str] = mapped_column(String(600), default="")
    promise_zh: Mapped[str] = mapped_column(String(400), default="")
    promise_en: Mapped[str] = mapped_column(String(600), default="")
    channel_zh: Mapped[str] = mapped_column(String(200), default="")
    channel_en: Mapped[str] = mapped_column(String(300), default="")
    capacity_from: Mapped[int | None]
    capacity_to: Mapped[int | None]

    services: Mapped[list[TierService]] = relationship(
        back_populates="card", order_by="TierService.position, TierService.id"
    )


class TierService(Versioned, Base):
    """One line of a tier's service menu; `item_id` names the service item where it is one that we sell."""

    __tablename__ = "tier_service"
    __table_args__ = (
        CheckConstraint(one_of("level", ServiceLevel), name="known_level"),
        Index("ix_tier_service_card", "card_id", "position", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    card_id: Mapped[int] = mapped_column(ForeignKey("tier_card.id"))
    level: Mapped[str] = mapped_column(String(12), default=ServiceLevel.BASIC.value)
    position: Mapped[int] = mapped_column(default=0)
    name_zh: Mapped[str] = mapped_column(String(120))
    name_en: Mapped[str] = mapped_column(String(160), default="")
    item_id: Mapped[int | None] = mapped_column(ForeignKey("service_item.id"), index=True)
    active: Mapped[bool] = mapped_column(default=True)

    card: Mapped[TierCard] = relationship(back_populates="services")
    item: Mapped[ServiceItem | None] = relationship()


class ClassificationRun(Versioned, Base):
    """The classification of one month; done again it brings its rows up to date, and changes nothing where all stands.

    Batches of customers are one transaction each; a run that died is taken up after `last_customer_id`. `rules`: the
    settings and the tiers' bounds it went by; `portfolio`: totals and cut points of the whole, so that every row can be
    worked out again. `counts`: customers, changed, up, down, at_risk, …; `rounds`: how often it was started.
    """

    __tablename__ = "classification_run"
    __table_args__ = (
        UniqueConstraint("month"),
        CheckConstraint(one_of("state", RunState), name="known_state"),
        CheckConstraint(one_of("stage", Stage), name="known_stage"),
        Index("ix_classification_run_state", "state", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    month: Mapped[date]
    state: Mapped[str] = mapped_column(String(12), default=RunState.WAITING.value)
    stage: Mapped[str] = mapped_column(String(12), default=Stage.MONTHS.value)
    rounds: Mapped[int] = mapped_column(default=1)
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    last_customer_id: Mapped[int] = mapped_column(default=0)
    rules: Mapped[Any] = mapped_column(JSONText, default=dict)
    portfolio: Mapped[Any] = mapped_column(JSONText, default=dict)
    counts: Mapped[Any] = mapped_column(JSONText, default=dict)
    created_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    heartbeat_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class Classification(HouseOnly, Base):
    """What a month's run found for one customer, with what it looked at and why; what was set by hand is not in it.

    `tier_amount`: the mean monthly contribution that the tier goes by; `period_amount`: the contribution of the period
    that ABC and structure go by, `rank` in it and `cumulative_percent` up to and with this customer. `recency`,
    `frequency`, `money`: scores 1 to 5, 0 without an order. `growth_percent` None: nothing to compare. `promotes_to`:
    the tier within reach. `inputs` and `causes` ({aspect: [Text]}) are what `classified` was given and said.
    """

    __tablename__ = "classification"
    __table_args__ = (
        UniqueConstraint("run_id", "customer_id"),
        UniqueConstraint("customer_id", "month"),
        CheckConstraint(one_of("tier", Segment), name="known_tier"),
        CheckConstraint(one_of("state", CustomerState), name="known_state"),
        CheckConstraint(one_or_none("abc", Abc), name="known_abc"),
        CheckConstraint(one_or_none("structure", Structure), name="known_structure"),
        CheckConstraint(one_or_none("promotes_to", Segment), name="known_promotion"),
        Index("ix_classification_amount", "run_id", "period_amount", "id"),
        Index("ix_classification_churn", "run_id", "churn_points", "id"),
    )

    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"))
    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("classification_run.id"))
    month: Mapped[date]
    tier: Mapped[str] = mapped_column(String(16))
    tier_before: Mapped[str] = mapped_column(String(16))
    tier_amount: Mapped[Decimal] = mapped_column(Amount, default=ZERO)
    state: Mapped[str] = mapped_column(String(12))
    abc: Mapped[str] = mapped_column(String(1), default="")
    structure: Mapped[str] = mapped_column(String(12), default="")
    period_amount: Mapped[Decimal] = mapped_column(Amount, default=ZERO)
    rank: Mapped[int | None]
    cumulative_percent: Mapped[Decimal | None] = mapped_column(Rate)
    recency: Mapped[int] = mapped_column(default=0)
    frequency: Mapped[int] = mapped_column(default=0)
    money: Mapped[int] = mapped_column(default=0)
    churn_points: Mapped[int] = mapped_column(default=0)
    is_at_risk: Mapped[bool] = mapped_column(default=False)
    growth_percent: Mapped[Decimal | None] = mapped_column(Rate)
    is_star: Mapped[bool] = mapped_column(default=False)
    promotes_to: Mapped[str] = mapped_column(String(16), default="")
    inputs: Mapped[Any] = mapped_column(JSONText, default=dict)
    causes: Mapped[Any] = mapped_column(JSONText, default=dict)

    run: Mapped[ClassificationRun] = relationship()
    customer: Mapped[Customer] = relationship()


# The lists of a run that few customers are on.
Index("ix_classification_star", Classification.run_id, Classification.is_star, Classification.id)
Index(
    "ix_classification_promotion",
    Classification.run_id,
    Classification.id,
    sqlite_where=Classification.promotes_to != "",
    postgresql_where=Classification.promotes_to != "",
)


class ClassOverride(HouseOnly, Versioned, Stamped, Base):
    """A class set by hand, with a reason, from a day until (and with) another (DOMAIN K1).

    `ended_at`: it was ended, by a person (with `end_reason`) or because its last day is over; then what the run found
    counts again, or without a run what was `before`. At most one of each `aspect` is not ended.
    """

    __tablename__ = "class_override"
    __table_args__ = (
        CheckConstraint(one_of("aspect", Aspect), name="known_aspect"),
        CheckConstraint("reason <> ''", name="with_reason"),
        CheckConstraint("until_on >= from_on", name="ends_after_start"),
        Index("ix_class_override_customer", "customer_id", "id"),
    )

    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"))
    id: Mapped[int] = mapped_column(primary_key=True)
    aspect: Mapped[str] = mapped_column(String(12))
    value: Mapped[str] = mapped_column(String(16))
    before: Mapped[str] = mapped_column(String(16), default="")
    reason: Mapped[str] = mapped_column(Text)
    from_on: Mapped[date]
    until_on: Mapped[date]
    set_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    ended_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    end_reason: Mapped[str] = mapped_column(String(500), default="")

    customer: Mapped[Customer] = relationship()
    setter: Mapped[User | None] = relationship(foreign_keys=[set_by])


Index(
    "uq_class_override_live",
    ClassOverride.customer_id,
    ClassOverride.aspect,
    unique=True,
    sqlite_where=ClassOverride.ended_at.is_(None),
    postgresql_where=ClassOverride.ended_at.is_(None),
)
Index(
    "ix_class_override_until",
    ClassOverride.until_on,
    sqlite_where=ClassOverride.ended_at.is_(None),
    postgresql_where=ClassOverride.ended_at.is_(None),
)
