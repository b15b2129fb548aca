"""What is owed, at the desk: its ages, one customer, one open item, the account; promises and write-offs."""

from __future__ import annotations

from decimal import Decimal
from functools import partial
from typing import Any

from flask import Response, flash, g, make_response, redirect, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import joinedload

from portal.access.guards import fetch, requires
from portal.access.permissions import Permission as P
from portal.billing.actions import owing
from portal.billing.models import Receivable
from portal.documents.page import stylesheet_tag
from portal.documents.queries import firm_on_paper
from portal.documents.serving import pdf_response
from portal.kernel import clock
from portal.kernel.errors import Invalid, NotFound
from portal.receivables.actions import collecting, papers, standing
from portal.receivables.forms.collecting import OpeningForm
from portal.receivables.views import ageing_page, open_item_page
from portal.receivables.views.customer_page import account_file, account_of, context, span_here
from portal.receivables.views.desk_door import customer_of
from portal.receivables.views.desk_door import receivable_door as bp
from portal.web.filters import static_url
from portal.web.flask_app import once, reads_first
from portal.web.forms import attempted, form_page, tried
from portal.web.pages import page, refused
from portal.web.stepping import done_at, fresh, reason_of

ITEM = "receivables/desk_item.html"
FILES = ("xlsx", "csv")
ZERO = Decimal(0)


@bp.get("/receivables")
@requires(P.AGEING_SEE)
def index() -> Any:
    """The ages of everything that is open, on any day."""
    return page("receivables/desk_ageing.html", **ageing_page.context(ageing_page.asked()))


@bp.get("/receivables/ageing.<kind>")
@requires(P.AGEING_SEE)
def ageing(kind: str) -> Response:
    """The same as a file with control totals."""
    if kind not in FILES:
        raise NotFound()
    return ageing_page.as_file(ageing_page.asked(), kind)


@bp.get("/receivables/customers/<int:customer_id>")
@requires(P.AGEING_SEE)
def customer(customer_id: int) -> Any:
    """Everything about one customer's debts."""
    return page("receivables/desk_customer.html", **context(customer_of(customer_id)))


@bp.post("/receivables/customers/<int:customer_id>/work-out")
@requires(P.DUNNING_SEND)
def work_out(customer_id: int) -> Response:
    """Work the exposure out anew, what is not billed yet included."""
    row = customer_of(customer_id)
    verb = partial(standing.work_out, row.id, clock.now())
    return done_at(url_for(".customer", customer_id=customer_id), _("Worked out anew."), verb)


@bp.get("/receivables/customers/<int:customer_id>/account")
@requires(P.AGEING_SEE)
def account(customer_id: int) -> Any:
    """The account over a span."""
    row, (from_on, until_on) = customer_of(customer_id), span_here()
    found = account_of(row, from_on, until_on)
    shown = {"customer": row, "from_on": from_on, "until_on": until_on, "accounts": found}
    return page("receivables/desk_account.html", **shown)


@bp.get("/receivables/customers/<int:customer_id>/account.<kind>")
@requires(P.AGEING_SEE)
def account_as(customer_id: int, kind: str) -> Response:
    """The account as a file."""
    if kind not in FILES:
        raise NotFound()
    return account_file(customer_of(customer_id), *span_here(), kind)


@bp.get("/receivables/customers/<int:customer_id>/account/paper")
@requires(P.AGEING_SEE)
def account_preview(customer_id: int) -> Response:
    """The statement of account as it would be printed."""
    sheets = (
        url_for("desk_contracts.paper_sheet", v=stylesheet_tag(firm_on_paper().colours)),
        static_url("css/preview.css"),
    )
    html = papers.preview_account(
        customer_of(customer_id), *span_here(), g.viewer, clock.now(), sheets
    )
    response = make_response(html)
    response.headers["Cache-Control"] = "private, no-store"
    return response


@bp.post("/receivables/customers/<int:customer_id>/account/print")
@reads_first
@requires(P.AGEING_SEE)
def print_account(customer_id: int) -> Response:
    """Print it and keep it; the paper is the answer."""
    row, span = customer_of(customer_id), span_here()
    try:
        document = papers.print_account(row, *span, g.viewer, clock.now())
    except Invalid as error:
        flash(reason_of(error), "error")
        return redirect(url_for(".account", customer_id=customer_id), 303)  # type: ignore[return-value]
    return pdf_response(document)


@bp.route("/receivables/customers/<int:customer_id>/opening", methods=["GET", "POST"])
@once
@requires(P.RECEIPT_RECORD)
def opening(customer_id: int) -> Any:
    """Bring an open item of the old books forward."""
    row = customer_of(customer_id)
    form = OpeningForm(data={"currency": row.default_currency})
    if form.validate_on_submit():
        made = attempted(form, lambda: owing.opening(
            row, form.reference.data or "", form.currency.data, form.issued_on.data, form.due_on.data,
            form.amount.data or ZERO, g.viewer, clock.now(), form.note.data or "",
        ))  # fmt: skip
        if made is not None:
            flash(_("Brought forward: %(number)s.", number=made.reference), "success")
            return redirect(url_for(".customer", customer_id=customer_id), 303)
    return form_page("receivables/desk_opening.html", form, customer=row)


@bp.get("/receivables/<int:receivable_id>")
@requires(P.AGEING_SEE)
def item(receivable_id: int) -> Any:
    """One open item with every posting."""
    return page(ITEM, **open_item_page.context(_item(receivable_id)))


@bp.post("/receivables/<int:receivable_id>/promise")
@requires(P.DUNNING_SEND)
def promise(receivable_id: int) -> Any:
    """The customer says by when it pays."""
    row = _item(receivable_id)
    steps = open_item_page.steps(row)
    form = steps.promise
    if form is not None and form.validate_on_submit():
        facts = (row, form.promised_on.data, form.note.data or "", g.viewer, clock.now())
        if tried(form, lambda: collecting.promise(*facts)) is not None:
            return _said(receivable_id, _("Noted. Nobody is reminded of it until then."))
    return refused(ITEM, **open_item_page.context(row, steps))


@bp.post("/receivables/<int:receivable_id>/disputed")
@requires(P.RECEIPT_RECORD)
def disputed(receivable_id: int) -> Any:
    """So much of an item of the old books is disputed."""
    row = _item(receivable_id)
    steps = open_item_page.steps(row)
    form = steps.disputed
    if form is not None and form.validate_on_submit():
        facts = (row, form.amount.data or ZERO, form.reason.data or "", g.viewer, clock.now())
        if tried(form, lambda: collecting.note_disputed(*facts)) is not None:
            return _said(receivable_id, _("Noted. The disputed part is left out of reminders."))
    return refused(ITEM, **open_item_page.context(row, steps))


@bp.post("/receivables/<int:receivable_id>/write-off")
@requires(P.CREDIT_APPROVE)
def write_off(receivable_id: int) -> Any:
    """Give up what will not be paid."""
    row = _item(receivable_id)
    steps = open_item_page.steps(row)
    form = steps.write_off
    if form is not None and form.validate_on_submit() and fresh(form, row):
        facts = (row, form.amount.data or ZERO, form.reason.data or "", g.viewer, clock.now())
        if tried(form, lambda: owing.write_off(*facts)) is not None:
            return _said(receivable_id, _("Written off."))
    return refused(ITEM, **open_item_page.context(row, steps))


def _item(receivable_id: int) -> Receivable:
    together = (joinedload(Receivable.customer), joinedload(Receivable.statement))
    return fetch(Receivable, receivable_id, options=together)


def _said(receivable_id: int, words: str) -> Response:
    flash(words, "success")
    return redirect(url_for("desk_receivables.item", receivable_id=receivable_id), 303)  # type: ignore[return-value]
