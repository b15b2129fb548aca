"""The whole database into a file and back, on both databases, and what is in it table by table.

A dump is of one instant, whatever is written meanwhile: SQLite's backup copies every page in one read transaction
(VACUUM INTO stumbles over stored computed columns); PostgreSQL's pg_dump and our counting share one exported snapshot.
pg_dump reads as the tables' owner, whom row-level security binds as well: a session that names no customer sees all
(db/walls.py), and the counts would show if one did not.
"""

from __future__ import annotations

import os
import sqlite3
import time
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, inspect, make_url, text
from sqlalchemy.exc import DBAPIError

from portal.db import pg_programs
from portal.db.pg_programs import DumpFailed, Hindrance

SQLITE, POSTGRES = "sqlite", "postgresql"
NAMING_FILES = ("document", "attachment", "article_file", "notice_file")
"""Tables whose column `sha256` names a file of the archive."""


LEAVING_TRIES, LEAVING_SECONDS = 20, 0.1
"""A connection that was closed is gone a little later."""
_OTHERS = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
    "AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
)


def dump(engine: Engine, to: Path) -> dict[str, int]:
    """Write all of `engine`'s database into the file `to`; the rows of each table in it."""
    if engine.dialect.name == SQLITE:
        source = f"file:{engine.url.database}?mode=ro"
        with (
            closing(sqlite3.connect(source, uri=True)) as there,
            closing(sqlite3.connect(to)) as here,
        ):
            there.backup(here, pages=-1)
            here.execute("PRAGMA journal_mode=DELETE")  # one file, nothing beside it
        return counts_of(f"sqlite:///{to}")
    with engine.connect() as connection:
        connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"))
        snapshot = connection.execute(text("SELECT pg_export_snapshot()")).scalar_one()
        pg_programs.dump(engine.url, to, snapshot)
        return counts(connection)


def dump_at(url: str, to: Path) -> None:
    """Write all of the database at `url` into the file `to`."""
    with _engine(url) as engine:
        dump(engine, to)


def restore(url: str, dumped: Path) -> None:
    """Put a dump into the database at `url`: SQLite's file takes its place, PostgreSQL's content is replaced."""
    address = make_url(url)
    if address.get_backend_name() == SQLITE:
        Path(address.database or "").parent.mkdir(parents=True, exist_ok=True)
        os.replace(dumped, address.database or "")
        return
    pg_programs.restore(address, dumped)


def counts_of(url: str) -> dict[str, int]:
    """Rows of each table of the database at `url`."""
    with _engine(url) as engine, engine.connect() as connection:
        return counts(connection)


def counts(connection: Connection) -> dict[str, int]:
    """Rows of each table."""
    quote = connection.dialect.identifier_preparer.quote
    return {
        name: connection.execute(text(f"SELECT count(*) FROM {quote(name)}")).scalar_one()
        for name in sorted(inspect(connection).get_table_names())
    }


def named_files(url: str) -> set[str]:
    """The SHA-256 of every stored paper and attached file that the database at `url` names."""
    with _engine(url) as engine, engine.connect() as connection:
        each = (f"SELECT sha256 FROM {name}" for name in NAMING_FILES)
        return set(connection.execute(text(" UNION ".join(each))).scalars())


def faults_of(url: str) -> list[str]:
    """What the database itself finds wrong with its file; PostgreSQL checks while it restores."""
    address = make_url(url)
    if address.get_backend_name() != SQLITE:
        return []
    source = f"file:{address.database}?mode=ro"
    with closing(sqlite3.connect(source, uri=True)) as connection:
        said = [row[0] for row in connection.execute("PRAGMA integrity_check(20)")]
        loose = connection.execute("PRAGMA foreign_key_check").fetchmany(20)
    faults = [] if said == ["ok"] else said
    return faults + [f"{table} row {row} points at no {target}" for table, row, target, _ in loose]


def hindrance_of(connection: Connection) -> tuple[Hindrance, str] | None:
    """What stands in the way of dumps of the database at `connection`; SQLite needs nobody's help."""
    return None if connection.dialect.name == SQLITE else pg_programs.hindrance(connection)


def is_file(url: str) -> bool:
    """Whether the database is a file, and not at a server."""
    return make_url(url).get_backend_name() == SQLITE


def is_empty(url: str) -> bool:
    """Whether nothing is there yet: no file, or no table."""
    address = make_url(url)
    if address.get_backend_name() == SQLITE and not Path(address.database or "").exists():
        return True
    with _engine(url) as engine:
        return not inspect(engine).get_table_names()


def others_at(url: str) -> int:
    """How many connections of others a PostgreSQL database has after a moment's patience; SQLite's are not known."""
    if make_url(url).get_backend_name() == SQLITE:
        return 0
    with _engine(url) as engine, engine.connect() as connection:
        for _ in range(LEAVING_TRIES):
            found = int(connection.execute(text(_OTHERS)).scalar_one())
            connection.rollback()
            if not found:
                break
            time.sleep(LEAVING_SECONDS)
    return found


@contextmanager
def scratch(url: str, folder: Path) -> Iterator[str]:
    """The address of an empty database beside the one at `url`, dropped afterwards; SQLite's lies in `folder`."""
    address = make_url(url)
    if address.get_backend_name() == SQLITE:
        yield f"sqlite:///{folder / 'scratch.db'}"
        return
    name = f"portal_check_{uuid.uuid4().hex[:12]}"
    with _engine(url) as engine, engine.connect() as opened:
        connection = opened.execution_options(isolation_level="AUTOCOMMIT")
        try:
            connection.execute(text(f"CREATE DATABASE {name}"))
        except DBAPIError as error:
            role = address.username
            raise DumpFailed(
                f"no scratch database could be made: {str(error.orig).strip()}. "
                f"PostgreSQL's administrator allows it by: ALTER ROLE {role} CREATEDB"
            ) from error
        try:
            yield address.set(database=name).render_as_string(hide_password=False)
        finally:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))


@contextmanager
def _engine(url: str) -> Iterator[Engine]:
    engine = create_engine(url)
    try:
        yield engine
    finally:
        engine.dispose()
