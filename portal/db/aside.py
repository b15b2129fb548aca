"""A small write of its own beside a request's transaction: nobody waits for it, and it may be given up."""

from __future__ import annotations

import logging

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import OperationalError
from sqlalchemy.sql.dml import Update

from portal.db.engine import BUSY_TIMEOUT_MS

log = logging.getLogger(__name__)


def write_aside(engine: Engine, statement: Update) -> bool:
    """Carry `statement` out at once in a transaction of its own; False when somebody else is writing just then."""
    with engine.connect() as connection:
        try:
            _wait_for_nobody(connection)
            connection.execute(statement)
            connection.commit()
        except OperationalError as error:
            connection.rollback()
            log.info("left for later: %s", error.orig)
            return False
        finally:
            _patient_again(connection)
    return True


def _wait_for_nobody(connection: Connection) -> None:
    is_sqlite = connection.dialect.name == "sqlite"
    connection.exec_driver_sql(
        "PRAGMA busy_timeout=0" if is_sqlite else "SET LOCAL lock_timeout = '200ms'"
    )


def _patient_again(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
        connection.rollback()
