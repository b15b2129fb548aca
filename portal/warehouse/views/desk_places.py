"""Warehouses at the desk, and the months that are closed in each."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import flash, g, redirect, url_for
from flask_babel import gettext as _

from portal.access.guards import fetch, requires
from portal.access.permissions import Permission as P
from portal.db import audit
from portal.kernel import clock
from portal.kernel.errors import Invalid, NotFound
from portal.kernel.text import t
from portal.warehouse.actions import items, months
from portal.warehouse.actions.items import WarehouseFacts
from portal.warehouse.forms.forms import CloseForm, ReasonForm, WarehouseForm
from portal.warehouse.models import StockPeriod, Warehouse
from portal.warehouse.queries import stock
from portal.warehouse.rules.months import month_end, month_start
from portal.warehouse.views.doors import desk as bp
from portal.warehouse.views.lists import WAREHOUSES
from portal.warehouse.views.parts import begun, stock_tabs
from portal.web.forms import attempted, form_page
from portal.web.listing import list_page
from portal.web.pages import page
from portal.web.timeline import happenings

MONTHS_OFFERED = 12


@bp.get("/warehouses")
@requires(P.STOCK_SEE)
def places() -> Any:
    """The firm's warehouses."""
    return list_page(
        WAREHOUSES, stock.warehouses(), "warehouse/places.html", tabs=stock_tabs(".places")
    )


@bp.route("/warehouses/new", methods=["GET", "POST"])
@requires(P.WAREHOUSE_EDIT)
def new_place() -> Any:
    """Add a warehouse."""
    return _edited(None)


@bp.route("/warehouses/<int:warehouse_id>/edit", methods=["GET", "POST"])
@requires(P.WAREHOUSE_EDIT)
def edit_place(warehouse_id: int) -> Any:
    """Change a warehouse."""
    return _edited(fetch(Warehouse, warehouse_id))


def _edited(row: Warehouse | None) -> Any:
    form = begun(WarehouseForm(obj=row), row)
    if form.validate_on_submit():
        saved = attempted(
            form,
            lambda: items.save_warehouse(
                row, _facts(form), g.viewer, clock.now(), form.seen_version
            ),
        )
        if saved is not None:
            flash(_("Saved."), "success")
            return redirect(url_for(".place", warehouse_id=saved.id), 303)
    return form_page("warehouse/place_edit.html", form, place=row)


def _facts(form: WarehouseForm) -> WarehouseFacts:
    return WarehouseFacts(
        form.code.data or "", (form.name_zh.data or "").strip(), (form.name_en.data or "").strip(),
        (form.address.data or "").strip(), bool(form.active.data),
    )  # fmt: skip


@bp.get("/warehouses/<int:warehouse_id>")
@requires(P.STOCK_SEE)
def place(warehouse_id: int) -> Any:
    """One warehouse with its closed months."""
    row = fetch(Warehouse, warehouse_id)
    return page("warehouse/place.html", form=_close_form(row), **_context(row))


@bp.post("/warehouses/<int:warehouse_id>/close")
@requires(P.STOCK_CLOSE)
def close_month(warehouse_id: int) -> Any:
    """Close a month: later papers count in the next one."""
    row = fetch(Warehouse, warehouse_id)
    form = _close_form(row)
    if form.validate_on_submit():
        month = date.fromisoformat(f"{form.month.data}-01")
        if attempted(form, lambda: months.close(row, month, g.viewer, clock.now())):
            flash(_("%(month)s is closed.", month=form.month.data), "success")
            return redirect(url_for(".place", warehouse_id=warehouse_id), 303)
    return form_page("warehouse/place.html", form, **_context(row))


@bp.post("/warehouses/<int:warehouse_id>/reopen")
@requires(P.STOCK_CLOSE)
def reopen_month(warehouse_id: int) -> Any:
    """Open the last closed month again, with a reason."""
    row, form = fetch(Warehouse, warehouse_id), ReasonForm()
    closed = stock.closed_periods(row)
    if not closed:
        raise NotFound()
    if not form.validate_on_submit():
        raise Invalid(t("Give the reason."), "reason")
    period: StockPeriod = closed[0][0]
    months.reopen(period, form.reason.data or "", g.viewer, clock.now())
    flash(_("%(month)s is open again.", month=f"{period.month_on:%Y-%m}"), "success")
    return redirect(url_for(".place", warehouse_id=warehouse_id), 303)


def _close_form(row: Warehouse) -> CloseForm:
    """The months that are over and not closed, the oldest first."""
    form, closed = CloseForm(), stock.closed_periods(row)
    today = clock.today()
    first = month_start(stock.first_day(row) or today)
    after = month_end(closed[0][0].month_on) if closed else None
    offered: list[date] = []
    month = first
    while month_end(month) < today:
        if after is None or month > after:
            offered.append(month)
        month = date(month.year + month.month // 12, month.month % 12 + 1, 1)
    form.month.choices = [(f"{each:%Y-%m}", f"{each:%Y-%m}") for each in offered[:MONTHS_OFFERED]]
    return form


def _context(row: Warehouse) -> dict[str, Any]:
    entries = audit.timeline(row, public_only=False)
    return {
        "place": row,
        "closed": stock.closed_periods(row),
        "entries": happenings(entries),
    }
