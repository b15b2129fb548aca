"""A whole SQLite database carried into an empty PostgreSQL one, and every value of it read back.

Values travel as they stand in SQLite: whole numbers, texts, days and instants (UTC) mean the same in PostgreSQL's COPY.
One transaction: foreign keys and walls are taken down in it, put up again over all rows, and nothing is seen before.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from hashlib import blake2b
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import Boolean, Column, Connection, Date, Engine, Table, make_url, text
from sqlalchemy.exc import DBAPIError

from portal.db import walls
from portal.db.base import Base
from portal.db.dumps import counts
from portal.db.types import UTCDateTime

BATCH = 5_000
INSTANT = len("2026-03-02 02:00:00.000000")
LAYOUT = "alembic_version"
_FOREIGN_KEYS = text(
    "SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname), "
    "format('ALTER TABLE %s ADD CONSTRAINT %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid)) "
    "FROM pg_constraint WHERE contype = 'f' AND connamespace = current_schema()::regnamespace ORDER BY oid"
)
Tell = Callable[[int], None]


class CannotCarry(RuntimeError):
    """The way is not free, or what arrived is not what was sent; the message says what to do. Nothing was kept."""


class Sum(NamedTuple):
    """What is counted of a table on both sides: its rows, and the sum of a hash of each with all its values."""

    rows: int
    hashes: int


def rows_of(source: Path) -> dict[str, int]:
    """How many rows of each table there are to carry."""
    with closing(_opened(source)) as old:
        return {
            table.name: int(old.execute(f"SELECT count(*) FROM {_quoted(table)}").fetchone()[0])
            for table in Base.metadata.sorted_tables
        }


def layout_of(source: Path) -> str:
    """The revision that an SQLite database is at."""
    with closing(_opened(source)) as old:
        return str(old.execute(f"SELECT version_num FROM {LAYOUT}").fetchone()[0])


def check_target(target: Engine, layout: str) -> None:
    """Raises CannotCarry unless its tables are there, at the same revision, and empty."""
    with target.connect() as new:
        found = counts(new)
        full = sorted(name for name, rows in found.items() if rows and name != LAYOUT)
        if full:
            raise CannotCarry(f"the database is not empty: {', '.join(full[:5])} have rows")
        missing = sorted({table.name for table in Base.metadata.sorted_tables} - set(found))
        if missing or LAYOUT not in found:
            raise CannotCarry("the database has not all of the portal's tables")
        there = new.execute(text(f"SELECT version_num FROM {LAYOUT}")).scalar()
        if there != layout:
            raise CannotCarry(f"its tables are of revision {there}, the portal's of {layout}")


def carry(source: Path, target: Engine, tell: Tell = lambda _rows: None) -> dict[str, Sum]:
    """Copy every table and compare each; `tell` gets the rows that arrived since it was told last.

    Raises CannotCarry; then the target is as it was.
    """
    refusals = (DBAPIError, target.dialect.loaded_dbapi.Error)
    try:
        return _all_carried(source, target, tell)
    except refusals as error:
        said = str(getattr(error, "orig", error)).strip()
        raise CannotCarry(f"PostgreSQL refuses what is in the database: {said}") from error


def _all_carried(source: Path, target: Engine, tell: Tell) -> dict[str, Sum]:
    with closing(_opened(source)) as old, target.begin() as new:
        old.execute("BEGIN")  # one instant, from the first table to the last
        new.exec_driver_sql("SET LOCAL timezone = 'UTC'")
        keys = [tuple(row) for row in new.execute(_FOREIGN_KEYS)]
        for drop, _add in keys:
            new.exec_driver_sql(drop)
        sums = {}
        for table in Base.metadata.sorted_tables:
            sums[table.name] = _carried(table, old, new, tell)
        for _drop, add in keys:
            new.exec_driver_sql(add)
        for table in Base.metadata.sorted_tables:
            _count_on(table, new)
            if (arrived := _arrived(table, new)) != sums[table.name]:
                raise CannotCarry(f"table {table.name}: {arrived} arrived of {sums[table.name]}")
    return sums


def _carried(table: Table, old: sqlite3.Connection, new: Connection, tell: Tell) -> Sum:
    """One table's rows, sent; where a wall stands, COPY wants it open for the tables' owner meanwhile."""
    columns = _columns(table)
    names = ", ".join(_quote(column.name) for column in columns)
    walled = table.name in walls.walled()
    if walled:
        new.exec_driver_sql(f"ALTER TABLE {_quoted(table)} NO FORCE ROW LEVEL SECURITY")
    driver: Any = new.connection
    rows = hashes = 0
    with (
        driver.cursor() as cursor,
        cursor.copy(f"COPY {_quoted(table)} ({names}) FROM STDIN") as copy,
    ):
        for batch in _batches(old.execute(f"SELECT {names} FROM {_quoted(table)}")):
            for row in batch:
                copy.write_row(row)
                hashes += _hash(_as_text(columns, row))
            rows += len(batch)
            tell(len(batch))
    if walled:
        new.exec_driver_sql(f"ALTER TABLE {_quoted(table)} FORCE ROW LEVEL SECURITY")
    return Sum(rows, hashes)


def _arrived(table: Table, new: Connection) -> Sum:
    """The same of what lies in PostgreSQL now."""
    shown = ", ".join(_shown(column) for column in _columns(table))
    driver: Any = new.connection
    rows = hashes = 0
    command = f"COPY (SELECT {shown} FROM {_quoted(table)}) TO STDOUT"
    with driver.cursor() as cursor, cursor.copy(command) as copy:
        for row in copy.rows():
            rows += 1
            hashes += _hash(row)
    return Sum(rows, hashes)


def _count_on(table: Table, new: Connection) -> None:
    """New rows get ids after the highest that came."""
    column = table.autoincrement_column
    if column is None:
        return
    name, key = _quoted(table), _quote(column.name)
    new.exec_driver_sql(
        f"SELECT setval(pg_get_serial_sequence('{name}', '{column.name}'), max({key})) FROM {name} "
        f"HAVING max({key}) IS NOT NULL AND pg_get_serial_sequence('{name}', '{column.name}') IS NOT NULL"
    )


def _columns(table: Table) -> list[Column[Any]]:
    """What is stored; PostgreSQL works out the computed ones itself."""
    return [column for column in table.columns if column.computed is None]


def _shown(column: Column[Any]) -> str:
    """A column as SQLite writes it."""
    name = _quote(column.name)
    if isinstance(column.type, UTCDateTime):
        return f"to_char({name} AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')"
    if isinstance(column.type, Date):
        return f"to_char({name}, 'YYYY-MM-DD')"
    return f"{name}::int" if isinstance(column.type, Boolean) else name


def _as_text(columns: Sequence[Column[Any]], row: Sequence[Any]) -> list[str | None]:
    return [
        None if value is None
        else _instant(value) if isinstance(column.type, UTCDateTime)
        else str(value)
        for column, value in zip(columns, row, strict=True)
    ]  # fmt: skip


def _instant(value: str) -> str:
    """With all six places of a second, as PostgreSQL is asked to write it."""
    if len(value) == INSTANT:
        return value
    whole, _, part = value.replace("T", " ").partition(".")
    return f"{whole}.{part:0<6}"


def _hash(row: Sequence[str | None]) -> int:
    words = "\x00".join("\x01" if value is None else value for value in row)
    return int.from_bytes(blake2b(words.encode(), digest_size=8).digest())


def _batches(found: sqlite3.Cursor) -> Iterator[list[tuple[Any, ...]]]:
    while batch := found.fetchmany(BATCH):
        yield batch


def _opened(source: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"file:{source}?mode=ro", uri=True, isolation_level=None)


def _quoted(table: Table) -> str:
    return _quote(table.name)


def _quote(name: str) -> str:
    return f'"{name}"'


def path_of(url: str) -> Path | None:
    """The file of an SQLite database; None for any other."""
    address = make_url(url)
    is_file = address.get_backend_name() == "sqlite" and address.database
    return Path(address.database) if is_file and address.database else None
