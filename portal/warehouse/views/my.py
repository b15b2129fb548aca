"""The customers' door: what we keep for you, day by day, lot by lot, movement by movement."""

from __future__ import annotations

from typing import Any

from flask import g, request

from portal.access.gate import load
from portal.access.guards import fetch, requires
from portal.access.permissions import Permission as P
from portal.customers.models import Customer
from portal.customers.queries import all_customers
from portal.db import audit
from portal.warehouse.models import StockLot, StockMovement
from portal.warehouse.queries import stock
from portal.warehouse.views import lots
from portal.warehouse.views.doors import my as bp
from portal.warehouse.views.lists import MY_LOTS
from portal.warehouse.views.movement_lists import MY_MOVEMENTS
from portal.warehouse.views.parts import my_tabs
from portal.warehouse.views.report import report_of, shown
from portal.warehouse.views.shown import movement_context
from portal.web.listing import list_page
from portal.web.pages import page


@bp.get("/stock")
@requires(P.STOCK_SEE)
def index() -> Any:
    """Our stock day by day; of one branch where `?customer=` names it."""
    return shown(report_of(_whose()), "warehouse/my_index.html", ".index")


@bp.get("/stock/lots")
@requires(P.STOCK_SEE)
def lot_list() -> Any:
    """Our lots with their age."""
    tabs = my_tabs(".lot_list")
    return list_page(MY_LOTS, stock.lots(g.viewer), "warehouse/my_list.html", tabs=tabs)


@bp.get("/stock/movements")
@requires(P.STOCK_SEE)
def movement_list() -> Any:
    """What came in and went out."""
    tabs = my_tabs(".movement_list")
    return list_page(MY_MOVEMENTS, stock.movements(g.viewer), "warehouse/my_list.html", tabs=tabs)


@bp.get("/stock/lots/<int:lot_id>")
@requires(P.STOCK_SEE)
def lot(lot_id: int) -> Any:
    """One lot: what it holds, since when, and everything that moved."""
    return lots.lot_page(fetch(StockLot, lot_id), MY_MOVEMENTS, "warehouse/my_lot.html")


@bp.get("/stock/movements/<int:movement_id>")
@requires(P.STOCK_SEE)
def movement(movement_id: int) -> Any:
    """One movement."""
    row = fetch(StockMovement, movement_id)
    entries = audit.timeline(row, public_only=True)
    return page("warehouse/my_movement.html", **movement_context(row, entries))


def _whose() -> Customer:
    """The customer itself, or the branch that the address names, if it is within reach."""
    wanted = request.args.get("customer", type=int) or g.viewer.customer_id
    return load(Customer, wanted, g.viewer, P.STOCK_SEE)


@bp.context_processor
def branches() -> dict[str, Any]:
    """Those whose stock this person may look at, to choose from."""
    reach = g.viewer.customer_ids or ()
    return {"within_reach": all_customers(g.viewer) if len(reach) > 1 else []}
