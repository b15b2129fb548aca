"""Empty tables for the next test: of some two hundred a test fills a dozen, so the filled ones are asked for first."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache

import psycopg
from sqlalchemy import URL

from portal.db.base import Base, db


@contextmanager
def emptier(url: URL) -> Iterator[Callable[[], None]]:
    """Yields what deletes every row of the database at `url`."""
    if url.get_backend_name() == "sqlite":
        yield _empty
        return
    over_all = Superuser(f"host={url.query['host']} dbname={url.database} user=postgres")
    try:
        yield over_all.empty
    finally:
        over_all.close()


class Superuser:
    """Deletes in a PostgreSQL database past its walls and without asking a hundred tables about each row."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._connection = self._connected()

    def empty(self) -> None:
        """Delete every row; once more where a test took the server away in between."""
        try:
            self._delete()
        except psycopg.OperationalError:
            self._connection.close()
            self._connection = self._connected()
            self._delete()

    def close(self) -> None:
        """Leave the server."""
        self._connection.close()

    def _connected(self) -> psycopg.Connection:
        connection = psycopg.connect(self._address, autocommit=True)
        connection.execute("SET session_replication_role = replica")
        return connection

    def _delete(self) -> None:
        filled = self._connection.execute(_filled().encode(), prepare=True).fetchall()
        deletes = "; ".join(f'DELETE FROM "{name}"' for _place, name in filled)
        self._connection.execute(deletes.encode())


def _empty() -> None:
    connection = db.session.connection()
    for _place, name in connection.exec_driver_sql(_filled()).all():
        connection.exec_driver_sql(f'DELETE FROM "{name}"')
    db.session.commit()


@cache
def _filled() -> str:
    """A statement that names the tables with rows, those that point at others first."""
    names = [table.name for table in reversed(Base.metadata.sorted_tables)]
    looks = (
        f"SELECT {place} AS place, '{name}' WHERE EXISTS (SELECT 1 FROM \"{name}\")"
        for place, name in enumerate(names)
    )
    return " UNION ALL ".join(looks) + " ORDER BY place"
