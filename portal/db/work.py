"""One unit of work for jobs and the command line; requests have theirs in `web/transaction.py`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from portal.db.base import db
from portal.db.engine import begin_writing


@contextmanager
def unit_of_work() -> Iterator[None]:
    """Everything inside is committed together, or nothing is."""
    db.session.rollback()
    begin_writing(db.session())
    try:
        yield
        db.session.commit()
    except BaseException:
        db.session.rollback()
        raise
