"""Disputes of statement lines 账单异议, and credits 贷项."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.billing.models.statements import Statement, StatementLine
from portal.billing.rules.kinds import DisputeReason
from portal.billing.rules.states import CreditState, DisputeState
from portal.customers.models import Customer, one_of
from portal.db import audit
from portal.db.audit import Event
from portal.db.base import Base, CustomerOwned, Stamped, Versioned
from portal.db.types import Amount, Rate, UTCDateTime
from portal.kernel.text import t

audit.declare(
    {
        "dispute.raised": Event(t("Dispute raised"), public=True),
        "dispute.taken": Event(t("Taken by")),
        "dispute.proposed": Event(t("Grant sent for approval")),
        "dispute.returned": Event(t("Grant not approved")),
        "dispute.accepted": Event(t("Dispute accepted"), public=True),
        "dispute.partly_accepted": Event(t("Dispute accepted in part"), public=True),
        "dispute.rejected": Event(t("Dispute rejected"), public=True),
        "dispute.raised_again": Event(t("Raised again to a manager"), public=True),
        "dispute.withdrawn": Event(t("Dispute withdrawn"), public=True),
        "credit.asked": Event(t("Credit proposed")),
        "credit.granted": Event(t("Credit granted")),
        "credit.refused": Event(t("Credit refused")),
        "credit.cancelled": Event(t("Credit cancelled")),
        "credit.placed": Event(t("Credit placed on a statement"), public=True),
    }
)


class Dispute(CustomerOwned, Versioned, Stamped, Base):
    """The customer does not agree with one line. Amounts are gross, in the statement's currency.

    `level` 1, or 2 once it was raised again to a manager, with `again_text`; `first_decided_by` decided it before that.
    `granted_amount` is all that was granted, None: not decided. While a grant waits for approval `proposed_amount` is
    what `decided_by` would give.
    """

    __tablename__ = "dispute"
    __table_args__ = (
        CheckConstraint(one_of("state", DisputeState), name="known_state"),
        CheckConstraint(one_of("reason", DisputeReason), name="known_reason"),
        CheckConstraint("level IN (1, 2)", name="known_level"),
        CheckConstraint("state <> 'rejected' OR decision <> ''", name="rejected_with_reason"),
        Index("ix_dispute_state", "state", "raised_at", "id"),
        Index("ix_dispute_raised", "raised_at", "id"),
        Index("ix_dispute_customer", "customer_id", "raised_at", "id"),
        Index("ix_dispute_statement", "statement_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(24), unique=True)
    statement_id: Mapped[int] = mapped_column(ForeignKey("statement.id"))
    line_id: Mapped[int] = mapped_column(ForeignKey("statement_line.id"), unique=True)
    state: Mapped[str] = mapped_column(String(20), default=DisputeState.OPEN.value)
    level: Mapped[int] = mapped_column(default=1)
    reason: Mapped[str] = mapped_column(String(20))
    currency: Mapped[str] = mapped_column(String(3))
    disputed_amount: Mapped[Decimal] = mapped_column(Amount)
    text: Mapped[str] = mapped_column(String(2000))
    again_text: Mapped[str] = mapped_column(String(2000), default="")
    raised_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    raised_at: Mapped[datetime] = mapped_column(UTCDateTime)
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    proposed_amount: Mapped[Decimal | None] = mapped_column(Amount)
    granted_amount: Mapped[Decimal | None] = mapped_column(Amount)
    decision: Mapped[str] = mapped_column(String(2000), default="")
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    approved_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    first_decided_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))

    customer: Mapped[Customer] = relationship()
    statement: Mapped[Statement] = relationship()
    line: Mapped[StatementLine] = relationship()


class Credit(CustomerOwned, Versioned, Stamped, Base):
    """What is given back, once per source: a dispute (raised again: dispute_again), a claim, a goodwill (R5, T9).

    Amounts are positive here and negative on the line. A credit for a line keeps that line's tax and rate, so that net
    and tax cancel exactly; `line_id` names it. It becomes a line of the next revision of that statement where that is
    still open, else of the next statement.
    """

    __tablename__ = "credit"
    __table_args__ = (
        UniqueConstraint("source_type", "source_id"),
        CheckConstraint(one_of("state", CreditState), name="known_state"),
        CheckConstraint("gross_amount > 0", name="positive"),
        CheckConstraint("gross_amount = net_amount + tax_amount", name="adds_up"),
        CheckConstraint("reason <> ''", name="with_reason"),
        Index("ix_credit_customer_state", "customer_id", "state", "id"),
        Index("ix_credit_state", "state", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(24), unique=True)
    state: Mapped[str] = mapped_column(String(20), default=CreditState.PENDING_APPROVAL.value)
    source_type: Mapped[str] = mapped_column(String(24))
    source_id: Mapped[int]
    served_id: Mapped[int] = mapped_column(ForeignKey("customer.id"))
    line_id: Mapped[int | None] = mapped_column(ForeignKey("statement_line.id"), index=True)
    name_zh: Mapped[str] = mapped_column(String(200))
    name_en: Mapped[str] = mapped_column(String(240), default="")
    reason: Mapped[str] = mapped_column(String(1000))
    currency: Mapped[str] = mapped_column(String(3))
    tax_class: Mapped[str] = mapped_column(String(24), default="")
    tax_kind: Mapped[str] = mapped_column(String(8))
    tax_percent: Mapped[Decimal] = mapped_column(Rate, default=Decimal(0))
    net_amount: Mapped[Decimal] = mapped_column(Amount)
    tax_amount: Mapped[Decimal] = mapped_column(Amount)
    gross_amount: Mapped[Decimal] = mapped_column(Amount)
    granted_on: Mapped[date | None]
    author_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    approved_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    document_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))

    customer: Mapped[Customer] = relationship(foreign_keys="Credit.customer_id")
    line: Mapped[StatementLine | None] = relationship()
