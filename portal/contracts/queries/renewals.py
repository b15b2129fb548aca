"""Contracts that end soon and have no successor."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from sqlalchemy import Select, exists, or_, select
from sqlalchemy.orm import aliased, joinedload, selectinload

from portal.access.scope import visible
from portal.access.viewer import Viewer
from portal.contracts.models import Contract, ContractTerms
from portal.contracts.queries import standing
from portal.contracts.rules.renewal import FIRST_HORIZON, is_due
from portal.contracts.rules.states import ContractState
from portal.db.base import db

LONGEST_NOTICE = 365


def ending(viewer: Viewer, today: date, days: int) -> Select[Any]:
    """Contracts in force that end within `days` from `today` and are not renewed."""
    successor = aliased(Contract)
    renewed = exists().where(
        successor.predecessor_id == Contract.id, successor.state != ContractState.VOID.value
    )
    in_force = or_(
        Contract.state == ContractState.ACTIVE.value,
        Contract.state == ContractState.SUSPENDED.value,
    )
    statement = visible(select(Contract), Contract, viewer).where(
        in_force,
        Contract.ends_on >= today,
        Contract.ends_on <= today + timedelta(days=days),
        ~renewed,
    )
    return statement.options(joinedload(Contract.customer), joinedload(Contract.owner))


def unrenewed(viewer: Viewer, today: date) -> list[tuple[Contract, ContractTerms]]:
    """Each contract that a reminder may be due for, with its last agreed terms; soonest end first."""
    statement = ending(viewer, today, LONGEST_NOTICE).order_by(Contract.ends_on, Contract.id)
    statement = statement.options(selectinload(Contract.terms), selectinload(Contract.amendments))
    found = [(row, standing.last_terms(row)) for row in db.session.scalars(statement).unique()]
    return [
        (row, terms)
        for row, terms in found
        if (row.ends_on - today).days <= max(FIRST_HORIZON, terms.notice_days)
    ]


def due(viewer: Viewer, today: date) -> list[Contract]:
    """Contracts whose notice period has begun, soonest end first."""
    return [
        row
        for row, terms in unrenewed(viewer, today)
        if is_due(row.ends_on, terms.notice_days, today)
    ]
