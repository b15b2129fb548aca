"""What is no fault of a request: others are writing, the disk is full, the database is away. It may be sent again."""

from __future__ import annotations

import errno
import sqlite3

from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionFree

from portal.kernel.text import Text, t

BUSY = t("Others are writing just now, and the turn of this step did not come.")
FULL = t(
    "The portal cannot write to its disk just now: it is full, or not well. Whoever runs the portal has to make room."
)
AWAY = t("The database does not answer just now.")
RETRY_SECONDS = 5
_GAVE_WAY = ("40P01", "40001", "55P03")
"""PostgreSQL's words for: somebody had to give way."""
_NO_ROOM = ("53100", "58030")
_NO_ANSWER = ("08", "57P0", "53300")
_DISK = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EIO)
_SQLITE_DISK = ("is full", "disk i/o error", "readonly database", "unable to open")


def is_a_wait(error: Exception) -> bool:
    """Whether the database had to refuse because others were writing; the call may be sent again as it is."""
    if isinstance(error, NoConnectionFree):
        return True
    if not isinstance(error, OperationalError | sqlite3.OperationalError):
        return False
    said = _said_by_database(error)
    return getattr(said, "sqlstate", "") in _GAVE_WAY or "locked" in str(said)


def outage(error: Exception) -> Text | None:
    """What to say about an outage; None for anything that is a fault of ours."""
    if is_a_wait(error):
        return BUSY
    if isinstance(error, OSError):
        return FULL if error.errno in _DISK else None
    said = _said_by_database(error)
    state = getattr(said, "sqlstate", None)
    if isinstance(said, sqlite3.Error):
        return FULL if any(words in str(said).lower() for words in _SQLITE_DISK) else None
    if state in _NO_ROOM:
        return FULL
    return AWAY if isinstance(error, DBAPIError) and _is_lost(error, state) else None


def _said_by_database(error: Exception) -> BaseException | None:
    """What the database's driver said: a transaction of SQLite is begun without SQLAlchemy in between."""
    return error.orig if isinstance(error, DBAPIError) else error


def _is_lost(error: DBAPIError, state: str | None) -> bool:
    if error.connection_invalidated or (state or "").startswith(_NO_ANSWER):
        return True
    return state is None and isinstance(error, OperationalError)  # not even connected
