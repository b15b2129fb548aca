"""What was paid too much goes back 退款; a credit balance is set against what is owed 冲抵."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.billing.models import Receivable
from portal.db import audit
from portal.db.audit import Event
from portal.db.base import AppendOnly, Base, CustomerOwned
from portal.db.types import Amount, UTCDateTime
from portal.kernel.text import t
from portal.receivables.models.receipts import Receipt

audit.declare(
    {
        "receipt.refunded": Event(t("Refunded"), public=True),
        "receipt.refund_undone": Event(t("Refund undone"), public=True),
        "receivable.netted": Event(t("Credit set against what is owed"), public=True),
        "receivable.netting_undone": Event(t("Setting off undone"), public=True),
    }
)


class Refund(AppendOnly, CustomerOwned, Base):
    """So much of what was left of a receipt went back to the customer: a numbered document (DOMAIN R8).

    Nothing that is owed changes by it. A row with `reverses_id` (negative) takes one back; neither is ever deleted.
    `paid_to`: the account it went to; `bank_reference`: what the bank calls the payment.
    """

    __tablename__ = "refund"
    __table_args__ = (
        CheckConstraint("(amount < 0) = (reverses_id IS NOT NULL)", name="negative_is_undoing"),
        CheckConstraint("reason <> ''", name="with_reason"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(24), unique=True)
    receipt_id: Mapped[int] = mapped_column(ForeignKey("receipt.id"), index=True)
    on: Mapped[date]
    amount: Mapped[Decimal] = mapped_column(Amount)
    paid_to: Mapped[str] = mapped_column(String(120), default="")
    bank_reference: Mapped[str] = mapped_column(String(80), default="")
    reason: Mapped[str] = mapped_column(String(500))
    reverses_id: Mapped[int | None] = mapped_column(ForeignKey("refund.id"), unique=True)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    at: Mapped[datetime] = mapped_column(UTCDateTime)

    receipt: Mapped[Receipt] = relationship()


class Netting(AppendOnly, CustomerOwned, Base):
    """So much of a credit balance (`credit_id`, below zero) pays so much of a receivable of the same customer.

    One currency; both sides get a posting of the same day, so that the account does not change by it. Undone by a row
    with `reverses_id`, never deleted.
    """

    __tablename__ = "netting"
    __table_args__ = (
        CheckConstraint("(amount < 0) = (reverses_id IS NOT NULL)", name="negative_is_undoing"),
        CheckConstraint("credit_id <> receivable_id", name="two_sides"),
        Index("ix_netting_credit", "credit_id", "id"),
        Index("ix_netting_receivable", "receivable_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    credit_id: Mapped[int] = mapped_column(ForeignKey("receivable.id"))
    receivable_id: Mapped[int] = mapped_column(ForeignKey("receivable.id"))
    on: Mapped[date]
    amount: Mapped[Decimal] = mapped_column(Amount)
    reverses_id: Mapped[int | None] = mapped_column(ForeignKey("netting.id"), unique=True)
    reason: Mapped[str] = mapped_column(String(300), default="")
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    at: Mapped[datetime] = mapped_column(UTCDateTime)

    credit: Mapped[Receivable] = relationship(foreign_keys=[credit_id])
    receivable: Mapped[Receivable] = relationship(foreign_keys=[receivable_id])
