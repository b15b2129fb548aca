"""Warehouses, and goods with the size of a piece from a day on (DOMAIN W3)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from portal.access.viewer import Viewer
from portal.db import audit, whole
from portal.db.base import db
from portal.kernel.errors import Invalid, Problem
from portal.kernel.text import t
from portal.warehouse.models import StockItem, StockItemSize, Warehouse
from portal.warehouse.rules.stock import size_warnings

WAREHOUSE_FIELDS = ("code", "name_zh", "name_en", "address", "active")
ITEM_FIELDS = ("sku", "name", "pieces_per_case", "pieces_per_pallet", "active")


@dataclass(frozen=True, slots=True)
class WarehouseFacts:
    """What a form or the demo says of a warehouse."""

    code: str
    name_zh: str
    name_en: str = ""
    address: str = ""
    active: bool = True


@dataclass(frozen=True, slots=True)
class ItemFacts:
    """What a form says of goods."""

    sku: str
    name: str = ""
    pieces_per_case: int | None = None
    pieces_per_pallet: int | None = None
    active: bool = True


def save_warehouse(
    row: Warehouse | None, facts: WarehouseFacts, actor: Viewer, now: datetime
) -> Warehouse:
    """A new warehouse, or `row` changed. Invalid at the code when another has it."""
    code = facts.code.strip().upper()
    if not code:
        raise Invalid(t("Give the warehouse a code."), "code")
    if [each for each in whole.holders(Warehouse, "code", code) if row is None or each != row.id]:
        raise Invalid(t("Another warehouse has this code."), "code")
    is_new = row is None
    row = row or Warehouse()
    before = None if is_new else _told(row, WAREHOUSE_FIELDS)
    for name in WAREHOUSE_FIELDS:
        setattr(row, name, getattr(facts, name))
    row.code = code
    db.session.add(row)
    event = "warehouse.created" if is_new else "warehouse.changed"
    audit.record(actor, event, row, now, before=before, after=_told(row, WAREHOUSE_FIELDS))
    return row


def save_item(
    row: StockItem | None, customer_id: int, facts: ItemFacts, actor: Viewer, now: datetime
) -> StockItem:
    """New goods of a customer, or `row` changed. Invalid at the SKU when other goods of the customer have it."""
    sku = facts.sku.strip()
    if not sku:
        raise Invalid(t("Give the SKU of the goods."), "sku")
    known = item_of(customer_id, sku)
    if known is not None and known is not row:
        raise Invalid(t("This customer has goods with this SKU already."), "sku")
    if row is not None and row.sku != sku:
        raise Invalid(t("The SKU stays; add other goods under another SKU."), "sku")
    is_new = row is None
    row = row or StockItem(customer_id=customer_id)
    before = None if is_new else _told(row, ITEM_FIELDS)
    for name in ITEM_FIELDS:
        setattr(row, name, getattr(facts, name))
    row.sku = sku
    db.session.add(row)
    event = "stock_item.created" if is_new else "stock_item.changed"
    audit.record(actor, event, row, now, before=before, after=_told(row, ITEM_FIELDS))
    return row


def set_size(
    item: StockItem, from_on: date, unit_m3: Decimal | None, unit_kg: Decimal | None, actor: Viewer, now: datetime
) -> tuple[Problem, ...]:  # fmt: skip
    """What a piece measures from `from_on` on; what moved before keeps its size. What is worth asking (W12)."""
    for name, stated in (("unit_m3", unit_m3), ("unit_kg", unit_kg)):
        if stated is not None and stated <= 0:
            raise Invalid(t("A number above 0, or nothing where it is not known."), name)
    known = next((size for size in item.sizes if size.from_on == from_on), None)
    before = None if known is None else _size(known)
    size = known or StockItemSize(customer_id=item.customer_id, from_on=from_on)
    size.unit_m3, size.unit_kg = unit_m3, unit_kg
    if known is None:
        item.sizes.append(size)
    audit.record(actor, "stock_item.sized", item, now, before=before, after=_size(size))
    return tuple(size_warnings(unit_m3, unit_kg))


def item_of(customer_id: int, sku: str) -> StockItem | None:
    """The goods of a customer with this SKU."""
    found: StockItem | None = (
        db.session.query(StockItem).filter_by(customer_id=customer_id, sku=sku).one_or_none()
    )
    return found


def _told(row: Warehouse | StockItem, names: Iterable[str]) -> dict[str, str]:
    return {name: str(value) for name in names if (value := getattr(row, name)) not in (None, "")}


def _size(size: StockItemSize) -> dict[str, str]:
    told = {"from": size.from_on.isoformat()}
    known = {"m3": size.unit_m3, "kg": size.unit_kg}
    return told | {name: f"{each.normalize():f}" for name, each in known.items() if each}
