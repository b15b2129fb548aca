"""Files of movements and of goods: read without saving, applied whole or not at all (`usage.actions.batches`)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select

from portal.access.scope import visible
from portal.access.viewer import Viewer
from portal.customers.models import Customer
from portal.db.base import db
from portal.kernel import clock
from portal.kernel.errors import Problem
from portal.kernel.tables.opening import open_table
from portal.kernel.text import t
from portal.usage.actions.at_work import Tell
from portal.usage.actions.batches import LIMITS, Found, Handler
from portal.usage.models import ImportBatch
from portal.warehouse.actions import bulk
from portal.warehouse.models import StockItem, StockItemSize, StockLot, Warehouse
from portal.warehouse.queries.books import chunks, first_days, sizes_of
from portal.warehouse.rules.facts import MovementFact
from portal.warehouse.rules.item_rows import ItemFact, ItemLine, ItemLines, read_items
from portal.warehouse.rules.measuring import Size
from portal.warehouse.rules.movement_rows import Asked, Known, Line, Lines, read_lines
from portal.warehouse.rules.unit_days import MovementKind

OPENING = "opening"
FIRST_DAY = date(2000, 1, 1)
SHOWN = 12


def read_movements(
    batch: ImportBatch, path: Path, viewer: Viewer, now: datetime, tell: Tell
) -> Found:
    """What a movements file holds and what posting it would be refused for. Options: `customer_id`,
    `warehouse_id`, `source`, `in_cm3`."""
    table = open_table(path, batch.file_name, limits=LIMITS)
    found = read_lines(table, _known(viewer), _asked(batch, path, now), tell)
    checked = bulk.check(found.lines, found.columns, _silent)
    problems = [*found.problems, *checked.problems]
    counts = {"rows": found.rows, **checked.counts(), "preview": _preview(found.lines)}
    return Found(problems, counts, found)


def apply_movements(
    batch: ImportBatch, rows: Lines, actor: Viewer, now: datetime, tell: Tell
) -> Mapping[str, Any]:
    """Post every movement of the file that is not there yet."""
    found = bulk.post_all(rows.lines, rows.columns, batch.id, actor, now, tell)
    return found.counts()


def read_stock_items(
    batch: ImportBatch, path: Path, viewer: Viewer, now: datetime, tell: Tell
) -> Found:
    """What a file of goods holds. Options: `customer_id`, `warehouse_id` (of an opening stock), `in_cm3`, `from_on`."""
    table = open_table(path, batch.file_name, limits=LIMITS)
    options = batch.options
    from_on = date.fromisoformat(options["from_on"]) if options.get("from_on") else FIRST_DAY
    customers = _customers(viewer)
    found = read_items(
        table, customers, options.get("customer_id"), from_on, bool(options.get("in_cm3")), tell
    )
    opening = _opening_lines(found, batch)
    known = _sizes_there(found.lines)
    counts = {"rows": found.rows, "opening": len(opening), **_compared(found.lines, known)}
    problems = [*found.problems, *_opening_problems(found, batch)]
    if not any(each.severity == "error" for each in problems):
        problems += _refused_openings(opening, found)
    return Found(problems, counts, found)


def apply_stock_items(
    batch: ImportBatch, rows: ItemLines, actor: Viewer, now: datetime, tell: Tell
) -> Mapping[str, Any]:
    """Add and change the goods, then post what the file says was there to begin with."""
    known = _sizes_there(rows.lines)
    counts = _compared(rows.lines, known)
    _write_items(rows.lines, now)
    opening = _opening_lines(rows, batch)
    posted = bulk.post_all(opening, rows.columns, batch.id, actor, now, tell)
    return {**counts, "opening": posted.new}


MOVEMENTS = Handler(read_movements, apply_movements)
STOCK_ITEMS = Handler(read_stock_items, apply_stock_items)


def _asked(batch: ImportBatch, path: Path, now: datetime) -> Asked:
    options = batch.options
    return Asked(
        today=clock.business_day(now),
        mark=_mark(path),
        source=options.get("source") or "file",
        customer_id=options.get("customer_id"),
        warehouse_id=options.get("warehouse_id"),
        in_cm3=bool(options.get("in_cm3")),
    )


def _mark(path: Path) -> str:
    """The file's own mark: the same file gives the same references, whoever brings it."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _known(viewer: Viewer) -> Known:
    places = select(Warehouse.code, Warehouse.id).where(Warehouse.active.is_(True))
    goods = visible(select(StockItem.customer_id, StockItem.sku), StockItem, viewer)
    return Known(
        customers=_customers(viewer),
        warehouses={code.upper(): row_id for code, row_id in db.session.execute(places)},
        goods={(customer_id, sku) for customer_id, sku in db.session.execute(goods)},
        first_of_customer=first_days(StockLot.customer_id),
        first_of_warehouse=first_days(StockLot.warehouse_id),
    )


def _customers(viewer: Viewer) -> dict[str, int]:
    statement = visible(select(Customer.code, Customer.id), Customer, viewer)
    return {code.upper(): row_id for code, row_id in db.session.execute(statement)}


def _preview(lines: Iterable[Line]) -> list[list[str]]:
    """The first movements as they were understood, ready to be shown."""
    shown = []
    for line, _ in zip(lines, range(SHOWN), strict=False):
        fact = line.fact
        measures = [("" if each is None else f"{each:f}") for each in fact.given]
        shown.append(
            [
                str(line.row),
                fact.kind.value,
                fact.moved_on.isoformat(),
                fact.lot,
                fact.sku,
                *measures,
            ]
        )
    return shown


def _silent(_done: int, _total: int | None) -> None:
    """Checking is quick after reading: it tells nothing."""


def _opening_day(found: ItemLines) -> date:
    """The day whose end the opening stock is of: the one before the day that the header names."""
    assert found.columns.opening_on is not None
    return found.columns.opening_on - timedelta(days=1)


def _opening_lines(found: ItemLines, batch: ImportBatch) -> list[Line]:
    warehouse_id = batch.options.get("warehouse_id")
    if found.columns.opening_on is None or warehouse_id is None:
        return []
    day = _opening_day(found)
    reason = f"期初库存 Opening stock {found.columns.opening_on.isoformat()}"
    return [
        Line(
            row,
            MovementFact(
                fact.customer_id, warehouse_id, MovementKind.ADJUST, day, OPENING,
                f"{warehouse_id}:{day.isoformat()}:{fact.customer_id}:{fact.sku}"[:80],
                sku=fact.sku, pieces=fact.opening, reason=reason,
            ),
        )
        for row, fact in found.lines
        if fact.opening
    ]  # fmt: skip


def _opening_problems(found: ItemLines, batch: ImportBatch) -> list[Problem]:
    openings = [line for line in found.lines if line.fact.opening]
    if not openings:
        return []
    row, column = openings[0].row, found.columns.name("opening")
    if found.columns.opening_on is None:
        expected = t("a day in the header, such as opening_2026_03_01")
        return [Problem(row, column, column, expected)]
    if batch.options.get("warehouse_id") is None:
        return [Problem(row, column, str(openings[0].fact.opening), t("a warehouse chosen for it"))]
    return []


def _refused_openings(opening: list[Line], found: ItemLines) -> list[Problem]:
    checked = bulk.check(opening, found.columns, _silent)
    return [each for each in checked.problems if each.severity == "error"]


def _sizes_there(lines: Iterable[ItemLine]) -> dict[tuple[int, str], tuple[Size, ...]]:
    return sizes_of({line.fact.customer_id for line in lines})


def _compared(
    lines: Iterable[ItemLine], known: Mapping[tuple[int, str], tuple[Size, ...]]
) -> dict[str, int]:
    """How many goods are new, get another size, or are as they were."""
    counts = {"new": 0, "changed": 0, "same": 0}
    for _, fact in lines:
        sizes = known.get((fact.customer_id, fact.sku))
        size = Size(fact.from_on, fact.unit_m3, fact.unit_kg)
        is_known = sizes is not None and (size in sizes or _says_nothing(size))
        counts["new" if sizes is None else "same" if is_known else "changed"] += 1
    return counts


def _says_nothing(size: Size) -> bool:
    return size.unit_m3 is None and size.unit_kg is None


def _write_items(lines: list[ItemLine], now: datetime) -> None:
    for part in chunks(lines, 1000):
        facts = [line.fact for line in part]
        there = _rows_of(facts)
        new = [fact for fact in facts if (fact.customer_id, fact.sku) not in there]
        if new:
            db.session.execute(insert(StockItem), [_item_values(fact, now) for fact in new])
            there = _rows_of(facts)
        for fact in facts:
            _change(there[fact.customer_id, fact.sku], fact)
        db.session.flush()


def _rows_of(facts: list[ItemFact]) -> dict[tuple[int, str], StockItem]:
    found: dict[tuple[int, str], StockItem] = {}
    for part in chunks(sorted({fact.customer_id for fact in facts})):
        skus = {fact.sku for fact in facts}
        statement = select(StockItem).where(
            StockItem.customer_id.in_(part), StockItem.sku.in_(skus)
        )
        found |= {(row.customer_id, row.sku): row for row in db.session.scalars(statement)}
    return found


def _item_values(fact: ItemFact, now: datetime) -> dict[str, Any]:
    return {"customer_id": fact.customer_id, "sku": fact.sku, "created_at": now, "updated_at": now}


def _change(row: StockItem, fact: ItemFact) -> None:
    """What the file states of the goods; what it leaves open stays."""
    for name in ("name", "pieces_per_case", "pieces_per_pallet"):
        if getattr(fact, name):
            setattr(row, name, getattr(fact, name))
    if fact.unit_m3 is None and fact.unit_kg is None:
        return
    size = next((each for each in row.sizes if each.from_on == fact.from_on), None)
    if size is None:
        size = StockItemSize(customer_id=row.customer_id, from_on=fact.from_on)
        row.sizes.append(size)
    size.unit_m3, size.unit_kg = fact.unit_m3, fact.unit_kg
