"""The register of tax invoices 发票, requests for them 开票申请, red-letter invoices 红字发票."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.billing.models import Statement
from portal.customers.models import Customer, one_of
from portal.db import audit
from portal.db.audit import Event
from portal.db.base import Base, CustomerOwned, Stamped, Versioned
from portal.db.types import Amount, UTCDateTime
from portal.kernel.text import t
from portal.receivables.rules.kinds import InvoiceKind, RequestState

audit.declare(
    {
        "invoice_request.made": Event(t("Invoice asked for"), public=True),
        "invoice_request.rejected": Event(t("Invoice request rejected"), public=True),
        "invoice_request.withdrawn": Event(t("Invoice request withdrawn"), public=True),
        "invoice.registered": Event(t("Invoice registered"), public=True),
        "invoice.reversed": Event(t("Red-letter invoice registered"), public=True),
    }
)


class InvoiceRequest(CustomerOwned, Versioned, Stamped, Base):
    """The customer asks for an invoice over confirmed amounts; what is to stand on it is copied here."""

    __tablename__ = "invoice_request"
    __table_args__ = (
        CheckConstraint(one_of("kind", InvoiceKind), name="known_kind"),
        CheckConstraint(one_of("state", RequestState), name="known_state"),
        CheckConstraint("gross_amount > 0", name="positive"),
        CheckConstraint("state <> 'rejected' OR decision <> ''", name="rejected_with_reason"),
        Index("ix_invoice_request_state", "state", "id"),
        Index("ix_invoice_request_customer", "customer_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(24), unique=True)
    state: Mapped[str] = mapped_column(String(12), default=RequestState.OPEN.value)
    kind: Mapped[str] = mapped_column(String(12))
    currency: Mapped[str] = mapped_column(String(3))
    gross_amount: Mapped[Decimal] = mapped_column(Amount)
    title: Mapped[str] = mapped_column(String(160))
    tax_number: Mapped[str] = mapped_column(String(40), default="")
    address_phone: Mapped[str] = mapped_column(String(300), default="")
    bank_account: Mapped[str] = mapped_column(String(200), default="")
    send_to: Mapped[str] = mapped_column(String(254), default="")
    note: Mapped[str] = mapped_column(String(500), default="")
    asked_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    asked_at: Mapped[datetime] = mapped_column(UTCDateTime)
    decision: Mapped[str] = mapped_column(String(500), default="")

    customer: Mapped[Customer] = relationship()
    parts: Mapped[list[InvoiceRequestPart]] = relationship(
        back_populates="request", cascade="all, delete-orphan"
    )


class InvoiceRequestPart(CustomerOwned, Base):
    """How much of one statement an invoice request asks for."""

    __tablename__ = "invoice_request_part"
    __table_args__ = (
        UniqueConstraint("request_id", "statement_id"),
        CheckConstraint("gross_amount > 0", name="positive"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    request_id: Mapped[int] = mapped_column(ForeignKey("invoice_request.id", ondelete="CASCADE"))
    statement_id: Mapped[int] = mapped_column(ForeignKey("statement.id"), index=True)
    gross_amount: Mapped[Decimal] = mapped_column(Amount)

    request: Mapped[InvoiceRequest] = relationship(back_populates="parts")
    statement: Mapped[Statement] = relationship()


class Invoice(CustomerOwned, Versioned, Stamped, Base):
    """One tax invoice that was issued outside and is registered here (DOMAIN R7).

    `code` is "" for a fully digital invoice (数电票, a number of 20 digits), else the 12 digits before the number of 8.
    A red one has negative amounts, `red_of_id` and the number of its confirmation sheet; a number is never used twice.
    """

    __tablename__ = "invoice"
    __table_args__ = (
        UniqueConstraint("code", "number"),
        CheckConstraint(one_of("kind", InvoiceKind), name="known_kind"),
        CheckConstraint("gross_amount = net_amount + tax_amount", name="adds_up"),
        CheckConstraint("(gross_amount < 0) = (red_of_id IS NOT NULL)", name="negative_is_red"),
        Index("ix_invoice_customer_issued", "customer_id", "issued_on", "id"),
        Index("ix_invoice_issued", "issued_on", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(12))
    code: Mapped[str] = mapped_column(String(12), default="")
    number: Mapped[str] = mapped_column(String(20))
    issued_on: Mapped[date]
    currency: Mapped[str] = mapped_column(String(3), default="CNY")
    title: Mapped[str] = mapped_column(String(160))
    tax_number: Mapped[str] = mapped_column(String(40), default="")
    net_amount: Mapped[Decimal] = mapped_column(Amount)
    tax_amount: Mapped[Decimal] = mapped_column(Amount)
    gross_amount: Mapped[Decimal] = mapped_column(Amount)
    remark: Mapped[str] = mapped_column(String(500), default="")
    request_id: Mapped[int | None] = mapped_column(ForeignKey("invoice_request.id"), index=True)
    red_of_id: Mapped[int | None] = mapped_column(ForeignKey("invoice.id"), index=True)
    red_sheet_number: Mapped[str] = mapped_column(String(40), default="")
    red_reason: Mapped[str] = mapped_column(String(300), default="")
    registered_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    search_text: Mapped[str] = mapped_column(String(400), default="")

    customer: Mapped[Customer] = relationship()
    red_of: Mapped[Invoice | None] = relationship(remote_side="Invoice.id")
    covers: Mapped[list[InvoiceCoverage]] = relationship(
        back_populates="invoice", cascade="all, delete-orphan"
    )


class InvoiceCoverage(CustomerOwned, Base):
    """How much of one statement an invoice covers; negative for a red one."""

    __tablename__ = "invoice_coverage"
    __table_args__ = (UniqueConstraint("invoice_id", "statement_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    invoice_id: Mapped[int] = mapped_column(ForeignKey("invoice.id", ondelete="CASCADE"))
    statement_id: Mapped[int] = mapped_column(ForeignKey("statement.id"), index=True)
    gross_amount: Mapped[Decimal] = mapped_column(Amount)

    invoice: Mapped[Invoice] = relationship(back_populates="covers")
    statement: Mapped[Statement] = relationship()
