"""What is no fault of a request: others are writing, the disk is full, the database is away. It may be sent again."""

from __future__ import annotations

import errno

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
    if not isinstance(error, OperationalError):
        return False
    return getattr(error.orig, "sqlstate", "") in _GAVE_WAY or "locked" in str(error.orig)


def outage(error: Exception) -> Text | None:
    """What to say about an outage; None for anything that is a fault of ours."""
    if is_a_wait(error):
        return BUSY
    if isinstance(error, DBAPIError):
        return _of_database(error)
    if isinstance(error, OSError) and error.errno in _DISK:
        return FULL
    return None


def _of_database(error: DBAPIError) -> Text | None:
    said = str(error.orig).lower()
    if any(words in said for words in _SQLITE_DISK):
        return FULL
    state = getattr(error.orig, "sqlstate", None)
    if state in _NO_ROOM:
        return FULL
    is_lost = error.connection_invalidated or (state or "").startswith(_NO_ANSWER)
    never_came = state is None and isinstance(error, OperationalError) and _is_of_postgresql(error)
    return AWAY if is_lost or never_came else None


def _is_of_postgresql(error: DBAPIError) -> bool:
    return type(error.orig).__module__.startswith("psycopg")
