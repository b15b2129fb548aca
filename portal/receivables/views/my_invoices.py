"""The customer's invoices: asked for over confirmed statements, followed, taken back before they are issued."""

from __future__ import annotations

from typing import Any

from flask import Response, g, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import joinedload, selectinload

from portal.access.guards import fetch, requires
from portal.access.permissions import Permission as P
from portal.customers.models import Customer
from portal.db import audit
from portal.db.base import db
from portal.documents.attached import attached_to
from portal.kernel import clock
from portal.receivables.actions import requests as asking
from portal.receivables.forms.invoices import AskForm, ask_form
from portal.receivables.labels import REQUESTS, REVERSED
from portal.receivables.models import Invoice, InvoiceRequest, InvoiceRequestPart
from portal.receivables.queries import invoices as queries
from portal.receivables.rules.kinds import INVOICE_WORDS, InvoiceKind, RequestState
from portal.receivables.views.desk_door import seen
from portal.receivables.views.invoice_list import INVOICES_LIST, label_of, numbered
from portal.receivables.views.invoice_page import Choice, choices_of
from portal.receivables.views.my_door import companies, company_here, course, said
from portal.receivables.views.my_door import invoice_door as bp
from portal.web.flask_app import once
from portal.web.forms import form_page, tried
from portal.web.listing import list_page
from portal.web.pages import page
from portal.web.stepping import done_at

REQUESTS_SHOWN = 12


@bp.get("/invoices")
@requires(P.INVOICE_SEE)
def index() -> Any:
    """The invoices, and above them what was asked for and is on its way."""
    found = queries.invoices(g.viewer)
    return list_page(INVOICES_LIST, found, "receivables/my_invoices.html", asked=_asked_lately())


def _asked_lately() -> list[Any]:
    """The latest requests with their chips; those that were invoiced stand in the list itself."""
    rows = queries.requests(g.viewer).where(InvoiceRequest.state != RequestState.INVOICED.value)
    found = db.session.scalars(rows.order_by(InvoiceRequest.id.desc()).limit(REQUESTS_SHOWN))
    return [(row, REQUESTS[row.state]) for row in found]


@bp.route("/invoices/new", methods=["GET", "POST"])
@once
@requires(P.INVOICE_ASK)
def new() -> Any:
    """Ask for an invoice; title and tax number are filled in."""
    known = companies()
    customer = company_here(known)
    choices = [
        each
        for each in choices_of(queries.to_invoice(customer.id, g.viewer))
        if each.billable.left_to_ask
    ]
    form = _form(customer, choices)
    if form.validate_on_submit():
        facts = form.facts(each.statement.id for each in choices)
        row = tried(form, lambda: asking.ask(customer, facts, g.viewer, clock.now()))
        if row is not None:
            told = _("Asked for: %(number)s. You see here when it is issued.", number=row.number)
            return said(told, url_for(".show", request_id=row.id))
    shown = {"customer": customer, "companies": known, "choices": choices}
    return form_page("receivables/my_invoice_new.html", form, **shown)


def _form(customer: Customer, choices: list[Choice]) -> AskForm:
    """Everything that is left in the first statement's currency."""
    first = choices[0].statement.currency if choices else "CNY"
    parts = {
        each.statement.id: each.billable.left_to_ask if each.statement.currency == first else None
        for each in choices
    }
    kind = InvoiceKind.SPECIAL if first == "CNY" else InvoiceKind.RECEIPT
    return ask_form(parts, kind=kind.value, **asking.defaults(customer))


@bp.get("/invoices/requests/<int:request_id>")
@requires(P.INVOICE_SEE)
def show(request_id: int) -> Any:
    """One request and what became of it."""
    row = _request(request_id)
    return page(
        "receivables/my_invoice_request.html",
        asked=row,
        label=REQUESTS[row.state],
        kind=INVOICE_WORDS[InvoiceKind(row.kind)],
        answer=queries.answer_to(row.id, g.viewer),
        may_withdraw=row.state == RequestState.OPEN and g.viewer.may(P.INVOICE_ASK),
        entries=course(audit.timeline(row, public_only=True)),
    )


@bp.post("/invoices/requests/<int:request_id>/withdraw")
@requires(P.INVOICE_ASK)
def withdraw(request_id: int) -> Response:
    """Take it back before it is invoiced."""
    row = _request(request_id)

    def verb() -> None:
        seen(row)
        asking.withdraw(row, g.viewer, clock.now())

    return done_at(url_for(".show", request_id=request_id), _("Withdrawn."), verb)


@bp.get("/invoices/<int:invoice_id>")
@requires(P.INVOICE_SEE)
def invoice(invoice_id: int) -> Any:
    """One invoice: what stands on it, what it covers, its scan."""
    row = fetch(
        Invoice, invoice_id, options=(joinedload(Invoice.customer), joinedload(Invoice.red_of))
    )
    red = None if row.red_of_id else queries.red_of(row.id, g.viewer)
    return page(
        "receivables/my_invoice.html",
        invoice=row,
        number=numbered(row),
        label=REVERSED if red else label_of(row),
        kind=INVOICE_WORDS[InvoiceKind(row.kind)],
        red=red,
        covers=queries.covered_by(row.id, g.viewer),
        attachments=attached_to(row, g.viewer),
        entries=course(audit.timeline(row, public_only=True)),
    )


def _request(request_id: int) -> InvoiceRequest:
    parts = selectinload(InvoiceRequest.parts).joinedload(InvoiceRequestPart.statement)
    return fetch(InvoiceRequest, request_id, options=(joinedload(InvoiceRequest.customer), parts))
