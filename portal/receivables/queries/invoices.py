"""The register of invoices, requests for them, and what may still be invoiced."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload, selectinload

from portal.access.scope import visible
from portal.access.viewer import Viewer
from portal.billing.models import Statement, StatementLine
from portal.billing.rules.states import CUSTOMER_SEES
from portal.catalogue.rules.tax import TaxKind
from portal.customers.models import Customer
from portal.db.base import db
from portal.receivables.models import Invoice, InvoiceCoverage, InvoiceRequest, InvoiceRequestPart
from portal.receivables.rules.invoices import Billable
from portal.receivables.rules.kinds import RequestState

ZERO = Decimal(0)
TRANSPORT_PERCENT = Decimal(9)
"""Carriage inside the country (DOMAIN F5)."""


def invoices(viewer: Viewer) -> Select[Any]:
    """The register, joined to the customers for searching and sorting."""
    statement: Select[Any] = select(Invoice).join(Customer, Customer.id == Invoice.customer_id)
    return visible(statement.options(joinedload(Invoice.customer)), Invoice, viewer)


def requests(viewer: Viewer) -> Select[Any]:
    """Requests for invoices, joined to the customers, with their parts."""
    statement: Select[Any] = select(InvoiceRequest).join(
        Customer, Customer.id == InvoiceRequest.customer_id
    )
    parts = selectinload(InvoiceRequest.parts).joinedload(InvoiceRequestPart.statement)
    return visible(
        statement.options(joinedload(InvoiceRequest.customer), parts), InvoiceRequest, viewer
    )


def coverage_of(statement_id: int, viewer: Viewer) -> list[InvoiceCoverage]:
    """The invoices, red ones too, that cover a statement, in order."""
    wanted = visible(select(InvoiceCoverage), InvoiceCoverage, viewer).where(
        InvoiceCoverage.statement_id == statement_id
    )
    rows = wanted.options(joinedload(InvoiceCoverage.invoice)).order_by(InvoiceCoverage.id)
    return list(db.session.scalars(rows))


def covered_by(invoice_id: int, viewer: Viewer) -> list[InvoiceCoverage]:
    """The statements that an invoice covers."""
    wanted = visible(select(InvoiceCoverage), InvoiceCoverage, viewer).where(
        InvoiceCoverage.invoice_id == invoice_id
    )
    rows = wanted.options(joinedload(InvoiceCoverage.statement)).order_by(InvoiceCoverage.id)
    return list(db.session.scalars(rows))


def red_of(invoice_id: int, viewer: Viewer) -> Invoice | None:
    """The red invoice that takes an invoice back."""
    wanted = visible(select(Invoice), Invoice, viewer).where(Invoice.red_of_id == invoice_id)
    return db.session.scalar(wanted)


def answer_to(request_id: int, viewer: Viewer) -> Invoice | None:
    """The invoice that answered a request; a red one names none."""
    wanted = visible(select(Invoice), Invoice, viewer).where(Invoice.request_id == request_id)
    return db.session.scalar(wanted.order_by(Invoice.id).limit(1))


def open_requests(viewer: Viewer) -> int:
    """How many requests wait to be invoiced."""
    return db.session.scalar(open_requests_count(viewer)) or 0


def open_requests_count(viewer: Viewer) -> Select[Any]:
    """The same, to be asked with others."""
    statement: Select[Any] = select(func.count(InvoiceRequest.id))
    waiting = visible(statement, InvoiceRequest, viewer)
    return waiting.where(InvoiceRequest.state == RequestState.OPEN.value)


def to_invoice(customer_id: int, viewer: Viewer, currency: str = "") -> list[Statement]:
    """A customer's statements with confirmed amounts that no invoice covers yet, the oldest first."""
    statement = visible(select(Statement), Statement, viewer).where(
        Statement.customer_id == customer_id,
        Statement.state.in_(sorted(CUSTOMER_SEES)),
        Statement.confirmed_amount > Statement.invoiced_amount,
    )
    if currency:
        statement = statement.where(Statement.currency == currency)
    return list(db.session.scalars(statement.order_by(Statement.ends_on, Statement.id)))


def billables(statements: Iterable[Statement]) -> dict[int, Billable]:
    """Id → what may be invoiced and asked for, of statements that were fetched."""
    rows = {row.id: row for row in statements}
    asked = _asked(rows)
    return {
        key: Billable(
            row.id, row.number, row.currency, row.confirmed_amount, row.invoiced_amount, asked.get(key, ZERO)
        )
        for key, row in rows.items()
    }  # fmt: skip


def _asked(statement_ids: Collection[int]) -> dict[int, Decimal]:
    """Statement id → what open requests ask for."""
    if not statement_ids:
        return {}
    statement = (
        select(InvoiceRequestPart.statement_id, func.sum(InvoiceRequestPart.gross_amount))
        .join(InvoiceRequest, InvoiceRequest.id == InvoiceRequestPart.request_id)
        .where(
            InvoiceRequestPart.statement_id.in_(sorted(statement_ids)),
            InvoiceRequest.state == RequestState.OPEN.value,
        )
        .group_by(InvoiceRequestPart.statement_id)
    )
    return {row[0]: row[1] for row in db.session.execute(statement)}


def tax_rates_of(statement_ids: Collection[int], viewer: Viewer) -> list[tuple[str, Decimal, Decimal]]:  # fmt: skip
    """(kind, percent, gross) of the live lines of statements: which invoices they call for."""
    columns = (StatementLine.tax_kind, StatementLine.tax_percent)
    sums = select(*columns, func.sum(StatementLine.gross_amount))
    wanted = visible(sums, StatementLine, viewer).where(
        StatementLine.statement_id.in_(sorted(statement_ids)),
        StatementLine.until_revision.is_(None),
    )
    rows = db.session.execute(wanted.group_by(*columns).order_by(*columns))
    return [(row[0], row[1], row[2]) for row in rows]


def is_all_transport(statement_ids: Collection[int], viewer: Viewer) -> bool:
    """Whether everything on these statements is carriage at 9 %: then the invoice is a transport invoice."""
    rates = tax_rates_of(statement_ids, viewer)
    return bool(rates) and all(
        (kind, percent) == (TaxKind.TAXED, TRANSPORT_PERCENT) for kind, percent, _ in rates
    )
