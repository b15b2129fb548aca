"""Writing the books of lots: the lock that posting takes, the rows of the days, what a lot holds."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import select, tuple_, update
from sqlalchemy.dialects import postgresql, sqlite

from portal.customers.models import Customer
from portal.db.base import db
from portal.warehouse.models import StockDay, StockLot, Warehouse
from portal.warehouse.queries.books import chunks
from portal.warehouse.rules.daybook import BookDay, Stock
from portal.warehouse.rules.facts import LotKey


def hold_warehouses(warehouse_ids: Iterable[int]) -> None:
    """Keep the months of these warehouses as they are until the transaction ends; others may post too."""
    wanted = sorted(set(warehouse_ids))
    db.session.execute(
        select(Warehouse.id)
        .where(Warehouse.id.in_(wanted))
        .order_by(Warehouse.id)
        .with_for_update(read=True)
    )


def hold_customers(customer_ids: Iterable[int]) -> None:
    """Keep the days for which these customers' storage is billed as they are until the transaction ends.

    Others may post too; a statement that is about to be reviewed waits, and who posts waits for it.
    """
    for part in chunks(sorted(set(customer_ids))):
        statement = select(Customer.id).where(Customer.id.in_(part)).order_by(Customer.id)
        db.session.execute(statement.with_for_update(read=True))


def hold_lots(keys: Iterable[LotKey]) -> dict[LotKey, StockLot]:
    """The lots of `keys`, made where missing, locked until the transaction ends.

    Everybody locks in the order of ids, so that nobody waits in a circle.
    """
    wanted = sorted(set(keys))
    ids: list[int] = []
    for part in chunks(wanted):
        _make_missing(part)
        place = tuple_(StockLot.customer_id, StockLot.warehouse_id, StockLot.lot, StockLot.sku)
        ids += db.session.scalars(select(StockLot.id).where(place.in_(part)))
    found: dict[LotKey, StockLot] = {}
    for part in chunks(sorted(ids)):
        statement = select(StockLot).where(StockLot.id.in_(part)).order_by(StockLot.id)
        locked = statement.with_for_update().execution_options(populate_existing=True)
        for lot in db.session.scalars(locked):
            found[LotKey(lot.customer_id, lot.warehouse_id, lot.lot, lot.sku)] = lot
    return found


def _make_missing(keys: Iterable[LotKey]) -> None:
    nothing = dict.fromkeys(Stock._fields, 0)
    rows = [{**key._asdict(), **nothing} for key in keys]
    statement = _insert()(StockLot.__table__).on_conflict_do_nothing()
    db.session.connection().execute(statement, rows)


def _insert() -> Any:
    is_postgresql = db.session.get_bind().dialect.name == "postgresql"
    return postgresql.insert if is_postgresql else sqlite.insert


def day_values(lot: StockLot, row: BookDay) -> dict[str, Any]:
    """One row of `stock_day`."""
    values: dict[str, Any] = {"customer_id": lot.customer_id, "lot_id": lot.id, "day": row.day}
    for at, name in enumerate(Stock._fields):
        values[f"{name}_in"] = row.came[at]
        values[f"{name}_out"] = row.left[at]
        values[name] = row.closing[at]
        values[f"{name}_peak"] = row.peak[at]
    return values


def write_days(rows: list[dict[str, Any]]) -> None:
    """Write rows of `stock_day`, over those of the same lot and day."""
    if not rows:
        return
    statement = _insert()(StockDay.__table__)
    new = {name: statement.excluded[name] for name in rows[0] if name not in ("lot_id", "day")}
    statement = statement.on_conflict_do_update(index_elements=["lot_id", "day"], set_=new)
    db.session.connection().execute(statement, rows)


def shift_later_days(lot: StockLot, day: date, change: Stock) -> None:
    """Every later day of the lot stood by `change` higher, or lower."""
    moved = {name: each for name, each in zip(Stock._fields, change, strict=True) if each}
    values = {}
    for name, each in moved.items():
        for column in (getattr(StockDay, name), getattr(StockDay, f"{name}_peak")):
            values[column] = column + each
    db.session.execute(
        update(StockDay)
        .where(StockDay.lot_id == lot.id, StockDay.day > day)
        .values(values)
        .execution_options(synchronize_session=False)
    )


def carry_to_lot(lot: StockLot, day: date, change: Stock) -> None:
    """What the lot holds after everything, and the first and last days it changed on."""
    for name, each in zip(Stock._fields, change, strict=True):
        setattr(lot, name, getattr(lot, name) + each)
    lot.last_on = max(lot.last_on or day, day)
    if max(change) > 0:
        lot.first_in_on = min(lot.first_in_on or day, day)
    db.session.flush()
