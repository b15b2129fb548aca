"""Small things that every page reads and hardly anybody changes, kept between requests.

A commit that changes one is seen at once by every process forked from the same server (they share `_mark`), and by
others (the command line, a second machine) after `SECONDS` at the latest.
"""

from __future__ import annotations

import mmap
import time
from collections.abc import Callable
from typing import Any, Generic, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, event
from sqlalchemy.orm import Session, object_session

from portal.db.base import db

SECONDS = 5.0
_CHANGED = "kept_changed"
_mark = mmap.mmap(-1, 8)  # anonymous memory: made before the fork, so shared after it

T = TypeVar("T")


class Kept(Generic[T]):
    """What `read` gives: plain values, never rows of a session. A change to one of `models` ends the keeping."""

    def __init__(self, read: Callable[[], T], *models: type) -> None:
        self._read = read
        self._kept: WeakKeyDictionary[Engine, tuple[bytes, float, T]] = WeakKeyDictionary()
        for model in models:
            for change in ("after_insert", "after_update", "after_delete"):
                event.listen(model, change, _remember)

    def get(self) -> T:
        """The value; a session that writes reads for itself what it may have changed."""
        session = db.session()
        if _CHANGED in session.info or session.new or session.dirty or session.deleted:
            return self._read()
        mark, now, engine = _mark[:], time.monotonic(), db.engine
        kept = self._kept.get(engine)
        if kept is None or kept[0] != mark or now - kept[1] > SECONDS:
            kept = self._kept[engine] = mark, now, self._read()
        return kept[2]


def changed() -> None:
    """Something kept was changed past the ORM: everybody reads anew."""
    _mark[:] = time.monotonic_ns().to_bytes(8, "big")


def _remember(_mapper: Any, _connection: Any, row: object) -> None:
    session = object_session(row)
    if session is not None:
        session.info[_CHANGED] = True


def _after_commit(session: Session) -> None:
    if session.info.pop(_CHANGED, False):
        changed()


def _after_rollback(session: Session) -> None:
    session.info.pop(_CHANGED, None)


event.listen(Session, "after_commit", _after_commit)
event.listen(Session, "after_rollback", _after_rollback)
