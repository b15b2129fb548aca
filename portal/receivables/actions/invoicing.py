"""Tax invoices issued outside are registered here; many cover many; a red one takes one back (DOMAIN R7)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal

from portal.access.viewer import Viewer
from portal.billing.actions import owing
from portal.billing.actions.holding import held_id
from portal.billing.actions.invoiced import note_invoiced
from portal.billing.models import Statement
from portal.billing.rules.due import PaymentTerms, due_on
from portal.billing.rules.states import CUSTOMER_SEES, StatementState
from portal.customers.models import Customer
from portal.customers.rules.settlement import DueFrom
from portal.db import audit, whole
from portal.db.base import db
from portal.kernel.clock import business_day
from portal.kernel.errors import InvalidMany, NotAllowedNow, NotFound
from portal.kernel.pinyin import search_words
from portal.kernel.text import t
from portal.kernel.workcalendar import CHINA
from portal.receivables.models import Invoice, InvoiceCoverage, InvoiceRequest
from portal.receivables.queries.invoices import billables, covered_by, is_all_transport, red_of
from portal.receivables.rules.invoices import InvoiceFacts, RedFacts, check, check_red
from portal.receivables.rules.kinds import InvoiceKind, RequestState


def register(
    customer: Customer, facts: InvoiceFacts, actor: Viewer, now: datetime, request: InvoiceRequest | None = None
) -> Invoice:  # fmt: skip
    """Write an invoice into the register; the statements it covers count as invoiced by as much, whole ones as billed.

    `request`: the open request that it answers. Raises InvalidMany by field (`covers-<statement id>` of a statement).
    """
    statements = _held(facts.covers)
    ours = [each for each in statements if each.customer_id == customer.id]
    if is_all_transport([each.id for each in ours], actor):
        facts = _as_transport(facts)
    check(facts, billables(ours), business_day(now))
    _check_number(facts.code, facts.number)
    row = _stored(customer, facts, actor, now, request_id=request.id if request else None)
    for each in ours:
        row.covers.append(_coverage(each, facts.covers[each.id]))
        note_invoiced(each, facts.covers[each.id], actor, now)
        _due_from_invoice(each, facts.issued_on)
    if request is not None:
        _answered(request, customer, now)
    db.session.flush()
    after = {"number": row.number, "gross": row.gross_amount, "statements": [each.number for each in ours]}  # fmt: skip
    audit.record(actor, "invoice.registered", row, now, after=after)
    return row


def reverse(invoice: Invoice, red: RedFacts, actor: Viewer, now: datetime) -> Invoice:
    """Register the red-letter invoice 红字发票 of a blue one: its exact mirror; what it covered can be invoiced anew.

    InvalidMany by field; NotAllowedNow for a red invoice, or one that was reversed before.
    """
    covers = covered_by(invoice.id, actor)
    statements = {each.id: each for each in _held(each.statement_id for each in covers)}
    if invoice.red_of_id is not None or red_of(invoice.id, actor) is not None:
        raise NotAllowedNow(t("This invoice is red, or was reversed already."))
    check_red(red, InvoiceKind(invoice.kind), invoice.issued_on, business_day(now))
    _check_number(red.code, red.number)
    facts = InvoiceFacts(
        InvoiceKind(invoice.kind), red.number, red.issued_on, invoice.title, -invoice.net_amount,
        -invoice.tax_amount, -invoice.gross_amount, {}, red.code, invoice.currency,
        invoice.tax_number, invoice.remark,
    )  # fmt: skip
    row = _stored(invoice.customer, facts, actor, now, request_id=None)
    row.red_of_id, row.red_sheet_number = invoice.id, red.sheet_number
    row.red_reason = red.reason[:300]
    for each in covers:
        statement = statements[each.statement_id]
        row.covers.append(_coverage(statement, -each.gross_amount))
        note_invoiced(statement, -each.gross_amount, actor, now)
    db.session.flush()
    after = {"number": row.number, "of": invoice.number, "sheet": red.sheet_number}
    audit.record(actor, "invoice.reversed", row, now, after=after, reason=row.red_reason)
    return row


def _held(statement_ids: Iterable[int]) -> list[Statement]:
    """The statements held until the transaction ends, in id order; those that are not published do not exist."""
    found = []
    for statement_id in sorted(set(statement_ids)):
        try:
            row = held_id(statement_id)
        except NotFound:
            continue
        if StatementState(row.state) in CUSTOMER_SEES:
            found.append(row)
    return found


def _as_transport(facts: InvoiceFacts) -> InvoiceFacts:
    values = {name: getattr(facts, name) for name in facts.__dataclass_fields__}
    return InvoiceFacts(**{**values, "is_transport": True})


def _check_number(code: str, number: str) -> None:
    ids = whole.holders(Invoice, "number", number)
    codes = whole.columns_of(Invoice, ids, ("code",)).values()
    if (code,) in codes:
        raise InvalidMany({"number": t("An invoice with this number is registered already.")})


def _stored(
    customer: Customer, facts: InvoiceFacts, actor: Viewer, now: datetime, *, request_id: int | None
) -> Invoice:  # fmt: skip
    row = Invoice(
        customer_id=customer.id, customer=customer, kind=facts.kind.value, code=facts.code,
        number=facts.number, issued_on=facts.issued_on, currency=facts.currency,
        title=facts.title, tax_number=facts.tax_number, net_amount=facts.net_amount,
        tax_amount=facts.tax_amount, gross_amount=facts.gross_amount, remark=facts.remark[:500],
        request_id=request_id, registered_by=actor.user_id, created_at=now, updated_at=now,
        search_text=search_words(
            facts.number, facts.title, customer.name_zh, customer.name_en, customer.short_name, customer.code
        )[:400],
    )  # fmt: skip
    db.session.add(row)
    return row


def _coverage(statement: Statement, gross: Decimal) -> InvoiceCoverage:
    return InvoiceCoverage(
        customer_id=statement.customer_id, statement_id=statement.id, gross_amount=gross
    )


def _answered(request: InvoiceRequest, customer: Customer, now: datetime) -> None:
    db.session.refresh(request, with_for_update={"of": InvoiceRequest})
    if request.customer_id != customer.id or request.state != RequestState.OPEN:
        raise NotAllowedNow(t("This request was answered or taken back already."))
    request.state, request.updated_at = RequestState.INVOICED.value, now


def _due_from_invoice(statement: Statement, issued_on: date) -> None:
    """Where the days to pay count from the invoice (E9), its day decides; that of the first one."""
    terms = statement.terms or {}
    owed = owing.of_statement(statement)
    if terms.get("payment_from") != DueFrom.INVOICE or owed is None or terms.get("invoice_on"):
        return
    agreed = PaymentTerms(
        int(terms.get("payment_days") or 0), DueFrom.INVOICE, bool(terms.get("next_working_day"))
    )
    due = due_on(statement.ends_on, agreed, invoice_on=issued_on, calendar=CHINA)
    statement.terms = {**terms, "invoice_on": issued_on.isoformat(), "due_on": due.isoformat()}
    statement.due_on = max(due, owed.issued_on)
    (held,) = owing.hold([owed.id])
    held.due_on = statement.due_on
