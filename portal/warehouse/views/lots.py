"""The page of one lot, for both doors."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from flask import g

from portal.catalogue.rules.storage import DayCount
from portal.kernel import clock
from portal.kernel.period import Period
from portal.warehouse.labels import UNITS
from portal.warehouse.models import StockLot, StockMovement
from portal.warehouse.queries import stock, unitdays
from portal.warehouse.queries.unitdays import Asked
from portal.warehouse.rules.daybook import FIELDS
from portal.warehouse.rules.layers import layers_of
from portal.web.listing import ListSpec, list_page

SHOWN = 50


class Aged(NamedTuple):
    """What came in on one day and is still there."""

    arrived_on: date
    age: int
    came: Decimal
    left: Decimal


def lot_page(lot: StockLot, movements: ListSpec, template: str) -> Any:
    """What the lot holds, since when, and its movements."""
    statement = stock.movements(g.viewer, lot.customer_id).where(StockMovement.lot_id == lot.id)
    unit = leading_unit(lot)
    return list_page(
        movements, statement, template, lot=lot, customer=lot.customer,
        unit=UNITS[unit], layers=ages(lot, unit, clock.today()),
    )  # fmt: skip


def leading_unit(lot: StockLot) -> str:
    """The unit that the lot is counted in: pieces where it has any, else the first measure it holds."""
    return next((unit for unit, name in FIELDS.items() if getattr(lot, name)), "H87")


def ages(lot: StockLot, unit: str, today: date) -> list[Aged]:
    """What is still there by the day it came in: what leaves takes from the oldest first (W5)."""
    if lot.first_in_on is None or not getattr(lot, FIELDS[unit]):
        return []
    period = Period(lot.first_in_on, max(today, lot.last_on or today))
    asked = Asked(lot.customer_id, unit, period, DayCount.BOTH, lot_id=lot.id)
    flows = [flow for flow in unitdays.movements(asked, g.viewer) if flow.quantity]
    found = [layer for layer in layers_of(flows) if layer.left]
    return [
        Aged(layer.arrived_on, layer.age_on(today), layer.quantity, layer.left)
        for layer in found[:SHOWN]
    ]
