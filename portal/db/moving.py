"""Every row that names one customer made to name another, for the merging of duplicates, past the walls and guards.

What names a customer is read from the tables themselves, so that a table which is added tomorrow is moved as well.
A published paper's fingerprint covers the ids that stood in it: for those columns `MovedRow` keeps what stood before.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Index,
    Integer,
    String,
    Table,
    UniqueConstraint,
    delete,
    func,
    insert,
    literal,
    select,
    union_all,
    update,
)
from sqlalchemy.orm import Mapped, mapped_column

from portal.db.base import Base, db
from portal.db.types import UTCDateTime

TARGET = "customer"


class MovedRow(Base):
    """`column` of a row of `holder` named `from_id` until `at`; only where a fingerprint covers it."""

    __tablename__ = "moved_row"
    __table_args__ = (Index("ix_moved_row_row", "holder", "column", "row_id", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    holder: Mapped[str] = mapped_column(String(48))
    column: Mapped[str] = mapped_column(String(48))
    row_id: Mapped[int]
    from_id: Mapped[int]
    at: Mapped[datetime] = mapped_column(UTCDateTime)


class Place(NamedTuple):
    """A column of a table that names customers."""

    table: str
    column: str


class Key(NamedTuple):
    """Columns of a table that are unique together, a customer's id among them."""

    table: str
    columns: tuple[str, ...]


def places() -> tuple[Place, ...]:
    """Every column with a foreign key to the customers, in the order of the tables."""
    return tuple(
        Place(table.name, column.name)
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if any(key.column.table.name == TARGET for key in column.foreign_keys)
    )


def unique_keys() -> tuple[Key, ...]:
    """Every unique constraint or index with such a column: where two customers' rows may be in each other's way."""
    naming = set(places())
    return tuple(
        Key(table.name, columns)
        for table in Base.metadata.sorted_tables
        for columns in _unique_columns(table)
        if any(Place(table.name, name) in naming for name in columns)
    )


def places_of(table: str) -> tuple[Place, ...]:
    """The columns of one table that name customers."""
    return tuple(each for each in places() if each.table == table)


def _unique_columns(table: Table) -> list[tuple[str, ...]]:
    constraints = [
        tuple(column.name for column in each.columns)
        for each in table.constraints
        if isinstance(each, UniqueConstraint)
    ]
    indexes = [
        tuple(getattr(part, "name", str(part)) for part in each.expressions)
        for each in table.indexes
        if each.unique
    ]
    return sorted({*constraints, *indexes})


def hold(ids: Iterable[int]) -> list[int]:
    """Lock these customers' rows in the order of their ids until the transaction ends; those that are there.

    On PostgreSQL nobody can add a row that names them meanwhile; on SQLite writers are alone anyway.
    """
    table = _table(TARGET)
    wanted = select(table.c.id).where(table.c.id.in_(sorted(set(ids)))).order_by(table.c.id)
    return list(db.session.execute(wanted.with_for_update()).scalars())


def move(place: Place, from_id: int, to_id: int) -> int:
    """Let every row that names `from_id` at this place name `to_id`; how many did."""
    table = _table(place.table)
    column = table.c[place.column]
    result: Any = db.session.execute(
        update(table).where(column == from_id).values({place.column: to_id})
    )
    return int(result.rowcount)


def counts(wanted: Sequence[Place], customer_id: int) -> dict[Place, int]:
    """How many rows name the customer at each place: one statement."""
    parts = []
    for number, place in enumerate(wanted):
        table = _table(place.table)
        there = table.c[place.column] == customer_id
        parts.append(select(literal(number), func.count()).select_from(table).where(there))
    found = db.session.execute(union_all(*parts))
    return {wanted[number]: int(count) for number, count in found}


def remember(place: Place, from_id: int, at: datetime) -> None:
    """Keep which rows name `from_id` here, before they are moved."""
    table = _table(place.table)
    moved = _table(MovedRow.__tablename__)
    rows = select(
        literal(place.table),
        literal(place.column),
        table.c.id,
        literal(from_id, Integer),
        literal(at, UTCDateTime()),
    ).where(table.c[place.column] == from_id)
    names = ["holder", "column", "row_id", "from_id", "at"]
    db.session.execute(insert(moved).from_select(names, rows))


def as_of(place: Place, ids: Mapping[int, int | None], at: datetime) -> dict[int, int | None]:
    """Row id → the customer id that stood at this place at an instant; `ids` are those that stand there now."""
    known = dict(ids)
    moved = _table(MovedRow.__tablename__)
    wanted = (
        select(moved.c.row_id, moved.c.from_id)
        .where(moved.c.holder == place.table, moved.c.column == place.column, moved.c.at > at)
        .order_by(moved.c.at.desc(), moved.c.id.desc())
    )
    if not known:
        return known
    wanted = wanted.where(moved.c.row_id.between(min(known), max(known)))
    for row_id, from_id in db.session.execute(wanted):
        if row_id in known:
            known[row_id] = from_id
    return known


def rows_of(table_name: str, customer_id: int, column: str = "customer_id") -> list[dict[str, Any]]:
    """The rows of a table that name a customer, whole, by id."""
    table = _table(table_name)
    found = db.session.execute(
        select(table).where(table.c[column] == customer_id).order_by(table.c.id)
    )
    return [dict(row) for row in found.mappings()]


def clashing(key: Key, from_id: int, to_id: int) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """(row of `from_id`, row of `to_id`) that would be the same by this key once they name one customer."""
    rest = [name for name in key.columns if name != "customer_id"]
    there = {_rest(row, rest): row for row in _keyed(key, to_id)}
    pairs = ((row, there.get(_rest(row, rest))) for row in _keyed(key, from_id))
    return [(row, other) for row, other in pairs if other is not None]


def _keyed(key: Key, customer_id: int) -> list[dict[str, Any]]:
    table = _table(key.table)
    wanted = select(table).where(table.c.customer_id == customer_id, *_counting(table, key))
    return [dict(row) for row in db.session.execute(wanted.order_by(table.c.id)).mappings()]


def _counting(table: Table, key: Key) -> list[ColumnElement[bool]]:
    """The condition of a partial unique index: rows outside it are in nobody's way."""
    found = []
    for each in table.indexes:
        where = each.dialect_options["sqlite"].get("where")
        names = tuple(getattr(part, "name", str(part)) for part in each.expressions)
        if each.unique and where is not None and names == key.columns:
            found.append(where)
    return found


def _rest(row: Mapping[str, Any], names: Sequence[str]) -> tuple[Any, ...]:
    return tuple(row[name] for name in names)


def write(table_name: str, row_id: int, values: Mapping[str, Any]) -> None:
    """Set columns of one row."""
    table = _table(table_name)
    db.session.execute(update(table).where(table.c.id == row_id).values(dict(values)))


def repoint(table_name: str, column: str, from_id: int, to_id: int) -> None:
    """Let the rows that name one row of another table name another one."""
    table = _table(table_name)
    db.session.execute(update(table).where(table.c[column] == from_id).values({column: to_id}))


def drop(table_name: str, row_ids: Iterable[int]) -> None:
    """Delete rows whose content was united with others'."""
    table, wanted = _table(table_name), sorted(set(row_ids))
    if wanted:
        db.session.execute(delete(table).where(table.c.id.in_(wanted)))


def pointing_at(table_name: str) -> tuple[Place, ...]:
    """Every column with a foreign key to the ids of a table."""
    return tuple(
        Place(table.name, column.name)
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if any(key.column.table.name == table_name for key in column.foreign_keys)
    )


def holder_keys_moved(holder: str, from_id: int, to_id: int) -> None:
    """Telephone keys of one row become another's; those that it has already go."""
    keys = _table("phone_key")
    mine = (keys.c.holder == holder, keys.c.holder_id == from_id)
    theirs = select(keys.c.key).where(keys.c.holder == holder, keys.c.holder_id == to_id)
    known = list(db.session.execute(theirs).scalars())
    db.session.execute(delete(keys).where(*mine, keys.c.key.in_(known)))
    db.session.execute(update(keys).where(*mine).values(holder_id=to_id))


def _table(name: str) -> Table:
    return Base.metadata.tables[name]
