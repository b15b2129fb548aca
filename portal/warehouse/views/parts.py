"""Tabs and choices that several pages of the warehouse share."""

from __future__ import annotations

from typing import Any

from flask import g, request, url_for
from flask_babel import gettext as _

from portal.access.permissions import Permission as P
from portal.db.base import db
from portal.warehouse.models import Warehouse
from portal.warehouse.queries import stock
from portal.web.words import name_of

Tabs = list[tuple[str, str, bool, int | None]]


def stock_tabs(here: str) -> Tabs:
    """Stock, movements, warehouses, files."""
    parts = [
        (".index", _("Stock"), P.STOCK_SEE),
        (".all_movements", _("Movements"), P.STOCK_SEE),
        (".places", _("Warehouses"), P.STOCK_SEE),
        (".files", _("Files"), P.STOCK_RECORD),
    ]
    return [
        (label, url_for(endpoint), endpoint == here, None)
        for endpoint, label, permission in parts
        if g.viewer.may(permission)
    ]


def customer_tabs(customer_id: int, here: str) -> Tabs:
    """One customer's days, lots, movements, goods."""
    parts = [
        (".show", _("Day by day")),
        (".lot_list", _("Lots")),
        (".movement_list", _("Movements")),
        (".item_list", _("Goods")),
    ]
    return [
        (label, url_for(endpoint, customer_id=customer_id), endpoint == here, None)
        for endpoint, label in parts
    ]


def my_tabs(here: str) -> Tabs:
    """The customer's own days, lots, movements; the branch that is looked at stays."""
    parts = [
        (".index", _("Day by day")),
        (".lot_list", _("Lots")),
        (".movement_list", _("Movements")),
    ]
    return [(label, url_for(endpoint), endpoint == here, None) for endpoint, label in parts]


def place_choices() -> list[tuple[Any, str]]:
    """The warehouses in use, for a form."""
    rows = db.session.scalars(stock.warehouses(active=True).order_by(Warehouse.code))
    return [(row.id, f"{row.code} {name_of(row)}") for row in rows]


def begun(form: Any, row: Any) -> Any:
    """A form opened on `row`: it remembers the version it was read at."""
    shown = "" if row is None else str(row.version)
    form.version.data = request.form.get("version", "") if form.is_submitted() else shown
    return form
