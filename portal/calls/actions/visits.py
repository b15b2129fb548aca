"""Return visits plan themselves: after a closed complaint or claim, and at once after a low score. Each once."""

from __future__ import annotations

from datetime import date, datetime

from portal.access.gate import load
from portal.access.permissions import Permission as P
from portal.access.viewer import SYSTEM
from portal.calls.actions import planning
from portal.calls.models import CallPlan
from portal.calls.queries import visits as queries
from portal.calls.rules import visits as rules
from portal.calls.rules.facts import LONGEST_PLAN, PlanFacts
from portal.calls.rules.kinds import Purpose
from portal.customers.models import Customer
from portal.db import audit
from portal.db.base import db
from portal.kernel.clock import business_day
from portal.satisfaction.models import SurveyAnswer
from portal.service_requests.models import ServiceRequest
from portal.service_requests.queries import people
from portal.service_requests.queries.work_calendar import service_settings, work_time


def after_request(request_id: int, now: datetime) -> bool:
    """Plan the return visit of a closed complaint or claim; False when there is one."""
    request = load(ServiceRequest, request_id, SYSTEM, P.REQUEST_SEE, lock=True)
    if request.closed_at is None or queries.visits_of(request.id):
        return False
    due_at = _due(business_day(request.closed_at), service_settings().return_visit_days)
    words = f"{request.number} {request.title}"
    facts = _facts(request.customer, request, request.requester_name, due_at, words)
    planning.plan(facts, SYSTEM, now, key=rules.request_key(request.id))
    return True


def after_answer(answer_id: int, now: datetime) -> bool:
    """Plan a call by the next working day after a low score; a return visit that waits is brought forward instead."""
    answer = load(SurveyAnswer, answer_id, SYSTEM, P.SURVEY_SEE, lock=True)
    key = rules.answer_key(answer.id)
    if queries.is_planned(key):
        return False
    due_at, words = _due(business_day(answer.given_at), rules.SOON), _said(answer)
    waiting = [row for row in queries.visits_of(answer.request_id) if row.state == "open"]
    if waiting:
        _bring_forward(waiting[0], key, due_at, words, now)
    else:
        name = answer.invitation.name
        facts = _facts(answer.customer, answer.request, name, due_at, words)
        planning.plan(facts, SYSTEM, now, key=key)
    return True


def _bring_forward(row: CallPlan, key: str, due_at: datetime, words: str, now: datetime) -> None:
    before = {"due_at": row.due_at.isoformat()}
    row.key, row.due_at = key, min(row.due_at, due_at)
    row.text = f"{words}\n{row.text}"[:LONGEST_PLAN]
    db.session.flush()
    after = {"due_at": row.due_at.isoformat(), "text": row.text[:200]}
    audit.record(SYSTEM, "call.planned", row, now, before=before, after=after)


def _facts(
    customer: Customer, request: ServiceRequest | None, name: str, due_at: datetime, words: str
) -> PlanFacts:
    """Whom to ring: the requester's own number, else the main contact's, else the firm's."""
    contact = queries.main_contact(customer.id)
    number = request.requester_phone if request else ""
    if not number and request and request.requester:
        number = request.requester.phone or ""
    owner_id = request.owner_id if request else None
    return PlanFacts(
        purpose=Purpose.RETURN_VISIT,
        due_at=due_at,
        number=number or (contact.phone if contact else "") or customer.phone,
        name=name,
        customer_id=customer.id,
        contact_id=contact.id if contact and not number else None,
        assignee_id=owner_id if owner_id and people.may(owner_id, P.CALL_WORK) else None,
        text=words[:LONGEST_PLAN],
        request_id=request.id if request else None,
    )


def _due(from_on: date, days: int) -> datetime:
    time = work_time()
    return rules.visit_due(from_on, days, time.calendar, time.hours.closes)


def _said(answer: SurveyAnswer) -> str:
    """2 / 5 and what was written: the words of a plan know no language."""
    given, highest = (answer.score, answer.survey.steps)
    score = f"{given} / {highest}" if given is not None else f"NPS {answer.nps}"
    return " · ".join(filter(None, (score, answer.comment)))
