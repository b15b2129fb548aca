"""Endpoints and deliveries, for pages and for the worker."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import joinedload

from portal.access.permissions import Role
from portal.accounts.models import StaffRole, User
from portal.db.base import db
from portal.hooks.models import HookDelivery, HookEndpoint
from portal.hooks.rules.kinds import DeliveryState


def endpoints() -> Select[Any]:
    """Every endpoint, with its customer's name."""
    return select(HookEndpoint).options(joinedload(HookEndpoint.customer))


def deliveries(endpoint_id: int | None = None) -> Select[Any]:
    """Deliveries with their endpoints; of one endpoint when it is given."""
    found = select(HookDelivery).options(joinedload(HookDelivery.endpoint))
    return found if endpoint_id is None else found.where(HookDelivery.endpoint_id == endpoint_id)


def counts(endpoint_id: int) -> dict[str, int]:
    """State → how many deliveries of an endpoint are in it."""
    rows = db.session.execute(
        select(HookDelivery.state, func.count())
        .where(HookDelivery.endpoint_id == endpoint_id)
        .group_by(HookDelivery.state)
    )
    return {row[0]: row[1] for row in rows}


def dead_count() -> int:
    """How many deliveries were given up and wait for somebody."""
    given_up = HookDelivery.state == DeliveryState.DEAD.value
    return db.session.scalar(select(func.count()).select_from(HookDelivery).where(given_up)) or 0


def failing_count() -> int:
    """How many endpoints take nothing now, or were switched off for it."""
    now = HookEndpoint.is_active.is_(True) & HookEndpoint.failing_since.is_not(None)
    failing = or_(now, HookEndpoint.off_reason != "")
    return db.session.scalar(select(func.count()).select_from(HookEndpoint).where(failing)) or 0


def due_ids(now: datetime, limit: int) -> Select[Any]:
    """Deliveries that are to be tried now, held for this run; tests go out from an endpoint that is off, too."""
    return (
        select(HookDelivery)
        .join(HookEndpoint, HookEndpoint.id == HookDelivery.endpoint_id)
        .where(
            HookDelivery.state == DeliveryState.PENDING.value,
            HookDelivery.next_try_at <= now,
            or_(HookEndpoint.is_active.is_(True), HookDelivery.entry_id.is_(None)),
        )
        .order_by(HookDelivery.next_try_at, HookDelivery.id)
        .limit(limit)
        .with_for_update(skip_locked=True, of=HookDelivery)
    )


def administrators() -> list[User]:
    """Whom to tell when an endpoint is off."""
    wanted = select(User).join(StaffRole, StaffRole.user_id == User.id)
    wanted = wanted.where(StaffRole.role == Role.ADMINISTRATOR.value, User.active.is_(True))
    return list(db.session.scalars(wanted.order_by(User.id)))
