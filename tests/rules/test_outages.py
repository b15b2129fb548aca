"""What counts as an outage, which may be sent again, and what as a fault of ours."""

from __future__ import annotations

import errno
import sqlite3

import psycopg
import pytest
from psycopg import errors
from sqlalchemy.exc import OperationalError, ProgrammingError

from portal.web.outages import AWAY, BUSY, FULL, is_a_wait, outage


def of_database(orig: Exception, *, lost: bool = False) -> OperationalError:
    return OperationalError("SELECT 1", {}, orig, connection_invalidated=lost)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (sqlite3.OperationalError("database is locked"), BUSY),
        (of_database(sqlite3.OperationalError("database is locked")), BUSY),
        (of_database(errors.LockNotAvailable()), BUSY),
        (of_database(errors.DeadlockDetected()), BUSY),
        (of_database(sqlite3.OperationalError("database or disk is full")), FULL),
        (of_database(sqlite3.OperationalError("disk I/O error")), FULL),
        (of_database(errors.DiskFull()), FULL),
        (OSError(errno.ENOSPC, "No space left on device"), FULL),
        (of_database(errors.AdminShutdown(), lost=True), AWAY),
        (of_database(errors.CannotConnectNow()), AWAY),
        (of_database(psycopg.OperationalError("connection refused")), AWAY),
    ],
)
def test_an_outage_is_told_by_what_is_the_matter(error: Exception, said: object) -> None:
    assert outage(error) is said
    assert is_a_wait(error) is (said is BUSY)


@pytest.mark.parametrize(
    "error",
    [
        of_database(sqlite3.OperationalError("no such column: x")),
        ProgrammingError("SELECT x", {}, errors.UndefinedColumn()),
        OSError(errno.ENOENT, "No such file or directory"),
        ValueError("x"),
    ],
)
def test_a_fault_of_ours_is_no_outage(error: Exception) -> None:
    assert outage(error) is None
