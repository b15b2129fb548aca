"""Tasks and field visits: what a request has, what a person has before them, what a customer may know."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import joinedload

from portal.access.scope import past_the_walls, visible
from portal.access.viewer import Viewer
from portal.customers.models import Customer
from portal.db.base import db
from portal.service_requests.models import RequestTask, ServiceRequest
from portal.service_requests.rules.calendar_weeks import Planned
from portal.service_requests.rules.kinds import TaskKind
from portal.service_requests.rules.states import TaskState

K = RequestTask
NAMES = (Customer.code, Customer.name_zh, Customer.name_en, Customer.short_name)
MOST_SHOWN = 100
WITH_PARTIES = (
    joinedload(K.customer).load_only(*NAMES),
    joinedload(K.assignee),
    joinedload(K.site),
    joinedload(K.request).load_only(
        ServiceRequest.number, ServiceRequest.title, ServiceRequest.state
    ),
)


@dataclass(frozen=True, slots=True)
class SharedVisit:
    """What a customer knows of a visit: when, who comes, where; nothing of what was written for ourselves."""

    id: int
    kind: str
    state: str
    title: str
    starts_at: datetime
    ends_at: datetime | None
    person: str
    place: str


def tasks(viewer: Viewer) -> Select[Any]:
    """Every task and visit that one may see."""
    return visible(select(K), K, viewer).options(*WITH_PARTIES)


def of_request(request_id: int, viewer: Viewer) -> list[RequestTask]:
    """The tasks and visits of one request, open ones first, then by time."""
    wanted = tasks(viewer).where(K.request_id == request_id)
    order = (K.state != TaskState.OPEN.value, K.due_at, K.id)
    return list(db.session.scalars(wanted.order_by(*order).limit(MOST_SHOWN)))


def visits_shared(request_id: int, viewer: Viewer) -> list[SharedVisit]:
    """The visits of a request that its customer is shown, by time; none of an internal request."""
    wanted = (
        visible(select(K), K, viewer)
        .join(ServiceRequest, ServiceRequest.id == K.request_id)
        .where(
            K.request_id == request_id,
            K.is_shared.is_(True),
            K.kind != TaskKind.TASK.value,
            ServiceRequest.is_internal.is_(False),
        )
        .options(joinedload(K.assignee), joinedload(K.site))
        .order_by(K.starts_at, K.id)
    )
    return [_shared(each) for each in db.session.scalars(wanted.limit(MOST_SHOWN))]


def in_span(
    viewer: Viewer, person_id: int | None, starts: datetime, ends: datetime
) -> list[RequestTask]:
    """Visits that touch a span of time, of one person or of everybody; not those called off."""
    wanted = tasks(viewer).where(
        K.starts_at < ends,
        or_(K.ends_at > starts, and_(K.ends_at.is_(None), K.starts_at >= starts)),
        K.state != TaskState.CANCELLED.value,
        _of(person_id),
    )
    return list(db.session.scalars(wanted.order_by(K.starts_at, K.id)))


def unplanned(viewer: Viewer, person_id: int | None, limit: int = MOST_SHOWN) -> list[RequestTask]:
    """Open tasks that have no time of their own, the most urgent first."""
    wanted = tasks(viewer).where(
        K.state == TaskState.OPEN.value, K.starts_at.is_(None), _of(person_id)
    )
    return list(db.session.scalars(wanted.order_by(K.due_at, K.id).limit(limit)))


def open_of(user_id: int, viewer: Viewer) -> list[RequestTask]:
    """Everything open of one person, by time: what their telephone reads."""
    wanted = tasks(viewer).where(K.state == TaskState.OPEN.value, _of(user_id))
    return list(db.session.scalars(wanted.order_by(K.due_at, K.id)))


def clashes(
    user_id: int, starts: datetime, ends: datetime, but_not: int | None = None
) -> list[Planned]:
    """When a person is somewhere else already; only the times are told, whoever's customer it is."""
    wanted = select(K.id, K.starts_at, K.ends_at).where(
        K.assignee_id == user_id,
        K.state == TaskState.OPEN.value,
        K.starts_at < ends,
        K.ends_at > starts,
        K.id != (but_not or 0),
    )
    with past_the_walls():
        rows = db.session.execute(wanted.order_by(K.starts_at, K.id)).all()
    return [Planned(row.id, row.starts_at, row.ends_at) for row in rows]


def _of(person_id: int | None) -> ColumnElement[bool]:
    return K.assignee_id == person_id if person_id is not None else K.assignee_id.is_not(None)


def _shared(task: RequestTask) -> SharedVisit:
    assert task.starts_at is not None  # the table has no visit without a time
    return SharedVisit(
        task.id, task.kind, task.state, task.title, task.starts_at, task.ends_at, task.assignee.name,
        task.place or (task.site.address if task.site else ""),
    )  # fmt: skip
