"""Return visits: which there are, and whom somebody should call back now."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String, cast, select

from portal.calls.models import CallPlan
from portal.calls.rules.kinds import Purpose
from portal.calls.rules.visits import (
    ANSWER_PREFIX,
    LOOKED_BACK,
    VISITED_KINDS,
    VISITED_STATES,
)
from portal.customers.models import Contact
from portal.db.base import db
from portal.satisfaction.models import Survey, SurveyAnswer
from portal.satisfaction.queries.results import is_low
from portal.service_requests.models import ServiceRequest

MOST = 500
"""How many are planned in one run; the next run goes on."""
R, A = ServiceRequest, SurveyAnswer


def requests_to_visit(now: datetime) -> list[int]:
    """Complaints and claims that were closed lately and have no return visit."""
    visited = select(CallPlan.id).where(
        CallPlan.request_id == R.id, CallPlan.purpose == Purpose.RETURN_VISIT.value
    )
    statement = select(R.id).where(
        R.state.in_([state.value for state in VISITED_STATES]),
        R.kind.in_([kind.value for kind in VISITED_KINDS]),
        R.is_internal.is_(False),
        R.closed_at > now - LOOKED_BACK,
        ~visited.exists(),
    )
    return list(db.session.scalars(statement.order_by(R.closed_at, R.id).limit(MOST)))


def answers_to_visit(now: datetime) -> list[int]:
    """Low scores of late without their call."""
    planned = select(CallPlan.id).where(CallPlan.key == ANSWER_PREFIX + cast(A.id, String))
    statement = (
        select(A.id)
        .join(Survey, Survey.id == A.survey_id)
        .where(A.given_at > now - LOOKED_BACK, is_low(), ~planned.exists())
    )
    return list(db.session.scalars(statement.order_by(A.given_at, A.id).limit(MOST)))


def visits_of(request_id: int | None) -> list[CallPlan]:
    """Every return visit of a request, the earliest due first."""
    if request_id is None:
        return []
    statement = select(CallPlan).where(
        CallPlan.request_id == request_id, CallPlan.purpose == Purpose.RETURN_VISIT.value
    )
    return list(db.session.scalars(statement.order_by(CallPlan.due_at, CallPlan.id)))


def is_planned(key: str) -> bool:
    """Whether the call of this cause was planned."""
    return db.session.scalar(select(CallPlan.id).where(CallPlan.key == key)) is not None


def main_contact(customer_id: int) -> Contact | None:
    """The customer's main contact."""
    statement = select(Contact).where(
        Contact.customer_id == customer_id, Contact.is_main.is_(True), Contact.active.is_(True)
    )
    return db.session.scalar(statement.order_by(Contact.id).limit(1))
