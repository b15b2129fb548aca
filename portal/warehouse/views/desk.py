"""The desk's stock: who has what, the report of one customer, and what is done about it in the modules beside."""

from __future__ import annotations

from typing import Any

from flask import g, request

from portal.access.guards import fetch, requires
from portal.access.permissions import Permission as P
from portal.customers.models import Customer
from portal.warehouse.models import StockLot
from portal.warehouse.queries import stock
from portal.warehouse.views import desk_files, desk_items, desk_movements, desk_places, lots
from portal.warehouse.views.doors import desk as bp
from portal.warehouse.views.lists import DESK_LOTS, OVERVIEW
from portal.warehouse.views.movement_lists import DESK_MOVEMENTS
from portal.warehouse.views.parts import customer_tabs, stock_tabs
from portal.warehouse.views.report import report_of, shown
from portal.web.listing import list_page

MODULES = (desk_files, desk_items, desk_movements, desk_places)
"""They hang their views on the same door."""


@bp.get("/stock")
@requires(P.STOCK_SEE)
def index() -> Any:
    """Every customer with a stock, with what it holds today."""
    place = request.args.get("warehouse", type=int)
    return list_page(
        OVERVIEW, stock.overview(g.viewer, place), "warehouse/index.html", tabs=stock_tabs(".index")
    )


@bp.get("/stock/customers/<int:customer_id>")
@requires(P.STOCK_SEE)
def show(customer_id: int) -> Any:
    """One customer's stock day by day."""
    report = report_of(fetch(Customer, customer_id))
    return shown(report, "warehouse/show.html", ".show", customer_id=customer_id)


@bp.get("/stock/customers/<int:customer_id>/lots")
@requires(P.STOCK_SEE)
def lot_list(customer_id: int) -> Any:
    """The lots of one customer with their age."""
    customer = fetch(Customer, customer_id)
    tabs = customer_tabs(customer_id, ".lot_list")
    statement = stock.lots(g.viewer, customer_id)
    return list_page(
        DESK_LOTS, statement, "warehouse/customer_list.html", customer=customer, tabs=tabs
    )


@bp.get("/stock/customers/<int:customer_id>/movements")
@requires(P.STOCK_SEE)
def movement_list(customer_id: int) -> Any:
    """The movements of one customer."""
    customer = fetch(Customer, customer_id)
    tabs = customer_tabs(customer_id, ".movement_list")
    statement = stock.movements(g.viewer, customer_id)
    return list_page(
        DESK_MOVEMENTS, statement, "warehouse/customer_list.html", customer=customer, tabs=tabs
    )


@bp.get("/stock/lots/<int:lot_id>")
@requires(P.STOCK_SEE)
def lot(lot_id: int) -> Any:
    """One lot: what it holds, since when, and everything that moved."""
    return lots.lot_page(fetch(StockLot, lot_id), DESK_MOVEMENTS, "warehouse/lot.html")
