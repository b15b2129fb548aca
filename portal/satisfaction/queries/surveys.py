"""The forms in force, as the firm set them."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from portal.db.base import db
from portal.satisfaction.models import Survey
from portal.satisfaction.rules.forms import Question, SurveyFacts
from portal.satisfaction.rules.kinds import Occasion, QuestionKind


def current(occasion: Occasion) -> Survey | None:
    """The form that is asked now; None before the first was set."""
    statement = (
        select(Survey)
        .where(Survey.occasion == occasion.value, Survey.active.is_(True))
        .options(selectinload(Survey.questions))
        .order_by(Survey.edition.desc())
        .limit(1)
    )
    return db.session.scalar(statement)


def facts_of(survey: Survey) -> SurveyFacts:
    """A stored form as plain values."""
    return SurveyFacts(
        title_zh=survey.title_zh,
        title_en=survey.title_en,
        steps=survey.steps,
        good_from=survey.good_from,
        low_zh=survey.low_zh,
        low_en=survey.low_en,
        high_zh=survey.high_zh,
        high_en=survey.high_en,
        valid_days=survey.valid_days,
        questions=questions_of(survey),
    )


def questions_of(survey: Survey) -> tuple[Question, ...]:
    """Its questions in their order."""
    return tuple(
        Question(
            QuestionKind(each.kind), each.text_zh, each.text_en, required=each.required, id=each.id
        )
        for each in survey.questions
    )
