"""The lists of the warehouse, for both doors."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from flask import url_for
from markupsafe import Markup
from sqlalchemy import Select

from portal.access.permissions import Permission as P
from portal.customers.models import Customer
from portal.db.base import db
from portal.kernel import clock
from portal.kernel.text import Text, t
from portal.warehouse.labels import UNMEASURED
from portal.warehouse.models import StockItem, StockLot, Warehouse
from portal.warehouse.queries import stock
from portal.web.chips import chip
from portal.web.filters import day, quantity
from portal.web.labels import ACTIVE, INACTIVE
from portal.web.listing import Column, Empty, Filter, ListSpec
from portal.web.words import name_of, say

ANY = ("", t("Any"))
MEASURES = (
    ("pieces", t("Pieces")),
    ("m3", t("m³")),
    ("kg", t("kg")),
    ("pallets", t("Pallets")),
    ("teu", t("TEU")),
)


def measured(number: Decimal | None) -> str:
    """A quantity; a dash for nothing."""
    return quantity(number) if number else "—"


def quantities(
    key: str, label: Text, value: Callable[[Any], Decimal | None], **more: Any
) -> Column:
    return Column(key, label, lambda row: measured(value(row)), align="num", value=value, **more)


def place_filter() -> list[tuple[str, Any]]:
    rows = db.session.scalars(stock.warehouses().order_by(Warehouse.code))
    return [ANY, *((str(row.id), f"{row.code} {name_of(row)}") for row in rows)]


def _as_it_is(statement: Select[Any], _value: str) -> Select[Any]:
    """The query was asked for this warehouse already: sums of its lots alone."""
    return statement


def in_place(statement: Select[Any], value: str) -> Select[Any]:
    return statement.where(StockLot.warehouse_id == int(value)) if value.isdecimal() else statement


def _held(at: int) -> Callable[[Any], Decimal | None]:
    return lambda row: row[at]


OVERVIEW = ListSpec(
    key="stock",
    columns=(
        Column("customer", t("Customer"), lambda r: name_of(r[0]), sort=Customer.name_zh),
        Column("code", t("Code"), lambda r: r[0].code, sort=Customer.code),
        Column("places", t("Warehouses"), lambda r: r[1], align="num"),
        *(quantities(key, label, _held(at)) for at, (key, label) in enumerate(MEASURES, start=2)),
        Column("last_on", t("Last movement"), lambda r: day(r[7]), value=lambda r: r[7]),
    ),
    row_id=Customer.id,
    sort="customer",
    url=lambda r: url_for("desk_warehouse.show", customer_id=r[0].id),
    filters=(Filter("warehouse", t("Warehouse"), place_filter, _as_it_is),),
    search=stock.having_words,
    search_hint=t("Name, pinyin, initials, code …"),
    empty=Empty(
        t("No stock yet"),
        t("Bring in a file of movements, or post the first one from a customer's page."),
        t("Import"),
        "desk_warehouse.new_file",
        P.STOCK_RECORD,
    ),
)


def _by_holding(statement: Select[Any], chosen: str) -> Select[Any]:
    ways = {"held": stock.with_stock, "gone": stock.without_stock, "open": stock.unmeasured}
    return ways[chosen](statement) if chosen in ways else statement


def _holdings() -> list[tuple[str, Any]]:
    return [ANY, ("held", t("With stock")), ("gone", t("Empty")), ("open", UNMEASURED.text)]


def _age(lot: StockLot) -> str:
    if lot.first_in_on is None or not lot.pieces + lot.m3 + lot.kg + lot.pallets + lot.teu:
        return "—"
    return str((clock.today() - lot.first_in_on).days + 1)


def _lot_name(lot: StockLot) -> Any:
    if lot.pieces > 0 and not lot.m3:
        return Markup("{} {}").format(lot.label, chip(UNMEASURED))
    return lot.label


def _of(name: str) -> Callable[[Any], Decimal | None]:
    return lambda row: getattr(row, name)


_LOT_COLUMNS = (
    Column("lot", t("Lot"), _lot_name, sort=StockLot.lot, value=lambda x: x.lot),
    Column("sku", t("SKU"), lambda x: x.sku or "—", sort=StockLot.sku, value=lambda x: x.sku),
    Column("warehouse", t("Warehouse"), lambda x: x.warehouse.code),
    *(quantities(key, label, _of(key), total=True) for key, label in MEASURES),
    Column(
        "first", t("First came in"), lambda x: day(x.first_in_on), value=lambda x: x.first_in_on
    ),
    Column("age", t("Day in store"), _age, align="num"),
    Column("last", t("Last movement"), lambda x: day(x.last_on), value=lambda x: x.last_on),
)


def _lots(door: str) -> ListSpec:
    return ListSpec(
        key="stock_lots",
        columns=_LOT_COLUMNS,
        row_id=StockLot.id,
        sort="sku",
        url=lambda x: url_for(f"{door}.lot", lot_id=x.id),
        filters=(
            Filter("holding", t("Stock"), _holdings, _by_holding),
            Filter("warehouse", t("Warehouse"), place_filter, in_place),
        ),
        search=stock.lot_words,
        search_hint=t("Lot or SKU"),
        empty=Empty(t("No lots yet"), t("The first movement makes its lot.")),
    )


DESK_LOTS, MY_LOTS = _lots("desk_warehouse"), _lots("my_warehouse")


def _size(name: str) -> Callable[[Any], Decimal | None]:
    return lambda item: getattr(item.sizes[-1], name) if item.sizes else None


ITEMS = ListSpec(
    key="stock_items",
    columns=(
        Column("sku", t("SKU"), lambda i: i.sku, sort=StockItem.sku),
        Column("name", t("Description"), lambda i: i.name, sort=StockItem.name),
        quantities("unit_m3", t("m³ a piece"), _size("unit_m3")),
        quantities("unit_kg", t("kg a piece"), _size("unit_kg")),
        Column("case", t("Pieces in a case"), lambda i: i.pieces_per_case or "—", align="num"),
        Column("pallet", t("Pieces on a pallet"), lambda i: i.pieces_per_pallet or "—", align="num"),
        Column("active", t("State"), lambda i: chip(ACTIVE if i.active else INACTIVE),
               value=lambda i: say((ACTIVE if i.active else INACTIVE).text)),
    ),
    row_id=StockItem.id,
    sort="sku",
    url=lambda i: url_for("desk_warehouse.item", goods_id=i.id),
    search=stock.item_words,
    search_hint=t("SKU or name"),
    row_classes=lambda i: "" if i.active else "row-muted",
    empty=Empty(
        t("No goods yet"), t("Goods say what one piece measures, so that movements may be in pieces.")
    ),
)  # fmt: skip

WAREHOUSES = ListSpec(
    key="warehouses",
    columns=(
        Column("code", t("Code"), lambda w: w.code, sort=Warehouse.code),
        Column("name", t("Warehouse"), name_of, sort=Warehouse.name_zh),
        Column("address", t("Address"), lambda w: w.address),
        Column("active", t("State"), lambda w: chip(ACTIVE if w.active else INACTIVE),
               value=lambda w: say((ACTIVE if w.active else INACTIVE).text)),
    ),
    row_id=Warehouse.id,
    sort="code",
    url=lambda w: url_for("desk_warehouse.place", warehouse_id=w.id),
    empty=Empty(
        t("No warehouse yet"),
        t("Add the place where goods are kept; movements name it by its code."),
        t("New warehouse"),
        "desk_warehouse.new_place",
        P.WAREHOUSE_EDIT,
    ),
)  # fmt: skip
