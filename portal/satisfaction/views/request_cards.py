"""The card of satisfaction on a request's page."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from portal.access.permissions import Permission as P
from portal.access.scope import visible
from portal.access.viewer import Viewer
from portal.db.base import db
from portal.satisfaction.labels import score_label
from portal.satisfaction.models import SurveyAnswer, SurveyAnswerItem, SurveyInvitation
from portal.satisfaction.views.answer_page import question_words, said
from portal.service_requests.models import ServiceRequest


def facts(request: ServiceRequest, viewer: Viewer) -> dict[str, Any]:
    """What templates/satisfaction/request_card.html shows, as `satisfaction`; None for who may not see it."""
    if not viewer.may(P.SURVEY_SEE):
        return {"satisfaction": None}
    of_it = SurveyInvitation.request_id == request.id
    asked = visible(select(SurveyInvitation), SurveyInvitation, viewer).where(of_it)
    invitation = db.session.scalar(asked.order_by(SurveyInvitation.id.desc()).limit(1))
    answer = _answer(request, viewer) if invitation and invitation.answered_at else None
    return {"satisfaction": {"invitation": invitation, "answer": answer, **_drawn(answer)}}


def _answer(request: ServiceRequest, viewer: Viewer) -> SurveyAnswer | None:
    theirs = visible(select(SurveyAnswer), SurveyAnswer, viewer).options(
        joinedload(SurveyAnswer.survey),
        selectinload(SurveyAnswer.items).joinedload(SurveyAnswerItem.question),
    )
    return db.session.scalar(theirs.where(SurveyAnswer.request_id == request.id).limit(1))


def _drawn(answer: SurveyAnswer | None) -> dict[str, Any]:
    if answer is None:
        return {"label": None, "said": []}
    steps = answer.survey.steps
    return {
        "label": score_label(answer.score, steps, answer.is_good, answer.nps),
        "said": [(question_words(each), said(each, steps)) for each in answer.items],
    }
