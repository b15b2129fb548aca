"""What is owed 应收, and every posting that changed it."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.billing.models.statements import Statement
from portal.billing.rules.kinds import PostingKind, ReceivableKind
from portal.customers.models import Customer, one_of
from portal.db import audit
from portal.db.audit import Event
from portal.db.base import AppendOnly, Base, CustomerOwned, Versioned
from portal.db.types import Amount, UTCDateTime
from portal.kernel.text import t

audit.declare(
    {
        "receivable.opened": Event(t("Brought forward")),
        "receivable.written_off": Event(t("Written off")),
        "receivable.promised": Event(t("Promise to pay noted")),
    }
)


class Receivable(CustomerOwned, Versioned, Base):
    """What one settlement party owes for one statement, or from the books before the portal (DOMAIN R8, R9).

    `amount` is what was issued, later revisions included; `open_amount` what is left of it: the sum of the postings.
    Both are negative where a statement comes to a credit. `disputed_amount` (gross of its disputed lines) is left out
    of the overdue ageing and of dunning. `promised_on`: the customer has promised to pay by then.
    """

    __tablename__ = "receivable"
    __table_args__ = (
        CheckConstraint(one_of("kind", ReceivableKind), name="known_kind"),
        CheckConstraint(
            "(kind = 'statement') = (statement_id IS NOT NULL)", name="names_its_statement"
        ),
        Index("ix_receivable_customer_due", "customer_id", "due_on", "id"),
        Index("ix_receivable_due", "due_on", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(12), default=ReceivableKind.STATEMENT.value)
    statement_id: Mapped[int | None] = mapped_column(ForeignKey("statement.id"), unique=True)
    reference: Mapped[str] = mapped_column(String(60), index=True)
    currency: Mapped[str] = mapped_column(String(3))
    issued_on: Mapped[date]
    due_on: Mapped[date]
    amount: Mapped[Decimal] = mapped_column(Amount)
    open_amount: Mapped[Decimal] = mapped_column(Amount)
    disputed_amount: Mapped[Decimal] = mapped_column(Amount, default=Decimal(0))
    settled_on: Mapped[date | None]
    promised_on: Mapped[date | None]
    note: Mapped[str] = mapped_column(String(500), default="")
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)

    customer: Mapped[Customer] = relationship()
    statement: Mapped[Statement | None] = relationship()


# What is open is added up by customer without a look at the rows: few of all that were ever issued are.
Index(
    "ix_receivable_open",
    Receivable.customer_id,
    Receivable.currency,
    Receivable.due_on,
    Receivable.open_amount,
    Receivable.disputed_amount,
    sqlite_where=Receivable.open_amount != 0,
    postgresql_where=Receivable.open_amount != 0,
)


class ReceivablePosting(AppendOnly, CustomerOwned, Base):
    """One change of what is open, on a day; `open_amount` of the receivable is the sum of `change`.

    As of a past day the open amount is the sum of the postings up to it (DOMAIN R9). `key` is written once, so that a
    repeated call is harmless.
    """

    __tablename__ = "receivable_posting"
    __table_args__ = (
        CheckConstraint(one_of("kind", PostingKind), name="known_kind"),
        Index("ix_receivable_posting_receivable", "receivable_id", "on", "id"),
        Index("ix_receivable_posting_customer", "customer_id", "on", "id"),
    )

    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"))
    id: Mapped[int] = mapped_column(primary_key=True)
    receivable_id: Mapped[int] = mapped_column(ForeignKey("receivable.id"))
    kind: Mapped[str] = mapped_column(String(20))
    key: Mapped[str] = mapped_column(String(80), unique=True)
    on: Mapped[date]
    change: Mapped[Decimal] = mapped_column(Amount)
    source_type: Mapped[str] = mapped_column(String(24))
    source_id: Mapped[int]
    source_label: Mapped[str] = mapped_column(String(80), default="")
    reason: Mapped[str] = mapped_column(String(500), default="")
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    at: Mapped[datetime] = mapped_column(UTCDateTime)

    receivable: Mapped[Receivable] = relationship()
