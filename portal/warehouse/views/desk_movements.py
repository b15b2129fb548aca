"""Movements at the desk: post one, look at it, put it right."""

from __future__ import annotations

import secrets
from typing import Any

from flask import flash, g, redirect, request, url_for
from flask_babel import gettext as _

from portal.access.guards import fetch, requires
from portal.access.permissions import Permission as P
from portal.customers.models import Customer
from portal.db import audit
from portal.kernel import clock
from portal.kernel.errors import Invalid
from portal.kernel.text import t
from portal.kernel.units import unit_word
from portal.warehouse.actions import posting
from portal.warehouse.forms.forms import MovementForm
from portal.warehouse.models import StockMovement
from portal.warehouse.queries import stock
from portal.warehouse.rules.facts import MovementFact, doubt_of
from portal.warehouse.rules.unit_days import MovementKind
from portal.warehouse.views.doors import desk as bp
from portal.warehouse.views.movement_lists import ALL_MOVEMENTS
from portal.warehouse.views.parts import place_choices, stock_tabs
from portal.warehouse.views.shown import movement_context
from portal.web.forms import attempted, form_page
from portal.web.listing import list_page
from portal.web.pages import page
from portal.web.words import say


@bp.get("/stock/movements")
@requires(P.STOCK_SEE)
def all_movements() -> Any:
    """Every movement of every customer."""
    tabs = stock_tabs(".all_movements")
    return list_page(ALL_MOVEMENTS, stock.movements(g.viewer), "warehouse/index.html", tabs=tabs)


@bp.route("/stock/customers/<int:customer_id>/movements/new", methods=["GET", "POST"])
@requires(P.STOCK_RECORD)
def new_movement(customer_id: int) -> Any:
    """Post one movement."""
    customer = fetch(Customer, customer_id)
    form = _form(customer)
    if form.validate_on_submit():
        posted = attempted(form, lambda: _posted(form, customer))
        if posted is not None:
            _tell(posted)
            return redirect(url_for(".movement", movement_id=posted.movement.id), 303)
    return form_page("warehouse/movement_new.html", form, customer=customer)


def _posted(form: MovementForm, customer: Customer) -> posting.Posted:
    """Post what was typed; Invalid at the box to be ticked when it is most likely written in another unit."""
    fact = _fact(form, customer)
    doubt = doubt_of(fact)
    if doubt is not None and not form.confirmed.data:
        asked = t(
            "%(found)s is unusual. Expected: %(expected)s. Tick it if the figures are right.",
            found=doubt.found,
            expected=doubt.expected,
        )
        raise Invalid(asked, "confirmed")
    return posting.post(fact, g.viewer, clock.now())


def _form(customer: Customer) -> MovementForm:
    form = MovementForm(
        data={
            "key": secrets.token_hex(4),
            "moved_on": clock.today(),
            "kind": request.args.get("kind", "in"),
            "lot": request.args.get("lot", "")[:60],
            "sku": request.args.get("sku", ""),
        }
    )
    form.warehouse_id.choices = place_choices()
    named = [(sku, f"{sku} {name}".strip()) for sku, name in stock.skus(customer.id, g.viewer)]
    form.sku.choices = [("", _("None: the lot is counted as a whole")), *named]
    return form


def _fact(form: MovementForm, customer: Customer) -> MovementFact:
    """What was typed. A paper without a number gets one of the form's own, so that sending twice posts once."""
    moved_on, key = form.moved_on.data, (form.key.data or "")[:8]
    measures: dict[str, Any] = {
        name: form[name].data for name in ("pieces", "m3", "kg", "pallets", "teu")
    }
    return MovementFact(
        customer.id, form.warehouse_id.data, MovementKind(form.kind.data), moved_on,
        f"page:{customer.id}", (form.reference.data or "").strip() or f"{moved_on:%Y%m%d}-{key}",
        lot=(form.lot.data or "").strip(), sku=form.sku.data or "", clock=form.clock.data or "",
        reason=(form.reason.data or "").strip(), note=(form.note.data or "").strip(), **measures,
    )  # fmt: skip


def _tell(posted: posting.Posted) -> None:
    if not posted.is_new:
        flash(_("This paper was taken already; nothing was posted a second time."), "info")
        return
    flash(_("Posted."), "success")
    for unit in posted.unmeasured:
        text = _(
            "Nobody knows what a piece measures: nothing was counted in %(unit)s.",
            unit=say(unit_word(unit)),
        )
        flash(text, "warning")


@bp.get("/stock/movements/<int:movement_id>")
@requires(P.STOCK_SEE)
def movement(movement_id: int) -> Any:
    """One movement with its history."""
    row = fetch(StockMovement, movement_id)
    entries = audit.timeline(row, public_only=False)
    return page("warehouse/movement.html", **movement_context(row, entries))


@bp.post("/stock/movements/<int:movement_id>/reverse")
@requires(P.STOCK_RECORD)
def reverse(movement_id: int) -> Any:
    """Put a movement right by its contrary, with a reason."""
    row = fetch(StockMovement, movement_id)
    try:
        contrary = posting.reverse(row, request.form.get("reason", ""), g.viewer, clock.now())
    except Invalid as error:
        flash(say(error.text), "error")
        response = redirect(url_for(".movement", movement_id=movement_id), 303)
        response.headers["X-Refused"] = "1"
        return response
    flash(_("Reversed by a movement of its own."), "success")
    return redirect(url_for(".movement", movement_id=contrary.id), 303)
