"""How connections behave: SQLite in WAL with foreign keys and a busy timeout, writers beginning IMMEDIATE; PostgreSQL's
say whose rows they touch."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy.orm import Session

from portal.db import walls

READS_FIRST = "reads_first"

BUSY_TIMEOUT_MS = 45_000
"""How long a writer waits for its turn: longer than the largest file takes to be written, shorter than gunicorn's
patience with a silent worker."""
CACHE_KB = 2_000
ROOMY_KB = 48_000
LOG_PAGES = 1_000
LONG_LOG_PAGES = 16_000
"""Pages of the write-ahead log (of 4 KB) before they are carried into the database; SQLite's own number is 1,000."""


def prepare(engine: Engine) -> None:
    """Set up an engine once."""
    if engine.dialect.name == "postgresql":
        walls.prepare(engine)
        event.listen(engine, "connect", _open_postgresql)
        return
    if event.contains(engine, "connect", _open_sqlite):
        return
    event.listen(engine, "connect", _open_sqlite)
    event.listen(engine, "begin", _begin_sqlite)


def _open_postgresql(connection: Any, _record: Any) -> None:
    connection.execute(f"SET lock_timeout = {BUSY_TIMEOUT_MS}")
    connection.commit()


def _open_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=NORMAL",
        "foreign_keys=ON",
        f"busy_timeout={BUSY_TIMEOUT_MS}",
        "temp_store=MEMORY",
        f"cache_size=-{CACHE_KB}",
        "mmap_size=134217728",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    # A reader that turns into a writer half-way can be told "locked" at once, whatever the timeout says:
    # whoever may write takes the write lock first.
    writes = connection.get_execution_options().get("writes", False)
    # Straight to the driver: every page begins so, and SQLAlchemy's own way there takes as long as a short query.
    driver: Any = connection.connection.dbapi_connection
    driver.execute("BEGIN IMMEDIATE" if writes else "BEGIN")


def begin_writing(session: Session) -> None:
    """Open the session's transaction as a writer's; must come before its first statement."""
    session.connection(execution_options={"writes": True})


@contextmanager
def room_to_write(session: Session) -> Iterator[None]:
    """More memory and a longer log for whoever writes very many rows, so that SQLite writes each page less often.

    Around one transaction that has begun, or around many that have not.
    """
    if session.get_bind().dialect.name != "sqlite":
        yield
        return
    _set_room(session, ROOMY_KB, LONG_LOG_PAGES)
    try:
        yield
    finally:
        _set_room(session, CACHE_KB, LOG_PAGES)


def _set_room(session: Session, cache_kb: int, log_pages: int) -> None:
    begun = session.in_transaction()
    connection = session.connection()
    connection.exec_driver_sql(f"PRAGMA cache_size=-{cache_kb}")
    connection.exec_driver_sql(f"PRAGMA wal_autocheckpoint={log_pages}")
    if not begun:
        session.rollback()


def begin_reading_first(session: Session) -> None:
    """Leave the writer's place to others until this session's first write (sign-in hashes meanwhile)."""
    session.info[READS_FIRST] = True


def write_from_here(session: Session, *_flush: Any) -> None:
    """Make a session that read first a writer's; what it reads from now on is the latest.

    Runs by itself before the first flush. What was read before may have changed since: a `Versioned` row tells.
    """
    if session.info.pop(READS_FIRST, False) and session.get_bind().dialect.name == "sqlite":
        connection = session.connection()
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("BEGIN IMMEDIATE")


event.listen(Session, "before_flush", write_from_here)
