"""The lists of movements: of everybody, of one customer at the desk, of one's own."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from flask import request, url_for
from markupsafe import Markup
from sqlalchemy import Select

from portal.kernel.text import t
from portal.warehouse.labels import KINDS, LATE, REVERSAL, REVERSED
from portal.warehouse.models import StockMovement
from portal.warehouse.queries import stock
from portal.warehouse.views.lists import ANY, MEASURES, in_place, place_filter, quantities
from portal.web.chips import chip
from portal.web.filters import day
from portal.web.listing import Column, Empty, Filter, ListSpec
from portal.web.words import say


def reference_of(movement: StockMovement) -> str:
    """The number of the paper; of a reversal, what it puts right."""
    if movement.original is None:
        return movement.reference
    return say(t("Reversal of %(reference)s", reference=movement.original.reference))


def _kind(row: Any) -> Markup:
    movement, is_reversed = row[0], row[1]
    chips = [chip(REVERSAL if movement.reverses_id else KINDS[movement.kind])]
    if is_reversed:
        chips.append(chip(REVERSED))
    if movement.counted_on > movement.moved_on:
        chips.append(chip(LATE))
    return Markup(" ").join(chips)


def _kind_words(row: Any) -> str:
    movement, is_reversed = row[0], row[1]
    label = REVERSAL if movement.reverses_id else KINDS[movement.kind]
    return f"{say(label.text)} ({say(REVERSED.text)})" if is_reversed else say(label.text)


def _by_kind(statement: Select[Any], kind: str) -> Select[Any]:
    if kind == "late":
        return statement.where(StockMovement.counted_on > StockMovement.moved_on)
    if kind == "reversal":
        return statement.where(StockMovement.reverses_id.is_not(None))
    return statement.where(StockMovement.kind == kind) if kind in KINDS else statement


def _kinds() -> list[tuple[str, Any]]:
    words = {kind: label.text for kind, label in KINDS.items()}
    return [ANY, *words.items(), ("reversal", REVERSAL.text), ("late", LATE.text)]


def _change(name: str) -> Callable[[Any], Decimal | None]:
    return lambda row: getattr(row[0], name)


_OWNER = Column("customer", t("Customer"), lambda r: r[0].customer.label)
_COLUMNS = (
    Column("moved_on", t("Day"), lambda r: day(r[0].moved_on), value=lambda r: r[0].moved_on),
    Column("clock", t("Time"), lambda r: r[0].clock, only_in_files=True),
    Column("kind", t("What"), _kind, value=_kind_words),
    Column("warehouse", t("Warehouse"), lambda r: r[0].lot.warehouse.code),
    Column("lot", t("Lot"), lambda r: r[0].lot.lot or "—", value=lambda r: r[0].lot.lot),
    Column("sku", t("SKU"), lambda r: r[0].lot.sku or "—", value=lambda r: r[0].lot.sku),
    *(quantities(key, label, _change(key), total=True) for key, label in MEASURES),
    Column(
        "counted_on",
        t("Counts on"),
        lambda r: day(r[0].counted_on),
        sort=StockMovement.counted_on,
        value=lambda r: r[0].counted_on,
    ),
    Column("reason", t("Reason"), lambda r: r[0].reason, only_in_files=True),
)


def _days(value: str) -> tuple[date, date] | None:
    """`2026-03-02`, or from a day to a day `2026-03-02..2026-03-09`; None for anything else."""
    first, _dots, last = value.partition("..")
    try:
        return date.fromisoformat(first), date.fromisoformat(last or first)
    except ValueError:
        return None


def _counted_on() -> list[tuple[str, Any]]:
    """The days that another page led here by."""
    value = request.args.get("counted", "")
    return [ANY, *([(value, value.replace("..", " – "))] if _days(value) else [])]


def _by_days(statement: Select[Any], value: str) -> Select[Any]:
    days = _days(value)
    return statement.where(StockMovement.counted_on.between(*days)) if days else statement


def _movements(door: str, *owner: Column) -> ListSpec:
    return ListSpec(
        key="stock_movements",
        columns=(Column("reference", t("Paper"), lambda r: reference_of(r[0])), *owner, *_COLUMNS),
        row_id=StockMovement.id,
        sort="-counted_on",
        url=lambda r: url_for(f"{door}.movement", movement_id=r[0].id),
        filters=(
            Filter("kind", t("What"), _kinds, _by_kind),
            Filter("warehouse", t("Warehouse"), place_filter, in_place),
            Filter("counted", t("Counts on"), _counted_on, _by_days, rare=True),
        ),
        search=stock.movement_words,
        search_hint=t("Paper, lot, SKU …"),
        row_classes=lambda r: "row-muted" if r[1] or r[0].reverses_id else "",
        empty=Empty(t("No movements yet"), t("What comes in and goes out is listed here.")),
    )


ALL_MOVEMENTS = _movements("desk_warehouse", _OWNER)
DESK_MOVEMENTS = _movements("desk_warehouse")
MY_MOVEMENTS = _movements("my_warehouse")
