"""Resolved requests, links and answers for tests of satisfaction."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select

from portal.access.viewer import SYSTEM
from portal.accounts.models import User
from portal.calls.actions import noting, planning
from portal.calls.rules.facts import CallFacts, PlanFacts
from portal.calls.rules.kinds import Direction, Purpose
from portal.customers.models import Membership
from portal.db.base import db
from portal.db.outbox import OutboxMessage
from portal.satisfaction.actions import answering, asking
from portal.satisfaction.models import Survey, SurveyAnswer, SurveyInvitation
from portal.satisfaction.rules.kinds import QuestionKind
from portal.service_requests.models import ServiceRequest
from tests.cast import Cast
from tests.service import a_request


def resolved(cast: Cast, now: datetime, **changes: Any) -> ServiceRequest:
    """A request that was resolved at `now`; its owner is Zhao Min."""
    changes = {"owner_id": cast.customer_service.id, **changes}
    request = a_request(cast, now, **changes)
    request.state, request.is_open = "resolved", False
    request.solution, request.resolved_at = "已处理。", now
    db.session.flush()
    return request


def asked(request: ServiceRequest, now: datetime) -> str:
    """Ask the requester; the token of the link that was mailed."""
    assert asking.ask_about(request.id, now)
    db.session.flush()
    row = invitation(request)
    key = f"survey-{row.id}"
    mail = db.session.scalars(select(OutboxMessage).where(OutboxMessage.key == key)).one()
    return str(mail.facts["path"]).removeprefix("/s/")


def invitation(request: ServiceRequest) -> SurveyInvitation:
    """The ask about a request."""
    wanted = SurveyInvitation.request_id == request.id
    return db.session.scalars(select(SurveyInvitation).where(wanted)).one()


def answers(
    survey: Survey, score: int | None, comment: str = "", nps: int | None = None
) -> dict[int, str]:
    """What is sent for each question: the same step everywhere, words in the first open one."""
    by_kind: Mapping[str, str] = {
        QuestionKind.SCALE: "" if score is None else str(score),
        QuestionKind.NPS: "" if nps is None else str(nps),
        QuestionKind.TEXT: comment,
    }
    return {each.id: by_kind.get(each.kind, "") for each in survey.questions}


def answered(
    cast: Cast, now: datetime, score: int, comment: str = "", *, email: str = "", **changes: Any
) -> SurveyAnswer:
    """A request that was resolved, asked about and answered at `now`; each from a person of its own."""
    number = next_number()
    person = {
        "requester_name": f"王{number}",
        "requester_email": email or f"p{number}@harbour.example",
    }
    changes = {**person, **changes}
    request = resolved(cast, now, **changes)
    found = answering.find(asked(request, now))
    return answering.answer(found, answers(found.survey, score, comment), SYSTEM, now)


def answered_yearly(user: User, now: datetime, score: int, nps: int | None = None) -> SurveyAnswer:
    """The yearly questions, asked of a customer's user and answered at `now`."""
    member = db.session.scalars(select(Membership).where(Membership.user_id == user.id)).one()
    assert asking.ask_member(member.id, now)
    db.session.flush()
    mine = SurveyInvitation.user_id == user.id
    row = db.session.scalars(select(SurveyInvitation).where(mine)).one()
    return answering.answer(row, answers(row.survey, score, nps=nps), SYSTEM, now)


def next_number() -> int:
    """A number that no other ask of this test has."""
    return len(db.session.scalars(select(SurveyInvitation.id)).all()) + 1


def heard(cast: Cast, now: datetime) -> dict[str, int]:
    """Argument of an address → the id of a row of Harbour Foods: an answer, a call, a call to be made."""
    row = answered(cast, now, 2, "等了三天")
    spoken = CallFacts(
        Direction.IN, now, number="13800138000", subject="催货", customer_id=cast.harbour.id
    )
    visit = PlanFacts(Purpose.CALLBACK, now, number="13800138000", customer_id=cast.harbour.id)
    call, plan = noting.note(spoken, SYSTEM, now), planning.plan(visit, SYSTEM, now)
    db.session.flush()
    return {"answer_id": row.id, "call_id": call.id, "plan_id": plan.id}
