"""Money received 收款, what it was allocated to 核销, the bank's files, deposits 押金."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.billing.models import Receivable
from portal.customers.models import Customer, one_of
from portal.db import audit
from portal.db.audit import Event
from portal.db.base import AppendOnly, Base, CustomerOwned, Stamped, Versioned, once_where_set
from portal.db.types import Amount, Rate, UTCDateTime
from portal.kernel.text import t
from portal.receivables.rules.kinds import BankState, ReceiptKind, ReceiptState

audit.declare(
    {
        "receipt.recorded": Event(t("Receipt recorded"), public=True),
        "receipt.allocated": Event(t("Receipt allocated"), public=True),
        "receipt.allocation_undone": Event(t("Allocation undone"), public=True),
        "receipt.cancelled": Event(t("Receipt cancelled")),
        "deposit.set_off": Event(t("Deposit set off"), public=True),
        "deposit.refunded": Event(t("Deposit refunded"), public=True),
        "bank_entry.matched": Event(t("Bank entry matched")),
        "receivable.disputed": Event(t("Disputed part of an open item noted")),
        "bank_entry.ignored": Event(t("Bank entry left aside")),
    }
)


class Receipt(CustomerOwned, Versioned, Stamped, Base):
    """Money that came in from one customer, in one currency (DOMAIN R8).

    `open_amount` is what is not allocated yet: a prepayment. A deposit is allocated only after it was set off.
    (`account`, `bank_reference`) is taken once where the bank gives a reference, so that a file may be read twice.
    """

    __tablename__ = "receipt"
    __table_args__ = (
        CheckConstraint(one_of("kind", ReceiptKind), name="known_kind"),
        CheckConstraint(one_of("state", ReceiptState), name="known_state"),
        CheckConstraint("amount > 0", name="positive"),
        CheckConstraint("open_amount >= 0 AND open_amount <= amount", name="open_within_amount"),
        CheckConstraint(
            "state <> 'cancelled' OR cancel_reason <> ''", name="cancelled_with_reason"
        ),
        Index("ix_receipt_customer_received", "customer_id", "received_on", "id"),
        Index("ix_receipt_received", "received_on", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(24), unique=True)
    kind: Mapped[str] = mapped_column(String(12), default=ReceiptKind.PAYMENT.value)
    state: Mapped[str] = mapped_column(String(12), default=ReceiptState.KEPT.value)
    received_on: Mapped[date]
    currency: Mapped[str] = mapped_column(String(3))
    amount: Mapped[Decimal] = mapped_column(Amount)
    open_amount: Mapped[Decimal] = mapped_column(Amount)
    bank_charge: Mapped[Decimal] = mapped_column(Amount, default=Decimal(0))
    account: Mapped[str] = mapped_column(String(80), default="")
    bank_reference: Mapped[str] = mapped_column(String(80), default="")
    payer_name: Mapped[str] = mapped_column(String(160), default="")
    note: Mapped[str] = mapped_column(String(500), default="")
    cancel_reason: Mapped[str] = mapped_column(String(500), default="")
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("import_batch.id"), index=True)
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))

    customer: Mapped[Customer] = relationship()
    allocations: Mapped[list[Allocation]] = relationship(
        back_populates="receipt", order_by="Allocation.id"
    )


Index(
    "uq_receipt_bank_reference",
    Receipt.account,
    Receipt.bank_reference,
    unique=True,
    sqlite_where=(Receipt.bank_reference != "") & (Receipt.state == "kept"),
    postgresql_where=(Receipt.bank_reference != "") & (Receipt.state == "kept"),
)
Index(
    "ix_receipt_open",
    Receipt.customer_id,
    Receipt.received_on,
    Receipt.id,
    sqlite_where=Receipt.open_amount > 0,
    postgresql_where=Receipt.open_amount > 0,
)


class Allocation(AppendOnly, CustomerOwned, Base):
    """So much of a receipt pays so much of a receivable; undone by a row with `reverses_id`, never deleted.

    `receipt_amount` in the receipt's currency, `amount` in the receivable's; where the two differ `exchange_rate` says
    how much of the receivable's currency one unit of the receipt's is worth, and `exchange_difference` (in the
    receivable's currency) what was agreed to let go or to gain.
    """

    __tablename__ = "allocation"
    __table_args__ = (
        CheckConstraint("(amount < 0) = (reverses_id IS NOT NULL)", name="negative_is_undoing"),
        Index("ix_allocation_receipt", "receipt_id", "id"),
        Index("ix_allocation_receivable", "receivable_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    receipt_id: Mapped[int] = mapped_column(ForeignKey("receipt.id"))
    receivable_id: Mapped[int] = mapped_column(ForeignKey("receivable.id"))
    on: Mapped[date]
    receipt_amount: Mapped[Decimal] = mapped_column(Amount)
    amount: Mapped[Decimal] = mapped_column(Amount)
    exchange_rate: Mapped[Decimal | None] = mapped_column(Rate)
    exchange_difference: Mapped[Decimal] = mapped_column(Amount, default=Decimal(0))
    reverses_id: Mapped[int | None] = mapped_column(ForeignKey("allocation.id"))
    reason: Mapped[str] = mapped_column(String(300), default="")
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    at: Mapped[datetime] = mapped_column(UTCDateTime)

    receipt: Mapped[Receipt] = relationship(back_populates="allocations")
    receivable: Mapped[Receivable] = relationship()


once_where_set(Allocation.reverses_id)


class DepositMove(AppendOnly, CustomerOwned, Base):
    """A deposit is refunded, or set off (it becomes free to be allocated); a numbered document (DOMAIN E11)."""

    __tablename__ = "deposit_move"
    __table_args__ = (
        CheckConstraint("kind IN ('refund', 'set_off')", name="known_kind"),
        CheckConstraint("amount > 0", name="positive"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(24), unique=True)
    receipt_id: Mapped[int] = mapped_column(ForeignKey("receipt.id"), index=True)
    kind: Mapped[str] = mapped_column(String(8))
    on: Mapped[date]
    amount: Mapped[Decimal] = mapped_column(Amount)
    reason: Mapped[str] = mapped_column(String(500))
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    at: Mapped[datetime] = mapped_column(UTCDateTime)

    receipt: Mapped[Receipt] = relationship()


class BankEntry(Versioned, Base):
    """One credit row of a bank's file; it belongs to nobody until the payer is found."""

    __tablename__ = "bank_entry"
    __table_args__ = (
        UniqueConstraint("account", "reference"),
        CheckConstraint(one_of("state", BankState), name="known_state"),
        Index("ix_bank_entry_state", "state", "on", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account: Mapped[str] = mapped_column(String(80))
    reference: Mapped[str] = mapped_column(String(80))
    on: Mapped[date]
    currency: Mapped[str] = mapped_column(String(3))
    amount: Mapped[Decimal] = mapped_column(Amount)
    payer_name: Mapped[str] = mapped_column(String(160), default="")
    payer_account: Mapped[str] = mapped_column(String(80), default="")
    memo: Mapped[str] = mapped_column(String(300), default="")
    state: Mapped[str] = mapped_column(String(12), default=BankState.UNMATCHED.value)
    receipt_id: Mapped[int | None] = mapped_column(ForeignKey("receipt.id"))
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("import_batch.id"), index=True)
    decided_reason: Mapped[str] = mapped_column(String(300), default="")
