"""Rows that are older than the firm keeps them: counted, and cleared away."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Table, and_, delete, func, select

from portal.db.base import Base, db


@dataclass(frozen=True, slots=True)
class Old:
    """Rows of `table` whose `column` is before a cutoff and whose other columns have one of these values.

    `cleared`: (column, value) of rows that stay and were cleared already.
    """

    table: str
    column: str
    having: tuple[tuple[str, tuple[Any, ...]], ...] = ()
    cleared: tuple[str, Any] | None = None


def count(old: Old, before: datetime) -> int:
    """How many there are."""
    return db.session.scalar(select(func.count()).where(_is_old(old, before))) or 0


def ids(old: Old, before: datetime, most: int) -> list[int]:
    """The ids of the oldest of them."""
    table = _table(old.table)
    wanted = select(table.c.id).where(_is_old(old, before)).order_by(table.c.id).limit(most)
    return list(db.session.scalars(wanted))


def drop(old: Old, before: datetime) -> int:
    """Delete them; how many there were."""
    result: Any = db.session.execute(delete(_table(old.table)).where(_is_old(old, before)))
    return int(result.rowcount)


def drop_ids(table: str, column: str, row_ids: Collection[int]) -> None:
    """Delete the rows of a table whose column names one of these."""
    found = _table(table)
    db.session.execute(delete(found).where(found.c[column].in_(row_ids)))


def drop_keys(holder: str, row_ids: Collection[int]) -> None:
    """Take away the keys of telephone numbers of rows that go."""
    keys = _table("phone_key")
    mine = keys.c.holder == holder, keys.c.holder_id.in_(row_ids)
    db.session.execute(delete(keys).where(*mine))


def write(table: str, row_ids: Collection[int], values: Mapping[str, Any]) -> None:
    """Set columns of these rows."""
    found = _table(table)
    db.session.execute(found.update().where(found.c.id.in_(row_ids)).values(dict(values)))


def _is_old(old: Old, before: datetime) -> ColumnElement[bool]:
    table = _table(old.table)
    having = [_has(table.c[name], values) for name, values in old.having]
    if old.cleared is not None:
        name, value = old.cleared
        having.append(table.c[name] != value)
    return and_(table.c[old.column] < before, *having)


def _has(column: Any, values: tuple[Any, ...]) -> Any:
    """One of these values; (None,) for a column that holds nothing."""
    return column.is_(None) if values == (None,) else column.in_(values)


def _table(name: str) -> Table:
    return Base.metadata.tables[name]
