"""A person's own lists: the filters of a list under a name."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select

from portal.access.viewer import Viewer
from portal.db.base import db
from portal.kernel.errors import Invalid, NotAllowedNow, NotFound
from portal.kernel.text import t
from portal.service_requests.models import SavedFilter

LONGEST_NAME = 60
LONGEST_QUERY = 1000
MOST = 30


def save(place: str, name: str, query: str, actor: Viewer, now: datetime) -> SavedFilter:
    """Keep `query` (what stands behind the `?`) of the list `place` under a name; the same name is replaced.

    Invalid at "name" without one or for a long one, at "query" for one that is too long; NotAllowedNow beyond MOST.
    """
    called = " ".join(name.split())
    if not called or len(called) > LONGEST_NAME:
        raise Invalid(
            t("Give the filter a name of at most %(most)s characters.", most=LONGEST_NAME), "name"
        )
    if len(query) > LONGEST_QUERY:
        raise Invalid(t("These filters are too long to be saved."), "query")
    row = db.session.scalar(_own(place, actor).where(SavedFilter.name == called))
    if row is None:
        row = _added(place, called, actor)
    row.query, row.updated_at = query, now
    db.session.flush()
    return row


def remove(filter_id: int, actor: Viewer) -> None:
    """Take one's own off; NotFound for another person's."""
    wanted = select(SavedFilter).where(
        SavedFilter.id == filter_id, SavedFilter.user_id == actor.user_id
    )
    row = db.session.scalar(wanted)
    if row is None:
        raise NotFound()
    db.session.delete(row)


def _own(place: str, actor: Viewer) -> Select[Any]:
    return select(SavedFilter).where(
        SavedFilter.user_id == actor.user_id, SavedFilter.place == place
    )


def _added(place: str, name: str, actor: Viewer) -> SavedFilter:
    last = select(func.count(SavedFilter.id), func.max(SavedFilter.position)).where(
        SavedFilter.user_id == actor.user_id, SavedFilter.place == place
    )
    count, position = db.session.execute(last).one()
    if count >= MOST:
        raise NotAllowedNow(t("You have %(most)s saved filters. Remove one first.", most=MOST))
    row = SavedFilter(user_id=actor.user_id, place=place, name=name, position=(position or 0) + 1)
    db.session.add(row)
    return row
