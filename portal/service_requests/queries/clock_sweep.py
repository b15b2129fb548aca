"""Clocks that have to be told of: about to run out, run out, and late so long that a manager hears of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import ColumnElement, and_, or_, select

from portal.access.permissions import Role
from portal.accounts.models import StaffRole, User
from portal.customers.models import Customer
from portal.db.base import db
from portal.service_requests.models.clocks import RequestClock
from portal.service_requests.models.requests import ServiceRequest
from portal.service_requests.rules.clock_kinds import ClockState

RUNS = RequestClock.state == ClockState.RUNNING.value
RUN_OUT = or_(
    RUNS, and_(RequestClock.state == ClockState.PAUSED.value, RequestClock.left_seconds == 0)
)
"""Late however it is: a clock that ran out before it was paused is late while it stands still."""


@dataclass(frozen=True, slots=True)
class DueClock:
    """What is told of one clock; it stands for its request in the history."""

    __tablename__: ClassVar[str] = ServiceRequest.__tablename__

    clock_id: int
    kind: str
    code: str
    due_at: datetime
    met_at: datetime | None
    id: int
    number: str
    title: str
    severity: int
    owner_id: int | None
    customer_id: int
    customer_zh: str
    customer_en: str


def to_warn(now: datetime, limit: int) -> list[DueClock]:
    """Clocks past their warning that still run, the first to run out first."""
    return _due(
        RUNS,
        RequestClock.warn_at <= now,
        RequestClock.warned_at.is_(None),
        RequestClock.due_at > now,
        limit=limit,
    )


def to_breach(now: datetime, limit: int) -> list[DueClock]:
    """Clocks that ran out and nobody was told."""
    return _due(
        RUN_OUT, RequestClock.due_at <= now, RequestClock.breached_at.is_(None), limit=limit
    )


def to_escalate(now: datetime, limit: int) -> list[DueClock]:
    """Clocks that are late for so long that the service managers hear of it."""
    return _due(
        RUN_OUT, RequestClock.escalate_at <= now, RequestClock.escalated_at.is_(None), limit=limit
    )


def breached_between(after: datetime, until: datetime, limit: int) -> list[DueClock]:
    """Clocks that ran out then, whether somebody did late what they waited for or nobody has yet."""
    missed = or_(RUN_OUT, RequestClock.met_at > RequestClock.due_at)
    return _due(missed, RequestClock.due_at > after, RequestClock.due_at <= until, limit=limit)


def staff(ids: Sequence[int]) -> dict[int, User]:
    """The active people of these ids."""
    if not ids:
        return {}
    wanted = select(User).where(User.id.in_(ids), User.active.is_(True))
    return {row.id: row for row in db.session.scalars(wanted)}


def service_managers() -> list[User]:
    """Who hears of breaches; the administrators where the firm has no service manager."""
    for role in (Role.SERVICE_MANAGER, Role.ADMINISTRATOR):
        holders = select(StaffRole.user_id).where(StaffRole.role == role.value)
        wanted = select(User).where(User.active.is_(True), User.id.in_(holders)).order_by(User.id)
        found = list(db.session.scalars(wanted))
        if found:
            return found
    return []


def _due(*wanted: ColumnElement[bool], limit: int) -> list[DueClock]:
    columns: tuple[Any, ...] = (
        RequestClock.id, RequestClock.kind, RequestClock.code, RequestClock.due_at,
        RequestClock.met_at, ServiceRequest.id, ServiceRequest.number, ServiceRequest.title,
        ServiceRequest.severity, ServiceRequest.owner_id, ServiceRequest.customer_id,
        Customer.name_zh, Customer.name_en,
    )  # fmt: skip
    statement = (
        select(*columns)
        .join(ServiceRequest, ServiceRequest.id == RequestClock.request_id)
        .join(Customer, Customer.id == ServiceRequest.customer_id)
        .where(*wanted)
        .order_by(RequestClock.due_at, RequestClock.id)
        .limit(limit)
    )
    return [DueClock(*row) for row in db.session.execute(statement)]
