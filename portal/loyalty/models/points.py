"""Points 积分 of settlement parties: rules with from-dates, an append-only ledger, redemptions (REQUIREMENTS K8)."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.models import User
from portal.billing.models import Credit, Receivable
from portal.customers.models import Customer, one_of
from portal.db import audit
from portal.db.audit import Event
from portal.db.base import AppendOnly, Base, CustomerOwned, Stamped, Versioned
from portal.db.types import Amount, JSONText, Rate, UTCDateTime
from portal.kernel.text import t
from portal.loyalty.rules.kinds import EntryKind, RedemptionState

audit.declare(
    {
        "points.ruled": Event(t("Rules of points set")),
        "points.adjusted": Event(t("Points adjusted"), public=True),
        "points.rewarded": Event(t("Bonus points given"), public=True),
        "points.redeemed": Event(t("Points redeemed"), public=True),
        "points.redemption_cancelled": Event(t("Redemption of points cancelled"), public=True),
    }
)


class PointsRule(Versioned, Stamped, Base):
    """What bills settled from `from_on` on earn, and what points redeemed from then on are worth.

    One point for each full `per_amount` of net charges in `currency`, times the factor of the tier (`factors`: {tier:
    "1.5"}); `categories` [] : every service counts. Points live `months_valid` months. One point is worth `value`;
    `minimum` points are redeemed at least. `active` False: nothing is earned from that day on.
    """

    __tablename__ = "points_rule"
    __table_args__ = (
        UniqueConstraint("from_on"),
        CheckConstraint("per_amount > 0", name="amount_positive"),
        CheckConstraint("value > 0", name="value_positive"),
        CheckConstraint("minimum >= 1", name="minimum_positive"),
        CheckConstraint("months_valid BETWEEN 1 AND 120", name="valid_for_a_while"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    from_on: Mapped[date]
    active: Mapped[bool] = mapped_column(default=True)
    currency: Mapped[str] = mapped_column(String(3), default="CNY")
    per_amount: Mapped[Decimal] = mapped_column(Amount)
    factors: Mapped[Any] = mapped_column(JSONText, default=dict)
    categories: Mapped[Any] = mapped_column(JSONText, default=list)
    months_valid: Mapped[int] = mapped_column(default=24)
    value: Mapped[Decimal] = mapped_column(Rate)
    minimum: Mapped[int] = mapped_column(default=100)
    set_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))


class PointsAccount(CustomerOwned, Versioned, Base):
    """The balance of one customer: the sum of its ledger, never below zero.

    `owed`: points that were taken back when they had been redeemed already; the next ones earned pay for them.
    `next_expiry_on`: the first day on which some of them are gone.
    """

    __tablename__ = "points_account"
    __table_args__ = (
        UniqueConstraint("customer_id"),
        CheckConstraint("balance >= 0", name="not_negative"),
        CheckConstraint("owed >= 0", name="owed_not_negative"),
        Index("ix_points_account_expiry", "next_expiry_on", "id"),
    )

    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"))
    id: Mapped[int] = mapped_column(primary_key=True)
    balance: Mapped[int] = mapped_column(default=0)
    owed: Mapped[int] = mapped_column(default=0)
    next_expiry_on: Mapped[date | None]
    changed_at: Mapped[datetime] = mapped_column(UTCDateTime)

    customer: Mapped[Customer] = relationship()


class PointsEntry(AppendOnly, CustomerOwned, Base):
    """One change of the points; `key` names its cause, which happens once.

    What adds has `expires_on`, the last day on which it can be used (None: never). `lot_id`: the entry that a
    take-back or an expiry takes from. A bill that earned, or gave back, nothing leaves an entry of 0, so that it is not
    asked again. Which points a redemption took is not stored: the ledger's order tells
    (rules.lots).
    """

    __tablename__ = "points_entry"
    __table_args__ = (
        CheckConstraint(one_of("kind", EntryKind), name="known_kind"),
        CheckConstraint("points <> 0 OR kind IN ('earn', 'take_back')", name="changes_something"),
        CheckConstraint("expires_on IS NULL OR points > 0", name="only_added_points_expire"),
        Index("ix_points_entry_customer", "customer_id", "id"),
        Index("ix_points_entry_receivable", "receivable_id", "id"),
    )

    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"))
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(12))
    key: Mapped[str] = mapped_column(String(80), unique=True)
    points: Mapped[int]
    on: Mapped[date]
    expires_on: Mapped[date | None]
    lot_id: Mapped[int | None] = mapped_column(ForeignKey("points_entry.id"), index=True)
    receivable_id: Mapped[int | None] = mapped_column(ForeignKey("receivable.id"))
    label: Mapped[str] = mapped_column(String(80), default="")
    reason: Mapped[str] = mapped_column(String(500), default="")
    working: Mapped[Any] = mapped_column(JSONText, default=dict)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    at: Mapped[datetime] = mapped_column(UTCDateTime)

    customer: Mapped[Customer] = relationship()
    receivable: Mapped[Receivable | None] = relationship()


class Redemption(CustomerOwned, Versioned, Stamped, Base):
    """Points that became a credit on the next statement, at the rule's value of that day."""

    __tablename__ = "points_redemption"
    __table_args__ = (
        CheckConstraint(one_of("state", RedemptionState), name="known_state"),
        CheckConstraint("points > 0 AND amount > 0", name="positive"),
        CheckConstraint("state <> 'cancelled' OR reason <> ''", name="cancelled_with_reason"),
        Index("ix_points_redemption_customer", "customer_id", "id"),
    )

    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"))
    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(24), unique=True)
    state: Mapped[str] = mapped_column(String(12), default=RedemptionState.CREDITED.value)
    points: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    amount: Mapped[Decimal] = mapped_column(Amount)
    credit_id: Mapped[int | None] = mapped_column(ForeignKey("credit.id"), unique=True)
    lots: Mapped[Any] = mapped_column(JSONText, default=list)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    reason: Mapped[str] = mapped_column(String(500), default="")
    cancelled_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    cancelled_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))

    customer: Mapped[Customer] = relationship()
    credit: Mapped[Credit | None] = relationship()
    author: Mapped[User | None] = relationship(foreign_keys=[by_id])
