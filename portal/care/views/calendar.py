"""Visits on the calendar of tasks."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from flask import url_for

from portal.access.permissions import Permission as P
from portal.access.viewer import Viewer
from portal.care.models import Visit
from portal.care.queries.visits import in_span
from portal.web.words import name_of, say


def entries(
    viewer: Viewer,
    person_id: int | None,
    first: date,
    last: date,
    starts: datetime,
    ends: datetime,
) -> list[dict[str, Any]]:
    """The visits of these days, of one person or of everybody; not those called off."""
    if not viewer.may(P.CARE_SEE):
        return []
    return [_entry(row) for row in in_span(viewer, person_id, starts, ends, (first, last))]


def _entry(row: Visit) -> dict[str, Any]:
    length = timedelta(minutes=row.minutes)
    as_planned = row.done_on in (None, row.planned_on)
    starts_at = row.starts_at if as_planned else None
    return {
        "on": row.planned_on if as_planned else row.done_on,
        "title": say(row.what_for),
        "customer": name_of(row.customer),
        "person": row.visitor.name,
        "url": url_for("desk_visits.show", visit_id=row.id),
        "state": row.state,
        "starts_at": starts_at,
        "ends_at": starts_at + length if starts_at else None,
    }
