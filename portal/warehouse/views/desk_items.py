"""Goods of a customer at the desk: the SKU, and what one piece measures from a day on."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from flask import flash, g, redirect, url_for
from flask_babel import gettext as _

from portal.access.guards import fetch, requires
from portal.access.permissions import Permission as P
from portal.customers.models import Customer
from portal.db import audit
from portal.kernel import clock
from portal.kernel.errors import Problem
from portal.warehouse.actions import items
from portal.warehouse.actions.items import ItemFacts
from portal.warehouse.forms.forms import ItemForm, SizeForm
from portal.warehouse.models import StockItem
from portal.warehouse.queries import stock
from portal.warehouse.rules.cells import CM3_IN_M3
from portal.warehouse.views.doors import desk as bp
from portal.warehouse.views.lists import ITEMS
from portal.warehouse.views.parts import begun, customer_tabs
from portal.web.forms import attempted, form_page
from portal.web.listing import list_page
from portal.web.pages import page
from portal.web.timeline import happenings
from portal.web.words import say


@bp.get("/stock/customers/<int:customer_id>/goods")
@requires(P.STOCK_SEE)
def item_list(customer_id: int) -> Any:
    """The goods of a customer."""
    customer = fetch(Customer, customer_id)
    tabs = customer_tabs(customer_id, ".item_list")
    statement = stock.item_list(g.viewer, customer_id)
    return list_page(ITEMS, statement, "warehouse/customer_list.html", customer=customer, tabs=tabs)


@bp.route("/stock/customers/<int:customer_id>/goods/new", methods=["GET", "POST"])
@requires(P.STOCK_RECORD)
def new_item(customer_id: int) -> Any:
    """Add goods; their size comes next."""
    customer, form = fetch(Customer, customer_id), ItemForm()
    if form.validate_on_submit():
        row = attempted(
            form,
            lambda: items.save_item(None, customer_id, _facts(form), g.viewer, clock.now()),
        )
        if row is not None:
            flash(_("Added. Now say what one piece measures."), "success")
            return redirect(url_for(".item", goods_id=row.id), 303)
    return form_page("warehouse/item_edit.html", form, customer=customer, item=None)


@bp.get("/stock/goods/<int:goods_id>")
@requires(P.STOCK_SEE)
def item(goods_id: int) -> Any:
    """One kind of goods with its sizes."""
    return page("warehouse/item.html", form=_size_form(), **_context(fetch(StockItem, goods_id)))


@bp.route("/stock/goods/<int:goods_id>/edit", methods=["GET", "POST"])
@requires(P.STOCK_RECORD)
def edit_item(goods_id: int) -> Any:
    """Change the name and how goods are packed."""
    row = fetch(StockItem, goods_id)
    form = begun(ItemForm(obj=row), row)
    if form.validate_on_submit() and attempted(form, lambda: _saved(row, form)):
        flash(_("Saved."), "success")
        return redirect(url_for(".item", goods_id=goods_id), 303)
    return form_page("warehouse/item_edit.html", form, customer=row.customer, item=row)


@bp.post("/stock/goods/<int:goods_id>/sizes")
@requires(P.STOCK_RECORD)
def size_item(goods_id: int) -> Any:
    """What one piece measures from a day on."""
    row, form = fetch(StockItem, goods_id), _size_form()
    if form.validate_on_submit():
        asked = attempted(form, lambda: _sized(row, form))
        if asked is not None:
            _tell(asked)
            return redirect(url_for(".item", goods_id=goods_id), 303)
    return form_page("warehouse/item.html", form, **_context(row))


def _saved(row: StockItem, form: ItemForm) -> StockItem:
    now, facts = clock.now(), _facts(form)
    return items.save_item(row, row.customer_id, facts, g.viewer, now, form.seen_version)


def _facts(form: ItemForm) -> ItemFacts:
    case, pallet = form.pieces_per_case.data, form.pieces_per_pallet.data
    return ItemFacts(
        form.sku.data or "",
        (form.name.data or "").strip(),
        None if case is None else int(case),
        None if pallet is None else int(pallet),
        bool(form.active.data),
    )


def _size_form() -> SizeForm:
    return SizeForm(data={"from_on": clock.today()})


def _sized(row: StockItem, form: SizeForm) -> tuple[Problem, ...]:
    unit_m3: Decimal | None = form.unit_m3.data
    if unit_m3 is not None and form.volume_unit.data == "cm3":
        unit_m3 = (unit_m3 * CM3_IN_M3).quantize(Decimal("0.000000001"))
    now = clock.now()
    return items.set_size(row, form.from_on.data, unit_m3, form.unit_kg.data, g.viewer, now)


def _tell(asked: tuple[Problem, ...]) -> None:
    flash(_("The size is noted. What moved before keeps its measures."), "success")
    for problem in asked:
        shown = problem.found or "—"
        flash(_("Please look again: %(found)s; expected %(expected)s.", found=shown,
                expected=say(problem.expected)), "warning")  # fmt: skip


def _context(row: StockItem) -> dict[str, Any]:
    entries = audit.timeline(row, public_only=False)
    return {
        "item": row,
        "customer": row.customer,
        "entries": happenings(entries),
    }
