"""Reading what the runs found: lists of a run, one customer's months, overrides."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, ClassVar, NamedTuple

from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import contains_eager, joinedload

from portal.access.models import Assignment
from portal.access.scope import visible
from portal.access.viewer import Viewer
from portal.accounts.models import User
from portal.billing.models import Dispute
from portal.billing.rules.states import RunState
from portal.customers.models import Customer
from portal.db.audit import AuditEntry
from portal.db.base import db
from portal.insights.models import (
    Classification,
    ClassificationRun,
    ClassOverride,
    CustomerMonth,
)
from portal.insights.rules.kinds import Aspect
from portal.service_requests.models import ServiceRequest
from portal.service_requests.rules.kinds import RequestKind

LOOKED_AT = 30
HAND = {aspect.value: 1 << place for place, aspect in enumerate(Aspect)}
"""A bit for each aspect: at most one hand of each counts at a time."""


@dataclass(frozen=True, slots=True)
class Named:
    """A customer as history names it."""

    id: int
    __tablename__: ClassVar[str] = Customer.__tablename__


def latest_run(*, before: date | None = None) -> ClassificationRun | None:
    """The newest run that is done."""
    statement = select(ClassificationRun).where(ClassificationRun.state == RunState.DONE.value)
    if before is not None:
        statement = statement.where(ClassificationRun.month < before)
    return db.session.scalar(statement.order_by(ClassificationRun.month.desc()).limit(1))


def run_of(month: date) -> ClassificationRun | None:
    """The run of a month."""
    return db.session.scalar(select(ClassificationRun).where(ClassificationRun.month == month))


def runs() -> Select[ClassificationRun]:
    """Every run."""
    return select(ClassificationRun)


def with_last_words(run_id: int, viewer: Viewer) -> Select[Any]:
    """(what was found, last complaint, last dispute, the owner's name, what is set by hand) of a run's customers.

    Those that the viewer sees. What is set by hand: the sum of `HAND` of its aspects, None for nothing.
    """
    found = Classification
    complaint = select(func.max(ServiceRequest.received_at)).where(
        ServiceRequest.customer_id == found.customer_id,
        ServiceRequest.kind == RequestKind.COMPLAINT.value,
    )
    dispute = select(func.max(Dispute.raised_at)).where(Dispute.customer_id == found.customer_id)
    owner = (
        select(func.min(User.name))
        .join(Assignment, Assignment.user_id == User.id)
        .where(Assignment.customer_id == found.customer_id, Assignment.part == "owner")
    )
    by_hand = select(func.sum(case(HAND, value=ClassOverride.aspect, else_=0))).where(
        ClassOverride.customer_id == found.customer_id, ClassOverride.ended_at.is_(None)
    )
    beside = (each.scalar_subquery() for each in (complaint, dispute, owner, by_hand))
    statement = select(found, *beside).join(Customer, Customer.id == found.customer_id)
    mine = visible(statement, found, viewer).where(found.run_id == run_id)
    return mine.options(contains_eager(found.customer))


class Tally(NamedTuple):
    """So many customers of a run that one tier held before and one holds now, and what they are marked as."""

    before: str
    tier: str
    customers: int
    at_risk: int
    stars: int
    promotions: int


def tallies(run_id: int, viewer: Viewer) -> list[Tally]:
    """What a run found of the customers whom the viewer may see, by what became of their tier."""
    found = Classification
    marks: Any = (
        func.sum(case((criterion, 1), else_=0))
        for criterion in (found.is_at_risk, found.is_star, found.promotes_to != "")
    )
    tiers: Any = (found.tier_before, found.tier)
    statement = visible(select(*tiers, func.count(), *marks), found, viewer)
    rows = db.session.execute(statement.where(found.run_id == run_id).group_by(*tiers))
    return [Tally._make(row) for row in rows]


def new_at_risk(run: ClassificationRun, viewer: Viewer) -> int:
    """How many customers at risk were not so in the run before."""
    found, earlier = Classification, latest_run(before=run.month)
    known = select(found.customer_id).where(
        found.run_id == (earlier.id if earlier else 0), found.is_at_risk.is_(True)
    )
    statement = visible(select(func.count()).select_from(found), found, viewer).where(
        found.run_id == run.id, found.is_at_risk.is_(True), found.customer_id.not_in(known)
    )
    return db.session.scalar(statement) or 0


def latest_of(customer_id: int) -> Classification | None:
    """What the newest run found for one customer."""
    statement = select(Classification).where(Classification.customer_id == customer_id)
    return db.session.scalar(statement.order_by(Classification.month.desc()).limit(1))


def history_of(customer_id: int, viewer: Viewer, months: int = 24) -> list[Classification]:
    """What the runs found for one customer, the newest first."""
    statement = visible(select(Classification), Classification, viewer).where(
        Classification.customer_id == customer_id
    )
    newest = statement.order_by(Classification.month.desc()).limit(months)
    return list(db.session.scalars(newest.options(joinedload(Classification.run))))


def last_state_change(customer_id: int) -> tuple[datetime, dict[str, Any]] | None:
    """When the state was last worked out anew, and what was written then."""
    entry = AuditEntry
    statement = select(entry.at, entry.after).where(
        entry.subject_type == Customer.__tablename__,
        entry.subject_id == customer_id,
        entry.event == "customer.classified",
    )
    rows = db.session.execute(statement.order_by(entry.id.desc()).limit(LOOKED_AT))
    return next(((at, after) for at, after in rows if "state" in (after or {})), None)


def months_of(customer_id: int, viewer: Viewer, months: int = 24) -> list[CustomerMonth]:
    """The facts of one customer's months, the newest first."""
    statement = visible(select(CustomerMonth), CustomerMonth, viewer).where(
        CustomerMonth.customer_id == customer_id
    )
    return list(db.session.scalars(statement.order_by(CustomerMonth.month.desc()).limit(months)))


def overrides_of(customer_id: int, viewer: Viewer) -> list[ClassOverride]:
    """What was set by hand for one customer, the newest first."""
    statement = visible(select(ClassOverride), ClassOverride, viewer).where(
        ClassOverride.customer_id == customer_id
    )
    newest = statement.order_by(ClassOverride.id.desc()).limit(50)
    return list(db.session.scalars(newest.options(joinedload(ClassOverride.setter))))
