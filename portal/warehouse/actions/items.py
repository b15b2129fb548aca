"""Warehouses, and goods with the size of a piece from a day on (DOMAIN W3)."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal

from portal.access.viewer import Viewer
from portal.catalogue.actions.editing import change, create
from portal.db import audit, whole
from portal.db.base import db
from portal.kernel.errors import Invalid, Problem
from portal.kernel.text import t
from portal.warehouse.models import StockItem, StockItemSize, Warehouse
from portal.warehouse.rules.stock import size_warnings


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
    row: Warehouse | None, facts: WarehouseFacts, actor: Viewer, now: datetime, seen: int = 0
) -> Warehouse:
    """A new warehouse, or `row`, read at version `seen`, changed.

    Invalid at the code when another has it; EditClash says who changed the same in between.
    """
    values = {**asdict(facts), "code": facts.code.strip().upper()}
    if not values["code"]:
        raise Invalid(t("Give the warehouse a code."), "code")
    if set(whole.holders(Warehouse, "code", values["code"])) - {row.id if row else None}:
        raise Invalid(t("Another warehouse has this code."), "code")
    if row is None:
        return create(Warehouse(), values, "warehouse.created", actor, now)
    return change(row, values, seen, "warehouse.changed", actor, now)


def save_item(
    row: StockItem | None,
    customer_id: int,
    facts: ItemFacts,
    actor: Viewer,
    now: datetime,
    seen: int = 0,
) -> StockItem:
    """New goods of a customer, or `row`, read at version `seen`, changed.

    Invalid at the SKU when other goods of the customer have it; EditClash as for a warehouse.
    """
    values = {**asdict(facts), "sku": facts.sku.strip()}
    if not values["sku"]:
        raise Invalid(t("Give the SKU of the goods."), "sku")
    known = item_of(customer_id, values["sku"])
    if known is not None and known is not row:
        raise Invalid(t("This customer has goods with this SKU already."), "sku")
    if row is None:
        new = StockItem(customer_id=customer_id)
        return create(new, values, "stock_item.created", actor, now)
    if row.sku != values["sku"]:
        raise Invalid(t("The SKU stays; add other goods under another SKU."), "sku")
    return change(row, values, seen, "stock_item.changed", actor, now)


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


def _size(size: StockItemSize) -> dict[str, str]:
    told = {"from": size.from_on.isoformat()}
    known = {"m3": size.unit_m3, "kg": size.unit_kg}
    return told | {name: f"{each.normalize():f}" for name, each in known.items() if each}
