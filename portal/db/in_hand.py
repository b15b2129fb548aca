"""Which piece of work some process has in hand, seen from every server of one PostgreSQL.

The process keeps a connection for it, with an advisory lock named after the piece, and says in the connection's own
name how far it is. Both end with the connection, however that ends, so that nobody has to guess whether it lives.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from flask import has_app_context
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from portal.db.base import db

WORK = 7_401_100
"""The first half of the lock's key; the second is a number made of the piece's name."""
# A machine that vanished is noticed within a minute and a half, and its work is free again.
_ALIVE = (
    "SET tcp_keepalives_idle = 30; SET tcp_keepalives_interval = 15; SET tcp_keepalives_count = 4"
)
_TAKE = text("SELECT pg_try_advisory_lock(:work, :piece)")
_LEAVE = text("SELECT pg_advisory_unlock(:work, :piece)")
_SAY = text("SELECT set_config('application_name', :words, false)")
_LOOK = text(
    "SELECT said.application_name FROM pg_locks AS held JOIN pg_stat_activity AS said USING (pid) "
    "WHERE held.locktype = 'advisory' AND held.granted AND held.objsubid = 2 "
    "AND held.classid::bigint = :work AND held.objid::bigint = :piece "
    "AND held.database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)
Tell = Callable[[int, int | None], None]


def common() -> Engine | None:
    """The database that several servers may share; None on SQLite and outside an application."""
    if not has_app_context() or db.engine.dialect.name != "postgresql":
        return None
    return db.engine


@contextmanager
def holding(engine: Engine, piece: str) -> Iterator[Tell | None]:
    """Have a piece of work in hand: gives the way to tell progress, None when another process has it."""
    with _own(engine) as connection:
        if not connection.execute(_TAKE, _key(piece)).scalar():
            yield None
            return
        connection.exec_driver_sql(_ALIVE)

        def tell(done: int, total: int | None) -> None:
            connection.execute(_SAY, {"words": f"portal {done} {total or 0}"})

        tell(0, None)
        try:
            yield tell
        finally:
            # The server takes its time to see that a connection has ended; whoever comes next need not wait for it.
            with suppress(DBAPIError):
                connection.execute(_LEAVE, _key(piece))


def how_far(engine: Engine, piece: str) -> tuple[int, int] | None:
    """Done and total as its process last told; None when nobody has it in hand."""
    with _own(engine) as connection:
        said = connection.execute(_LOOK, _key(piece)).scalar()
    if said is None:
        return None
    words = said.split()
    return (int(words[1]), int(words[2])) if len(words) == 3 else (0, 0)


def _key(piece: str) -> dict[str, Any]:
    return {"work": WORK, "piece": zlib.crc32(piece.encode()) >> 1}


@contextmanager
def _own(engine: Engine) -> Iterator[Connection]:
    """A connection of its own: it is closed afterwards, and with it ends all that it held and was called."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        try:
            yield connection
        finally:
            connection.invalidate()
