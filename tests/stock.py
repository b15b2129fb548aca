"""Warehouses and goods for tests of the stock."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import select

from portal.access.viewer import SYSTEM
from portal.customers.models import Customer
from portal.db.base import db
from portal.warehouse.actions import posting
from portal.warehouse.models import StockItem, StockItemSize, StockMovement, Warehouse
from portal.warehouse.rules.facts import MovementFact
from portal.warehouse.rules.unit_days import MovementKind
from tests.factories import add


def warehouse(code: str) -> Warehouse:
    """A warehouse in use, made once."""
    found = db.session.scalar(select(Warehouse).where(Warehouse.code == code))
    return found or add(Warehouse(code=code, name_zh=f"{code}仓库", name_en=f"Warehouse {code}"))


def goods(
    of: Customer, sku: str, *, m3: str | None, kg: str | None, from_on: date = date(2020, 1, 1)
) -> StockItem:
    """Goods of a customer with a size from a day on; the same SKU again gets a further size."""
    found = db.session.scalar(
        select(StockItem).where(StockItem.customer_id == of.id, StockItem.sku == sku)
    )
    item = found or add(StockItem(customer_id=of.id, sku=sku))
    add(StockItemSize(customer_id=of.id, stock_item_id=item.id, from_on=from_on,
                      unit_m3=None if m3 is None else Decimal(m3),
                      unit_kg=None if kg is None else Decimal(kg)))  # fmt: skip
    return item


def stored(
    of: Customer, now: datetime, *, pieces: str = "100", on: date = date(2026, 2, 2)
) -> StockMovement:
    """100 pieces of half a cubic metre and 100 kg that came in under lot L1."""
    goods(of, "A", m3="0.5", kg="100")
    fact = MovementFact(
        of.id, warehouse("SH").id, MovementKind.IN, on, "test", f"D-{of.code}", lot="L1", sku="A",
        pieces=Decimal(pieces),
    )  # fmt: skip
    return posting.post(fact, SYSTEM, now).movement


def goods_in(movement: StockMovement) -> StockItem:
    """The goods that a movement moved."""
    return db.session.scalars(
        select(StockItem).where(
            StockItem.customer_id == movement.customer_id, StockItem.sku == movement.lot.sku
        )
    ).one()
