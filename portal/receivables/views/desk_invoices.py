"""Invoices at the desk: the register, requests, registering one, its red-letter mirror, the scan beside it."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, g, redirect, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import joinedload, selectinload

from portal.access.guards import fetch, requires
from portal.access.permissions import Permission as P
from portal.documents.actions import attaching
from portal.documents.forms import AttachForm
from portal.documents.rules.files import ACCEPTED, FileKind
from portal.kernel import clock
from portal.kernel.errors import Invalid
from portal.kernel.text import t
from portal.receivables.actions import invoicing
from portal.receivables.actions import requests as asking
from portal.receivables.forms.invoices import RedForm
from portal.receivables.models import Invoice, InvoiceRequest, InvoiceRequestPart
from portal.receivables.queries import invoices as queries
from portal.receivables.rules.kinds import RequestState
from portal.receivables.views.desk_door import choose_customer, chosen_customer, reason, seen
from portal.receivables.views.desk_door import invoice_door as bp
from portal.receivables.views.invoice_list import INVOICES_LIST, REQUESTS_LIST, numbered
from portal.receivables.views.invoice_page import (
    Registering,
    context,
    registering,
    request_context,
    tabs,
)
from portal.receivables.views.list_parts import of_customer
from portal.web.flask_app import once
from portal.web.forms import form_page, tried
from portal.web.listing import list_page
from portal.web.pages import page
from portal.web.stepping import done_at, fresh, number_in
from portal.web.uploads import received

NEW = "receivables/desk_invoice_new.html"


@bp.get("/invoices")
@requires(P.INVOICE_SEE)
def index() -> Any:
    """The register."""
    spec = of_customer(INVOICES_LIST, Invoice.customer_id)
    found = queries.invoices(g.viewer)
    return list_page(spec, found, "receivables/desk_invoices.html", tabs=tabs("index"))


@bp.get("/invoices/requests")
@requires(P.INVOICE_SEE)
def requests() -> Any:
    """What customers asked for, the oldest first."""
    spec = of_customer(REQUESTS_LIST, InvoiceRequest.customer_id)
    found = queries.requests(g.viewer)
    return list_page(spec, found, "receivables/desk_invoice_requests.html", tabs=tabs("requests"))


@bp.get("/invoices/requests/<int:request_id>", endpoint="request")
@requires(P.INVOICE_SEE)
def show_request(request_id: int) -> Any:
    """One request: what is to stand on the invoice, over which statements."""
    return page("receivables/desk_invoice_request.html", **request_context(_asked(request_id)))


@bp.post("/invoices/requests/<int:request_id>/reject")
@requires(P.INVOICE_REGISTER)
def reject(request_id: int) -> Response:
    """It is not invoiced, and why."""
    row = _asked(request_id)

    def verb() -> None:
        seen(row)
        asking.reject(row, reason(), g.viewer, clock.now())

    url = url_for(".request", request_id=request_id)
    return done_at(url, _("Rejected. The customer reads why."), verb)


@bp.route("/invoices/new", methods=["GET", "POST"])
@once
@requires(P.INVOICE_REGISTER)
def new() -> Any:
    """First for whom, or which request; then what stands on the invoice."""
    asked = _asked_here()
    if asked is not None and asked.state != RequestState.OPEN:
        flash(_("This request was answered or taken back already."), "error")
        return redirect(url_for(".request", request_id=asked.id), 303)
    customer = asked.customer if asked else chosen_customer()
    if customer is None:
        back = (_("Invoices"), url_for(".index"))
        return choose_customer(_("Register an invoice: for which customer?"), "", back)
    shown = registering(customer, asked)
    if shown.form.validate_on_submit():
        row = tried(shown.form, lambda: _registered(shown))
        if row is not None:
            flash(_("Registered: %(number)s.", number=numbered(row)), "success")
            return redirect(url_for(".show", invoice_id=row.id), 303)
    return form_page(NEW, shown.form, shown=shown)


def _registered(shown: Registering) -> Invoice:
    facts = shown.form.facts(each.statement.id for each in shown.choices)
    return invoicing.register(shown.customer, facts, g.viewer, clock.now(), shown.request)


@bp.get("/invoices/<int:invoice_id>")
@requires(P.INVOICE_SEE)
def show(invoice_id: int) -> Any:
    """One invoice: what it says, what it covers, its scan, and the red one that took it back."""
    attach = AttachForm(data={"kind": FileKind.TAX_INVOICE.value, "is_shared": True})
    form = attach if g.viewer.may(P.INVOICE_REGISTER) else None
    return page("receivables/desk_invoice.html", **context(_invoice(invoice_id), form))


@bp.route("/invoices/<int:invoice_id>/reverse", methods=["GET", "POST"])
@once
@requires(P.INVOICE_REGISTER)
def reverse(invoice_id: int) -> Any:
    """Register the red-letter invoice that takes it back."""
    invoice = _invoice(invoice_id)
    form = RedForm(data={"version": str(invoice.version), "issued_on": clock.today()})
    if form.validate_on_submit() and fresh(form, invoice):
        row = tried(form, lambda: invoicing.reverse(invoice, form.facts(), g.viewer, clock.now()))
        if row is not None:
            flash(_("Reversed. What it covered can be invoiced anew."), "success")
            return redirect(url_for(".show", invoice_id=row.id), 303)
    covers = queries.covered_by(invoice.id, g.viewer)
    shown = {"invoice": invoice, "number": numbered(invoice), "covers": covers}
    return form_page("receivables/desk_invoice_reverse.html", form, **shown)


@bp.post("/invoices/<int:invoice_id>/files")
@requires(P.INVOICE_REGISTER)
def attach(invoice_id: int) -> Response:
    """Keep its scan beside it."""
    invoice = _invoice(invoice_id)
    url = url_for(".show", invoice_id=invoice_id, _anchor="files")
    return done_at(url, _("Attached."), lambda: _attached(invoice))


def _attached(invoice: Invoice) -> None:
    form = AttachForm()
    if not form.validate():
        raise Invalid(t("Choose the kind of file."))
    file = received(request.files.get("file"), "file", ACCEPTED)
    kind, shared, note = FileKind(form.kind.data), form.is_shared.data, form.note.data or ""
    attaching.attach(invoice, file, kind, g.viewer, clock.now(), is_shared=shared, note=note)


def _invoice(invoice_id: int) -> Invoice:
    return fetch(
        Invoice, invoice_id, options=(joinedload(Invoice.customer), joinedload(Invoice.red_of))
    )


def _asked(request_id: int) -> InvoiceRequest:
    parts = selectinload(InvoiceRequest.parts).joinedload(InvoiceRequestPart.statement)
    return fetch(InvoiceRequest, request_id, options=(joinedload(InvoiceRequest.customer), parts))


def _asked_here() -> InvoiceRequest | None:
    request_id = number_in("request")
    return None if request_id is None else _asked(request_id)
