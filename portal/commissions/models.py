"""Commission plans 提成方案, monthly runs, and the payments that each has counted."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.models import User
from portal.billing.models import Statement
from portal.commissions.rules.states import RunState
from portal.customers.models import Customer, one_of
from portal.db import audit
from portal.db.audit import Event
from portal.db.base import Base, HouseOnly, Stamped, Versioned
from portal.db.types import Amount, JSONText, Rate, UTCDateTime
from portal.kernel.text import t

ZERO = Decimal(0)

audit.declare(
    {
        "commission_plan.made": Event(t("Commission plan made")),
        "commission_plan.withdrawn": Event(t("Commission plan withdrawn")),
        "commission_run.made": Event(t("Commission worked out")),
        "commission_run.rebuilt": Event(t("Commission worked out again")),
        "commission_run.discarded": Event(t("Draft of a commission discarded")),
        "commission_run.approved": Event(t("Commission approved")),
        "commission_run.paid": Event(t("Commission paid out")),
    }
)


class CommissionPlan(Stamped, Base):
    """From `starts_on` on: what percent of a month's margin one person gets, or everybody of a role.

    `bands`: [{over, percent}], figures as text (rules.plans). A plan never changes, a later one takes its place; what
    no run has used may be withdrawn.
    """

    __tablename__ = "commission_plan"
    __table_args__ = (
        CheckConstraint("(user_id IS NULL) <> (role IS NULL)", name="for_one_or_a_role"),
        UniqueConstraint("user_id", "starts_on"),
        UniqueConstraint("role", "starts_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    role: Mapped[str | None] = mapped_column(String(32))
    starts_on: Mapped[date]
    bands: Mapped[Any] = mapped_column(JSONText, default=list)
    note: Mapped[str] = mapped_column(String(300), default="")
    made_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))

    user: Mapped[User | None] = relationship(foreign_keys=[user_id])


class CommissionRun(Versioned, Stamped, Base):
    """One month's commission: what was paid until its end and no run had counted, and what it earned for whom.

    Sums are in the firm's `currency`. `content_hash` is that of the lines when it was approved; they are frozen since.
    """

    __tablename__ = "commission_run"
    __table_args__ = (
        CheckConstraint(one_of("state", RunState), name="known_state"),
        CheckConstraint("approved_by IS NULL OR approved_by <> made_by", name="second_pair_of_eyes"),
        UniqueConstraint("month"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(24), unique=True)
    month: Mapped[date]
    state: Mapped[str] = mapped_column(String(12), default=RunState.DRAFT.value)
    currency: Mapped[str] = mapped_column(String(3))
    line_count: Mapped[int] = mapped_column(default=0)
    base_amount: Mapped[Decimal] = mapped_column(Amount, default=ZERO)
    commission_amount: Mapped[Decimal] = mapped_column(Amount, default=ZERO)
    content_hash: Mapped[str] = mapped_column(String(64), default="")
    made_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    made_at: Mapped[datetime] = mapped_column(UTCDateTime)
    approved_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    approved_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    paid_on: Mapped[date | None]
    payment_reference: Mapped[str] = mapped_column(String(80), default="")


class CommissionTake(HouseOnly, Base):
    """A payment that a run has counted: each once, for ever. The rows of a draft go with it."""

    __tablename__ = "commission_take"
    __table_args__ = (
        UniqueConstraint("allocation_id"),
        Index("ix_commission_take_run", "run_id", "id"),
        Index("ix_commission_take_statement", "statement_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("commission_run.id", ondelete="CASCADE"))
    allocation_id: Mapped[int] = mapped_column(ForeignKey("allocation.id"))
    statement_id: Mapped[int] = mapped_column(ForeignKey("statement.id"))
    on: Mapped[date]
    amount: Mapped[Decimal] = mapped_column(Amount)


class CommissionLine(HouseOnly, Base):
    """What one payment earned for one sales owner (NULL: who was served has none).

    `paid_amount` of `whole_amount` (with tax, in `currency`) is the owner's part of the payment; `before_amount` had
    been paid of the statement until then. `net_amount` is its net, `known_net` that of lines whose cost is known,
    `cost_amount` that cost after rebate; `base_amount` the margin in the firm's currency at `rate`, `commission_amount`
    so many percent of it. `reverses_id`: the line that a payment undone takes back.
    """

    __tablename__ = "commission_line"
    __table_args__ = (
        UniqueConstraint("take_id", "owner_id"),
        CheckConstraint("reverses_id IS NULL OR reverses_id <> id", name="not_its_own"),
        Index("ix_commission_line_run", "run_id", "owner_id", "on", "id"),
        Index("ix_commission_line_owner", "owner_id", "run_id"),
        Index("ix_commission_line_statement", "statement_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("commission_run.id", ondelete="CASCADE"))
    take_id: Mapped[int] = mapped_column(ForeignKey("commission_take.id", ondelete="CASCADE"))
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    statement_id: Mapped[int] = mapped_column(ForeignKey("statement.id"))
    plan_id: Mapped[int | None] = mapped_column(ForeignKey("commission_plan.id"), index=True)
    reverses_id: Mapped[int | None] = mapped_column(ForeignKey("commission_line.id"), unique=True)
    on: Mapped[date]
    currency: Mapped[str] = mapped_column(String(3))
    whole_amount: Mapped[Decimal] = mapped_column(Amount)
    before_amount: Mapped[Decimal] = mapped_column(Amount)
    paid_amount: Mapped[Decimal] = mapped_column(Amount)
    net_amount: Mapped[Decimal] = mapped_column(Amount)
    known_net: Mapped[Decimal] = mapped_column(Amount)
    cost_amount: Mapped[Decimal] = mapped_column(Amount)
    rate: Mapped[Decimal | None] = mapped_column(Rate)
    base_amount: Mapped[Decimal] = mapped_column(Amount)
    percent: Mapped[Decimal] = mapped_column(Rate, default=ZERO)
    commission_amount: Mapped[Decimal] = mapped_column(Amount, default=ZERO)

    customer: Mapped[Customer] = relationship()
    statement: Mapped[Statement] = relationship()
    plan: Mapped[CommissionPlan | None] = relationship()
    take: Mapped[CommissionTake] = relationship()

    @property
    def margin_amount(self) -> Decimal:
        """Known net less its cost, in the statement's currency."""
        return self.known_net - self.cost_amount

    @property
    def unknown_net(self) -> Decimal:
        """Net of what nobody knows the cost of: it earns nothing."""
        return self.net_amount - self.known_net

    @classmethod
    def seen_also(cls, user_id: int | None) -> ColumnElement[bool]:
        """Their own, also of a customer that somebody else has now."""
        return cls.owner_id == user_id
