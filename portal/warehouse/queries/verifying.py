"""Whether what is repeated for speed says the same as the movements: the days, and what each lot holds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from sqlalchemy import select

from portal.db.base import db
from portal.warehouse.models import StockLot, StockMovement
from portal.warehouse.queries.books import CHANGE, days_from
from portal.warehouse.rules.daybook import NOTHING, BookDay, Entry, Stock, booked, lowest

AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Difference:
    """One day of one lot (None: the lot itself) that is kept otherwise than its movements say."""

    lot_id: int
    lot: str
    day: date | None
    kept: tuple[Any, ...]
    right: tuple[Any, ...]


def in_parts() -> Iterator[tuple[int, list[Difference]]]:
    """(lots looked at so far, what does not agree in the last part): a part is held in memory at a time."""
    ids = list(db.session.scalars(select(StockLot.id).order_by(StockLot.id)))
    for start in range(0, len(ids), AT_ONCE):
        part = ids[start : start + AT_ONCE]
        yield start + len(part), list(_of_lots(part))


def differences() -> Iterator[Difference]:
    """Everything that does not agree."""
    for _, found in in_parts():
        yield from found


def _of_lots(ids: list[int]) -> Iterator[Difference]:
    right = dict(_right_books(ids))
    kept = days_from(ids, date.min)
    columns = (StockLot.id, StockLot.lot, StockLot.sku, StockLot.first_in_on, StockLot.last_on)
    held = tuple(getattr(StockLot, name) for name in Stock._fields)
    for row in db.session.execute(select(*columns, *held).where(StockLot.id.in_(ids))):
        label = " · ".join(part for part in (row.lot, row.sku) if part)
        books = right.get(row.id, {})
        theirs = kept.get(row.id, {})
        for day in sorted(books.keys() | theirs.keys()):
            pair = _plain(theirs.get(day)), _plain(books.get(day))
            if pair[0] != pair[1]:
                yield Difference(row.id, label, day, *pair)
        last = books[max(books)].closing if books else NOTHING
        below = lowest((day, each.closing) for day, each in sorted(books.items()))
        if tuple(row[5:]) != tuple(last) or below is not None:
            yield Difference(row.id, label, None, tuple(row[5:]), tuple(last))


def _right_books(ids: list[int]) -> Iterator[tuple[int, dict[date, BookDay]]]:
    statement = (
        select(
            StockMovement.lot_id,
            StockMovement.counted_on,
            StockMovement.id,
            StockMovement.clock,
            StockMovement.reverses_id,
            *CHANGE,
        )
        .where(StockMovement.lot_id.in_(ids))
        .order_by(StockMovement.lot_id, StockMovement.counted_on, StockMovement.id)
    )
    for lot_id, of_lot in groupby(db.session.execute(statement), key=lambda row: row.lot_id):
        stock, days = NOTHING, {}
        for day, of_day in groupby(of_lot, key=lambda row: row.counted_on):
            entries = [Entry(r.id, r.clock, Stock(*r[5:]), r.reverses_id) for r in of_day]
            days[day] = booked(day, stock, entries)
            stock = days[day].closing
        yield lot_id, days


def _plain(row: BookDay | None) -> tuple[Any, ...]:
    return () if row is None else (row.came, row.left, row.closing, row.peak)
