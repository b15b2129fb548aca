"""An answer by a secret link: given once. Reading the page writes nothing (REQUIREMENTS S6)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select

from portal.access.viewer import Viewer
from portal.db import audit
from portal.db.base import db
from portal.kernel.clock import business_day
from portal.kernel.errors import NotAllowedNow, NotFound
from portal.kernel.text import t
from portal.satisfaction.actions.asking import token_hash
from portal.satisfaction.models import SurveyAnswer, SurveyAnswerItem, SurveyInvitation
from portal.satisfaction.queries.surveys import questions_of
from portal.satisfaction.rules.forms import Answered, read_answers
from portal.satisfaction.rules.scores import is_good


class AlreadyAnswered(NotAllowedNow):
    """The link was used; the first answer counts."""

    code = "already_answered"


class LinkExpired(NotAllowedNow):
    """The link's days are over."""

    status = 410
    code = "link_expired"


def find(token: str, *, lock: bool = False) -> SurveyInvitation:
    """The invitation of a link; NotFound when it is unknown or was altered.

    `lock` holds it until the transaction ends: of two answers at once the second finds it answered.
    """
    statement = select(SurveyInvitation).where(SurveyInvitation.token_hash == token_hash(token))
    if lock:
        statement = statement.with_for_update(of=SurveyInvitation)
    invitation = db.session.scalar(statement)
    if invitation is None:
        raise NotFound(t("This link is not one of ours. Please open it again from our letter."))
    return invitation


def check_open(invitation: SurveyInvitation, now: datetime) -> None:
    """Raises AlreadyAnswered or LinkExpired."""
    if invitation.answered_at is not None:
        day = business_day(invitation.answered_at).isoformat()
        raise AlreadyAnswered(t("You answered on %(day)s. Thank you; it counts.", day=day))
    if invitation.expires_at <= now:
        day = business_day(invitation.expires_at).isoformat()
        raise LinkExpired(t("This link could be answered until %(day)s.", day=day))


def answer(
    invitation: SurveyInvitation, sent: Mapping[int, str], actor: Viewer, now: datetime
) -> SurveyAnswer:
    """Record what was answered, by the id of each question. `invitation` is locked (`find`).

    Raises InvalidMany by field `q<id>`, AlreadyAnswered, LinkExpired.
    """
    check_open(invitation, now)
    survey = invitation.survey
    read = read_answers(questions_of(survey), survey.steps, sent)
    row = _row(invitation, read, now)
    invitation.answered_at = now
    db.session.add(row)
    db.session.flush()
    told = {"score": row.score, "nps": row.nps, "comment": row.comment[:200]}
    audit.record(actor, "survey.answered", invitation.request or row, now, after=told)
    return row


def _row(invitation: SurveyInvitation, read: Answered, now: datetime) -> SurveyAnswer:
    request, survey = invitation.request, invitation.survey
    good = None if read.score is None else is_good(read.score, survey.good_from)
    return SurveyAnswer(
        customer_id=invitation.customer_id,
        invitation_id=invitation.id,
        survey_id=survey.id,
        request_id=invitation.request_id,
        request_kind=request.kind if request else "",
        owner_id=request.owner_id if request else None,
        score=read.score,
        is_good=good,
        nps=read.nps,
        comment=read.comment,
        given_at=now,
        items=[
            SurveyAnswerItem(
                customer_id=invitation.customer_id,
                question_id=each.question_id,
                number=each.number,
                text=each.text,
            )
            for each in read.given
        ],
    )
