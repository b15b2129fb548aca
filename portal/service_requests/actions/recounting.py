"""Clocks that run are counted anew when the firm's days or hours change; how much was promised stays."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Select, func, select, update

from portal.db.base import db
from portal.service_requests.actions.clocks import rests_of, span_of
from portal.service_requests.models.clocks import RequestClock
from portal.service_requests.models.requests import ServiceRequest
from portal.service_requests.queries.work_calendar import work_time
from portal.service_requests.rules.clock_kinds import ClockState
from portal.service_requests.rules.clocks import WORKING, reckon

BATCH = 2000


def recount(now: datetime) -> int:
    """Give every running clock of working time that has not run out its new end; how many moved."""
    db.session.flush()
    work, moved, after_id = work_time(), 0, 0
    while True:
        rows = list(db.session.scalars(_running(now, after_id)))
        changed = []
        for row in rows:
            found = reckon(row.started_at, span_of(row), row.warn_percent, work, rests_of(row))
            if found.due_at != row.due_at or found.warn_at != row.warn_at:
                changed.append({"id": row.id, "due_at": found.due_at, "warn_at": found.warn_at})
        if changed:
            db.session.execute(update(RequestClock), changed)
            moved_ids = {each["id"] for each in changed}
            _follow([row.request_id for row in rows if row.id in moved_ids])
            moved += len(changed)
        if len(rows) < BATCH:
            return moved
        after_id = rows[-1].id


def _running(now: datetime, after_id: int) -> Select[RequestClock]:
    return (
        select(RequestClock)
        .where(
            RequestClock.state == ClockState.RUNNING.value,
            RequestClock.unit.in_([unit.value for unit in WORKING]),
            RequestClock.due_at > now,
            RequestClock.id > after_id,
        )
        .order_by(RequestClock.id)
        .limit(BATCH)
    )


def _follow(request_ids: list[int]) -> None:
    earliest = (
        select(func.min(RequestClock.due_at))
        .where(
            RequestClock.request_id == ServiceRequest.id,
            RequestClock.state == ClockState.RUNNING.value,
        )
        .scalar_subquery()
    )
    wanted = ServiceRequest.id.in_(sorted(set(request_ids)))
    statement = update(ServiceRequest).where(wanted).values(next_due_at=earliest)
    db.session.execute(statement, execution_options={"synchronize_session": False})
    db.session.expire_all()
