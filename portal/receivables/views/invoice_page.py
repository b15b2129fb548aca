"""Everything that the desk's pages of invoices show, and the form that registers one, filled in as far as known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flask import g, url_for
from flask_babel import gettext as _

from portal.access.permissions import Permission as P
from portal.billing.models import Statement
from portal.customers.models import Customer
from portal.db import audit
from portal.documents.attached import attached_to
from portal.kernel import clock
from portal.receivables import labels
from portal.receivables.actions.requests import defaults
from portal.receivables.forms.invoices import InvoiceForm, invoice_form
from portal.receivables.models import Invoice, InvoiceRequest
from portal.receivables.queries import invoices as queries
from portal.receivables.rules.invoice_proposal import proposed
from portal.receivables.rules.invoices import Billable
from portal.receivables.rules.kinds import INVOICE_WORDS, InvoiceKind, RequestState
from portal.receivables.views.desk_door import Tab, people
from portal.receivables.views.invoice_list import label_of, numbered
from portal.receivables.views.list_parts import days
from portal.web.stepping import number_in
from portal.web.timeline import happenings

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Choice:
    """One statement that an invoice may cover, with what is left of it."""

    statement: Statement
    billable: Billable
    period: str


@dataclass(frozen=True, slots=True)
class Registering:
    """The page that registers an invoice."""

    customer: Customer
    request: InvoiceRequest | None
    choices: list[Choice]
    form: InvoiceForm


def choices_of(statements: Sequence[Statement]) -> list[Choice]:
    """The statements with what may be invoiced of each."""
    left = queries.billables(statements)
    return [Choice(row, left[row.id], days(row.starts_on, row.ends_on)) for row in statements]


def registering(customer: Customer, request: InvoiceRequest | None) -> Registering:
    """Over what was asked for, over one statement, or over everything that is left in the first one's currency."""
    choices = choices_of(queries.to_invoice(customer.id, g.viewer))
    covers = _proposed_covers(choices, request)
    currency = _currency(choices, covers, request, customer)
    known = defaults(customer)
    form = invoice_form(
        {each.statement.id: covers.get(each.statement.id) for each in choices},
        kind=request.kind if request else _usual(currency),
        issued_on=clock.today(),
        currency=currency,
        title=request.title if request else known["title"],
        tax_number=request.tax_number if request else known["tax_number"],
        **_sums(choices, covers, currency),
    )
    return Registering(customer, request, choices, form)


def _sums(
    choices: Sequence[Choice], covers: Mapping[int, Decimal], currency: str
) -> dict[str, Decimal]:
    """Net, tax and gross of what is covered, as the statements are taxed."""
    rows = {each.statement.id: each.statement for each in choices}
    parts = [
        (amount, rows[key].net_amount, rows[key].gross_amount) for key, amount in covers.items()
    ]
    found = proposed(parts, currency)
    if not found.gross:
        return {}
    return {"net_amount": found.net, "tax_amount": found.tax, "gross_amount": found.gross}


def _proposed_covers(
    choices: Sequence[Choice], request: InvoiceRequest | None
) -> Mapping[int, Decimal]:
    left = {each.statement.id: each.billable.left for each in choices}
    if request is not None:
        asked = {part.statement_id: part.gross_amount for part in request.parts}
        return {key: min(amount, left[key]) for key, amount in asked.items() if key in left}
    one = number_in("statement")
    if one in left:
        return {one: left[one]}
    first = choices[0].statement.currency if choices else ""
    return {
        each.statement.id: each.billable.left
        for each in choices
        if each.statement.currency == first
    }


def _currency(
    choices: Sequence[Choice], covers: Mapping[int, Decimal], request: InvoiceRequest | None, customer: Customer
) -> str:  # fmt: skip
    if request is not None:
        return request.currency
    return next(
        (each.statement.currency for each in choices if each.statement.id in covers),
        customer.default_currency,
    )


def _usual(currency: str) -> str:
    return (InvoiceKind.SPECIAL if currency == "CNY" else InvoiceKind.RECEIPT).value


def context(invoice: Invoice, attach: Any = None) -> dict[str, Any]:
    """The page of an invoice that was fetched for the viewer."""
    red = None if invoice.red_of_id else queries.red_of(invoice.id, g.viewer)
    entries = audit.timeline(invoice, public_only=False)
    return {
        "invoice": invoice,
        "number": numbered(invoice),
        "label": labels.REVERSED if red else label_of(invoice),
        "kind": INVOICE_WORDS[InvoiceKind(invoice.kind)],
        "covers": queries.covered_by(invoice.id, g.viewer),
        "red": red,
        "may_reverse": red is None
        and invoice.red_of_id is None
        and g.viewer.may(P.INVOICE_REGISTER),
        "attachments": attached_to(invoice, g.viewer),
        "attach": attach,
        "names": people([invoice.registered_by]),
        "entries": happenings(entries),
    }


def request_context(request: InvoiceRequest) -> dict[str, Any]:
    """The page of a request that was fetched for the viewer."""
    rows = [part.statement for part in request.parts]
    return {
        "asked": request,
        "label": labels.REQUESTS[request.state],
        "kind": INVOICE_WORDS[InvoiceKind(request.kind)],
        "left": queries.billables(rows),
        "answer": queries.answer_to(request.id, g.viewer),
        "may": request.state == RequestState.OPEN and g.viewer.may(P.INVOICE_REGISTER),
        "names": people([request.asked_by]),
        "entries": happenings(audit.timeline(request, public_only=False)),
    }


def tabs(here: str) -> list[Tab]:
    """Register and requests, with how many wait."""
    waiting = queries.open_requests(g.viewer)
    return [
        (_("Register"), url_for("desk_invoices.index"), here == "index", None),
        (
            _("Requests"),
            url_for("desk_invoices.requests"),
            here == "requests",
            f"{waiting:,}" if waiting else None,
        ),
    ]
