"""The page of one answer: what was asked and said, about what, and the call that followed."""

from __future__ import annotations

from typing import Any

from flask import current_app, g, url_for
from flask_babel import gettext as _

from portal.access.permissions import Permission as P
from portal.calls.models import CallPlan
from portal.calls.queries.calls import plans
from portal.calls.rules.visits import answer_key
from portal.db.base import db
from portal.satisfaction.labels import score_label
from portal.satisfaction.models import SurveyAnswer, SurveyAnswerItem
from portal.satisfaction.rules.kinds import QuestionKind
from portal.satisfaction.rules.scores import is_low
from portal.web.words import locale_code


def context(answer: SurveyAnswer) -> dict[str, Any]:
    """Everything that the page shows."""
    steps = answer.survey.steps
    ordered = sorted(answer.items, key=lambda each: each.question.position)
    return {
        "answer": answer,
        "label": score_label(answer.score, steps, answer.is_good, answer.nps),
        "is_low": is_low(answer.score, steps, answer.nps),
        "said": [(question_words(each), said(each, steps)) for each in ordered],
        "request_url": _request_url(answer),
        "visit": _visit(answer),
    }


def question_words(item: SurveyAnswerItem) -> str:
    """What was asked, in the reader's language."""
    asked = item.question
    return (asked.text_en if locale_code() == "en" else "") or asked.text_zh


def said(item: SurveyAnswerItem, steps: int) -> str:
    """What was answered, as it is read."""
    kind = QuestionKind(item.question.kind)
    if kind is QuestionKind.TEXT:
        return item.text
    if kind is QuestionKind.YES_NO:
        return _("Yes") if item.number else _("No")
    highest = steps if kind is QuestionKind.SCALE else 10
    return _("%(score)s of %(steps)s", score=item.number, steps=highest)


def _visit(answer: SurveyAnswer) -> CallPlan | None:
    """The call that a low score made, where the viewer sees it."""
    if not g.viewer.may(P.CALL_SEE):
        return None
    planned = plans(g.viewer).where(CallPlan.key == answer_key(answer.id))
    return db.session.scalar(planned)


def _request_url(answer: SurveyAnswer) -> str | None:
    endpoint = "desk_requests.show"
    if answer.request_id is None or endpoint not in current_app.view_functions:
        return None
    seen = g.viewer.may(P.REQUEST_SEE)
    return url_for(endpoint, request_id=answer.request_id) if seen else None
