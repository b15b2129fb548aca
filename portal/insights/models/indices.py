"""The sums behind the logistics indices, by month, customer and lane; and the weekly digests."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.db.base import Base, CustomerOwned
from portal.db.types import JSONText, Quantity, UTCDateTime


class IndexSum(CustomerOwned, Base):
    """So many of one kind in one month, of one customer, on one lane; the indices add these up (rules.indices).

    `name` is a `Count`; a `Spread` with `key` the days; or "ordered" and "done" with `key` the unit. `month` is its
    first day; `category` a kind of shipment, `origin` and `destination` as the shipment has them; "" for none.
    """

    __tablename__ = "index_sum"
    __table_args__ = (
        UniqueConstraint("month", "customer_id", "category", "origin", "destination", "name", "key"),
        Index("ix_index_sum_month", "month", "name", "key", "amount"),
        Index("ix_index_sum_customer_month", "customer_id", "month"),
    )  # fmt: skip

    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"))
    id: Mapped[int] = mapped_column(primary_key=True)
    month: Mapped[date]
    category: Mapped[str] = mapped_column(String(24), default="")
    origin: Mapped[str] = mapped_column(String(60), default="")
    destination: Mapped[str] = mapped_column(String(60), default="")
    name: Mapped[str] = mapped_column(String(16))
    key: Mapped[str] = mapped_column(String(16), default="")
    amount: Mapped[Decimal] = mapped_column(Quantity)


class IndexMonth(Base):
    """Which months were measured, and when last: a month without it has no figures yet, not nothing."""

    __tablename__ = "index_month"

    month: Mapped[date] = mapped_column(primary_key=True)
    measured_at: Mapped[datetime] = mapped_column(UTCDateTime)


class DigestIssue(Base):
    """The management's letter of one week (REQUIREMENTS I2): made once, its figures stay as they were.

    `week_on` is the Monday on which it goes out; it tells of the week before. `figures`: rules.digest, as JSON.
    """

    __tablename__ = "digest_issue"

    id: Mapped[int] = mapped_column(primary_key=True)
    week_on: Mapped[date] = mapped_column(unique=True)
    figures: Mapped[Any] = mapped_column(JSONText, default=dict)
    made_at: Mapped[datetime] = mapped_column(UTCDateTime)


class DigestChoice(Base):
    """Somebody who may read the digest and does not want it by mail."""

    __tablename__ = "digest_choice"

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), primary_key=True)
    chosen_at: Mapped[datetime] = mapped_column(UTCDateTime)
