"""The firm's own measure: each change makes the next edition, so that what was asked stays as it was asked (S6)."""

from __future__ import annotations

from datetime import datetime

from portal.access.viewer import Viewer
from portal.db import audit
from portal.db.base import db
from portal.kernel.errors import StaleEdit
from portal.kernel.text import t
from portal.satisfaction.models import Survey, SurveyQuestion
from portal.satisfaction.queries.surveys import current, facts_of
from portal.satisfaction.rules.first import FIRST
from portal.satisfaction.rules.forms import Question, SurveyFacts, cleaned
from portal.satisfaction.rules.kinds import Occasion


def seed(actor: Viewer, now: datetime) -> int:
    """The usual questions for each occasion that has none; how many forms were made."""
    missing = [occasion for occasion in Occasion if current(occasion) is None]
    for occasion in missing:
        make_first(occasion, actor, now)
    return len(missing)


def make_first(occasion: Occasion, actor: Viewer, now: datetime) -> Survey:
    """The usual questions, as the first edition."""
    return _make(occasion, FIRST[occasion], 1, actor, now)


def save(
    occasion: Occasion, facts: SurveyFacts, edition: int, actor: Viewer, now: datetime
) -> Survey:
    """The form as it is asked from now on, written over `edition` (0: there was none).

    What says the same makes no new edition. Raises `InvalidMany`, `StaleEdit` when somebody changed it in between.
    """
    tidy = cleaned(facts)
    before = current(occasion)
    stands = before.edition if before else 0
    if stands != edition:
        said = t(
            "Somebody else changed these questions after you opened them. Compare, then send yours again."
        )
        raise StaleEdit(said, version=stands)
    if before is not None:
        if _same(facts_of(before), tidy):
            return before
        before.active = False
        db.session.flush()
    return _make(occasion, tidy, edition + 1, actor, now)


def _make(
    occasion: Occasion, facts: SurveyFacts, edition: int, actor: Viewer, now: datetime
) -> Survey:
    survey = Survey(
        occasion=occasion.value,
        edition=edition,
        title_zh=facts.title_zh,
        title_en=facts.title_en,
        steps=facts.steps,
        good_from=facts.good_from,
        low_zh=facts.low_zh,
        low_en=facts.low_en,
        high_zh=facts.high_zh,
        high_en=facts.high_en,
        valid_days=facts.valid_days,
        questions=[_question(at, each) for at, each in enumerate(facts.questions, start=1)],
    )
    db.session.add(survey)
    told = {
        "occasion": occasion.value,
        "edition": edition,
        "steps": facts.steps,
        "good_from": facts.good_from,
        "questions": [each.text_zh for each in facts.questions],
    }
    audit.record(actor, "survey.changed", survey, now, after=told)
    return survey


def _question(position: int, each: Question) -> SurveyQuestion:
    return SurveyQuestion(
        position=position,
        kind=each.kind.value,
        text_zh=each.text_zh,
        text_en=each.text_en,
        required=each.required,
    )


def _same(one: SurveyFacts, other: SurveyFacts) -> bool:
    return _without_ids(one) == _without_ids(other)


def _without_ids(facts: SurveyFacts) -> tuple[object, ...]:
    questions = [(q.kind, q.text_zh, q.text_en, q.required) for q in facts.questions]
    set_ = (facts.steps, facts.good_from, facts.valid_days)
    words = (facts.title_zh, facts.title_en, facts.low_zh, facts.low_en)
    return (*words, facts.high_zh, facts.high_en, *set_, questions)
