"""Receipts at the desk: the list, a new one, what it pays for, deposits; undone and cancelled with a reason."""

from __future__ import annotations

from decimal import Decimal
from functools import partial
from typing import Any

from flask import Response, flash, g, redirect, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import joinedload

from portal.access.guards import fetch, requires
from portal.access.permissions import Permission as P
from portal.customers.models import Customer
from portal.kernel import clock
from portal.receivables.actions import allocating, deposits, receipts
from portal.receivables.forms.receipts import ReceiptForm
from portal.receivables.models import Allocation, Receipt
from portal.receivables.queries import receipts as queries
from portal.receivables.views import receipt_page
from portal.receivables.views.desk_door import choose_customer, chosen_customer, reason, seen
from portal.receivables.views.desk_door import receipt_door as bp
from portal.receivables.views.receipt_list import receipt_spec
from portal.receivables.views.receipt_tabs import tabs
from portal.web.filters import day
from portal.web.flask_app import once
from portal.web.forms import attempted, form_page, tried
from portal.web.listing import list_page
from portal.web.pages import page, refused
from portal.web.stepping import done_at, fresh

PAGE = "receivables/desk_receipt.html"
ZERO = Decimal(0)


@bp.get("/receipts")
@requires(P.RECEIPT_SEE)
def index() -> Any:
    """Every receipt that one may see."""
    found = queries.receipt_list(g.viewer)
    return list_page(receipt_spec(), found, "receivables/desk_receipts.html", tabs=tabs("index"))


@bp.route("/receipts/new", methods=["GET", "POST"])
@once
@requires(P.RECEIPT_RECORD)
def new() -> Any:
    """First from whom, then what came in; what it pays for is proposed on the next page."""
    customer = chosen_customer()
    if customer is None:
        back = (_("Receipts"), url_for(".index"))
        return choose_customer(_("Record a receipt: from which customer?"), "", back)
    form = ReceiptForm(
        data={"currency": customer.default_currency, "received_on": clock.today(), "payer_name": customer.name_zh}
    )  # fmt: skip
    if form.validate_on_submit():
        row = attempted(
            form, lambda: receipts.record(customer, form.facts(), g.viewer, clock.now())
        )
        if row is not None:
            return _recorded(row, customer)
    return form_page("receivables/desk_receipt_new.html", form, customer=customer)


def _recorded(row: Receipt, customer: Customer) -> Response:
    alike = queries.alike(customer.id, row.received_on, row.currency, row.amount, g.viewer)
    others = [each.number for each in alike if each.id != row.id]
    if others:
        told = _("%(numbers)s of %(day)s has the same amount. Cancel one if it is the same money.",
                 numbers=", ".join(others), day=day(row.received_on))  # fmt: skip
        flash(told, "warning")
    flash(_("Recorded. Look at what it pays for, then allocate it."), "success")
    return _to(row.id)


@bp.get("/receipts/<int:receipt_id>")
@requires(P.RECEIPT_SEE)
def show(receipt_id: int) -> Any:
    """One receipt: what came in, what it paid for, what is left."""
    return page(PAGE, **receipt_page.context(_receipt(receipt_id)))


@bp.post("/receipts/<int:receipt_id>/allocate")
@requires(P.RECEIPT_RECORD)
def allocate(receipt_id: int) -> Any:
    """Pay for the open items as the page says."""
    receipt = _receipt(receipt_id)
    shown = receipt_page.allocating(receipt)
    if shown is None:
        flash(_("There is nothing to allocate, or nothing to allocate it to."), "error")
        return _to(receipt_id)
    form = shown.form
    if form.validate_on_submit() and fresh(form, receipt):
        wishes = form.wishes(shown.owed, receipt.currency)
        verb = partial(allocating.allocate, receipt, wishes, form.on.data, g.viewer, clock.now())
        if tried(form, verb) is not None:
            flash(_("Allocated."), "success")
            return _to(receipt_id)
    return refused(PAGE, **receipt_page.context(receipt, form=shown))


@bp.post("/receipts/allocations/<int:allocation_id>/undo")
@requires(P.RECEIPT_RECORD)
def undo(allocation_id: int) -> Response:
    """Take one allocation back, with a reason."""
    row = fetch(Allocation, allocation_id)
    verb = partial(allocating.undo, row, reason(), g.viewer, clock.now())
    url = url_for(".show", receipt_id=row.receipt_id)
    return done_at(url, _("Undone: receipt and open item are open again by as much."), verb)


@bp.post("/receipts/<int:receipt_id>/cancel")
@requires(P.RECEIPT_RECORD)
def cancel(receipt_id: int) -> Response:
    """It was recorded by mistake."""
    receipt = _receipt(receipt_id)

    def verb() -> None:
        seen(receipt)
        receipts.cancel(receipt, reason(), g.viewer, clock.now())

    return done_at(url_for(".show", receipt_id=receipt_id), _("Cancelled. Its number stays."), verb)


@bp.post("/receipts/<int:receipt_id>/deposit")
@requires(P.RECEIPT_RECORD)
def deposit(receipt_id: int) -> Any:
    """A deposit is refunded or set off."""
    receipt, form = _receipt(receipt_id), receipt_page.deposit_form()
    if form.validate_on_submit():
        move = {"refund": deposits.refund, "set_off": deposits.set_off}[form.way.data]
        facts = (receipt, form.amount.data or ZERO, form.on.data, form.reason.data or "")
        row = tried(form, lambda: move(*facts, g.viewer, clock.now()))
        if row is not None:
            flash(_("Done: document %(number)s.", number=row.number), "success")
            return _to(receipt_id)
    return refused(PAGE, **receipt_page.context(receipt, deposit=form))


def _receipt(receipt_id: int) -> Receipt:
    return fetch(Receipt, receipt_id, options=(joinedload(Receipt.customer),))


def _to(receipt_id: int) -> Response:
    return redirect(url_for("desk_receipts.show", receipt_id=receipt_id), 303)  # type: ignore[return-value]
