"""A request while it is being changed: held by one transaction as it stands now, moved by its table, locked after."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal.access.permissions import Permission
from portal.access.scope import past_the_walls
from portal.access.viewer import Viewer
from portal.db.base import db
from portal.db.engine import write_from_here
from portal.kernel.errors import Forbidden, NotAllowedNow, NotFound, StaleEdit
from portal.kernel.text import t
from portal.service_requests.models import ServiceRequest
from portal.service_requests.queries import people
from portal.service_requests.queries.requests import is_seen
from portal.service_requests.rules.states import (
    LOCKED,
    OPEN,
    REQUEST_STEPS,
    RequestState,
    RequestStep,
)

WORK = Permission.REQUEST_WORK
LOCKED_VALUES = frozenset(each.value for each in LOCKED)


def held(
    request: ServiceRequest, actor: Viewer, permission: Permission, version: int | None = None
) -> ServiceRequest:
    """The request as it stands now, held until the transaction ends.

    NotFound when the actor does not see it, Forbidden without the permission; StaleEdit when it changed since
    `version` was read.
    """
    row = held_id(request.id)
    if not is_seen(row, actor):
        raise NotFound()
    if not actor.may(permission):
        raise Forbidden()
    if version is not None and row.version != version:
        raise StaleEdit(t("Somebody else changed this request a moment ago. Look at it again."))
    return row


def held_id(request_id: int) -> ServiceRequest:
    """The request of this id, held likewise, whoever sees it."""
    write_from_here(db.session())
    wanted = select(ServiceRequest).where(ServiceRequest.id == request_id)
    wanted = wanted.options(joinedload(ServiceRequest.customer))
    with past_the_walls():
        row = db.session.scalar(
            wanted.with_for_update(of=ServiceRequest).execution_options(populate_existing=True)
        )
    if row is None:
        raise NotFound()
    return row


def unlocked(
    request: ServiceRequest, actor: Viewer, permission: Permission = WORK, version: int | None = None
) -> ServiceRequest:  # fmt: skip
    """The same of a request that is not locked; NotAllowedNow for one that is."""
    row = held(request, actor, permission, version)
    if is_locked(row):
        raise NotAllowedNow(t("This case is closed; nothing of it changes any more."))
    return row


def is_locked(request: ServiceRequest) -> bool:
    """Whether nothing of it changes any more."""
    return request.state in LOCKED_VALUES


def check_step(request: ServiceRequest, step: RequestStep) -> RequestState:
    """The state after `step`; NotAllowedNow where the table has none, and who was quicker where somebody was."""
    if step is RequestStep.ACCEPT and request.state == RequestState.ACCEPTED.value:
        name = people.names([request.owner_id]).get(request.owner_id or 0)
        if name:
            raise NotAllowedNow(t("%(name)s has accepted this request already.", name=name))
    return REQUEST_STEPS.next(RequestState(request.state), step)


def move(request: ServiceRequest, step: RequestStep, now: datetime) -> None:
    """Take a step of the table; `is_open` and the time follow."""
    state = check_step(request, step)
    request.state, request.is_open = state.value, state in OPEN
    request.updated_at = now
