"""What the books of lots say: closings, later days, the movements of a day; for those who write them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, select, tuple_

from portal.db.base import db
from portal.warehouse.models import (
    StockBilled,
    StockDay,
    StockItem,
    StockItemSize,
    StockLot,
    StockMovement,
    StockPeriod,
)
from portal.warehouse.rules.daybook import NOTHING, BookDay, Entry, Stock
from portal.warehouse.rules.facts import LotKey, Taken
from portal.warehouse.rules.measuring import Size

CHUNK = 400
ONE_DAY = timedelta(days=1)
CLOSING = tuple(getattr(StockDay, name) for name in Stock._fields)
CHANGE = tuple(getattr(StockMovement, name) for name in Stock._fields)


def closing_on(lot_id: int, day: date) -> Stock:
    """What the lot held at the end of `day`."""
    last = select(*CLOSING).where(StockDay.lot_id == lot_id, StockDay.day <= day)
    row = db.session.execute(last.order_by(StockDay.day.desc()).limit(1)).first()
    return Stock(*row) if row is not None else NOTHING


def closing_before(lot_id: int, day: date) -> Stock:
    """What the lot held when `day` began."""
    return closing_on(lot_id, day - ONE_DAY)


def closings_after(lot_id: int, day: date) -> list[tuple[date, Stock]]:
    """The later days of the lot with what each closed with, in their order."""
    later = select(StockDay.day, *CLOSING).where(StockDay.lot_id == lot_id, StockDay.day > day)
    return [(row[0], Stock(*row[1:])) for row in db.session.execute(later.order_by(StockDay.day))]


def days_from(lot_ids: Iterable[int], first: date) -> dict[int, dict[date, BookDay]]:
    """The kept days of these lots from `first` on."""
    parts = ("{}_in", "{}_out", "{}", "{}_peak")
    columns = [getattr(StockDay, part.format(name)) for part in parts for name in Stock._fields]
    found: dict[int, dict[date, BookDay]] = {}
    for part in chunks(sorted(lot_ids)):
        statement = select(StockDay.lot_id, StockDay.day, *columns).where(
            StockDay.lot_id.in_(part), StockDay.day >= first
        )
        for lot_id, day, *row in db.session.execute(statement):
            stocks = (Stock(*row[at : at + 5]) for at in range(0, 20, 5))
            found.setdefault(lot_id, {})[day] = BookDay(day, *stocks)
    return found


def entries_on(lot_id: int, day: date) -> list[Entry]:
    """Everything that counts for the lot on `day`."""
    return entries_of([(lot_id, day)]).get((lot_id, day), [])


def entries_of(days: Iterable[tuple[int, date]]) -> dict[tuple[int, date], list[Entry]]:
    """Everything that counts on each of the (lot id, day)s."""
    found: dict[tuple[int, date], list[Entry]] = {}
    for part in chunks(list(days)):
        place = tuple_(StockMovement.lot_id, StockMovement.counted_on)
        statement = select(
            StockMovement.lot_id,
            StockMovement.counted_on,
            StockMovement.id,
            StockMovement.clock,
            StockMovement.reverses_id,
            *CHANGE,
        ).where(place.in_(part))
        for row in db.session.execute(statement):
            entry = Entry(row.id, row.clock, Stock(*row[5:]), row.reverses_id)
            found.setdefault((row.lot_id, row.counted_on), []).append(entry)
    return found


def posted_as(pairs: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Taken]:
    """The movements taken already under each (source, reference)."""
    by_source: dict[str, list[str]] = {}
    for source, reference in pairs:
        by_source.setdefault(source, []).append(reference)
    found: dict[tuple[str, str], Taken] = {}
    taken = select(
        StockMovement.id, StockMovement.source, StockMovement.reference, StockMovement.kind,
        StockMovement.moved_on, StockLot.customer_id, StockLot.warehouse_id, StockLot.lot, StockLot.sku, *CHANGE,
    ).join(StockLot, StockLot.id == StockMovement.lot_id)  # fmt: skip
    for source, references in by_source.items():
        of_source = taken.where(StockMovement.source == source)
        for part in chunks(references, 2000):
            for row in db.session.execute(of_source.where(StockMovement.reference.in_(part))):
                movement = Taken(row.id, LotKey(*row[5:9]), row.kind, row.moved_on, Stock(*row[9:]))
                found[row.source, row.reference] = movement
    return found


def closed_months(warehouse_ids: Iterable[int]) -> dict[int, date]:
    """The last closed month of each warehouse that has one."""
    statement = (
        select(StockPeriod.warehouse_id, StockPeriod.month_on)
        .where(StockPeriod.warehouse_id.in_(sorted(set(warehouse_ids))))
        .order_by(StockPeriod.month_on)
    )
    return {row.warehouse_id: row.month_on for row in db.session.execute(statement)}


def billed_through(customer_ids: Iterable[int]) -> dict[int, date]:
    """The last day for which the storage of each customer is billed; those without any are left out."""
    found: dict[int, date] = {}
    for part in chunks(sorted(set(customer_ids))):
        statement = select(StockBilled.customer_id, StockBilled.through_on)
        for row in db.session.execute(statement.where(StockBilled.customer_id.in_(part))):
            found[row.customer_id] = row.through_on
    return found


def sizes_of(customer_ids: Iterable[int]) -> dict[tuple[int, str], tuple[Size, ...]]:
    """(customer id, SKU) → the sizes of the goods by their first day; goods without any have ()."""
    sizes: dict[tuple[int, str], tuple[Size, ...]] = {}
    for part in chunks(sorted(set(customer_ids))):
        statement = (
            select(
                StockItem.customer_id,
                StockItem.sku,
                StockItemSize.from_on,
                StockItemSize.unit_m3,
                StockItemSize.unit_kg,
            )
            .join(StockItemSize, StockItemSize.stock_item_id == StockItem.id, isouter=True)
            .where(StockItem.customer_id.in_(part))
            .order_by(StockItem.id, StockItemSize.from_on)
        )
        for customer_id, sku, from_on, unit_m3, unit_kg in db.session.execute(statement):
            known = sizes.setdefault((customer_id, sku), ())
            if from_on is not None:
                sizes[customer_id, sku] = (*known, Size(from_on, unit_m3, unit_kg))
    return sizes


def first_days(column: Any, ids: Iterable[int] | None = None) -> dict[int, date]:
    """Id → the first day on which something came in; `column`: the lot's customer or warehouse, of `ids` or of all."""
    statement = select(column, func.min(StockLot.first_in_on)).group_by(column)
    if ids is not None:
        statement = statement.where(column.in_(sorted(set(ids))))
    return {row_id: first for row_id, first in db.session.execute(statement) if first}


def chunks(rows: Sequence[Any], size: int = CHUNK) -> Iterable[Sequence[Any]]:
    """`rows` in parts that fit into one statement."""
    for start in range(0, len(rows), size):
        yield rows[start : start + size]
