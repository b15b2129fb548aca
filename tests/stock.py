"""Warehouses and goods for tests of the stock."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy import select

from portal.customers.models import Customer
from portal.db.base import db
from portal.warehouse.models import StockItem, StockItemSize, Warehouse
from tests.factories import add


def warehouse(code: str) -> Warehouse:
    """A warehouse in use."""
    return add(Warehouse(code=code, name_zh=f"{code}仓库", name_en=f"Warehouse {code}"))


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
