"""Contracts that end soon and have no successor."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Select, exists, func, or_, select
from sqlalchemy.orm import aliased, joinedload, selectinload

from portal.access.scope import visible
from portal.access.viewer import Viewer
from portal.contracts.models import Amendment, Contract, ContractTerms
from portal.contracts.queries import standing
from portal.contracts.rules.renewal import FIRST_HORIZON, is_due
from portal.contracts.rules.states import AmendmentState, ContractState
from portal.customers.models import Customer
from portal.db.base import db
from portal.db.together import Question, Rows

LONGEST_NOTICE = 365
IN_FORCE = AmendmentState.IN_FORCE.value


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


class Ending(NamedTuple):
    """A contract whose renewal is to be talked about."""

    id: int
    number: str
    title: str
    ends_on: date
    customer: str


def due(viewer: Viewer, today: date, owner_id: int | None) -> Question[list[Ending]]:
    """Somebody's contracts whose notice period has begun, soonest end first."""
    terms = ContractTerms
    called = func.coalesce(
        func.nullif(Customer.short_name, ""), func.nullif(Customer.name_zh, ""), Customer.name_en
    )
    statement = (
        ending(viewer, today, LONGEST_NOTICE)
        .where(Contract.owner_id == owner_id)
        .join(terms, terms.contract_id == Contract.id)
        .outerjoin(Amendment, Amendment.id == terms.amendment_id)
        .outerjoin(Customer, Customer.id == Contract.customer_id)
        .where(or_(terms.amendment_id.is_(None), Amendment.state == IN_FORCE))
        .with_only_columns(
            Contract.id,
            Contract.number,
            Contract.title,
            Contract.ends_on,
            called,
            terms.notice_days,
        )
    )
    ordered = statement.order_by(Contract.ends_on, Contract.id, terms.from_on, terms.id)

    def now_due(rows: Rows) -> list[Ending]:
        agreed_last = {row[0]: row for row in rows}
        return [Ending(*row[:-1]) for row in agreed_last.values() if is_due(row[3], row[-1], today)]

    return Question(ordered, now_due)
