"""Answers counted: in all, by month, kind, person and customer; only what the viewer may see (S6, DOMAIN K10)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Select, and_, case, func, literal, or_, select

from portal.access.scope import visible
from portal.access.viewer import Viewer
from portal.db.base import db
from portal.db.together import Question, Rows, answer
from portal.satisfaction.models import Survey, SurveyAnswer, SurveyInvitation
from portal.satisfaction.rules.kinds import Occasion
from portal.satisfaction.rules.scores import (
    PASSIVE,
    PROMOTER,
    Score,
    answered_share,
    promoters_less_detractors,
    satisfied,
)

A = SurveyAnswer
FIRM_ZONE = ZoneInfo("Asia/Shanghai")


class By(StrEnum):
    """What answers are put together by."""

    MONTH = "month"
    KIND = "kind"
    PERSON = "person"
    CUSTOMER = "customer"


@dataclass(frozen=True, slots=True)
class Span:
    """Answers given in [since, until), of one occasion or of any."""

    since: datetime
    until: datetime
    occasion: Occasion | None = None


@dataclass(frozen=True, slots=True)
class Tally:
    """What the answers of one group come to. `key`: the month's number, a kind, an id; None: nobody's."""

    key: Any
    count: int
    low: int
    satisfied: Score
    nps: Score


def span(first: date, after: date, occasion: Occasion | None = None) -> Span:
    """The days from `first` to before `after`, in the firm's zone."""
    return Span(_start(first), _start(after), occasion)


def answers(viewer: Viewer, within: Span | None = None) -> Select[Any]:
    """Answers with their survey, joined for filters; `within` a span."""
    statement = visible(select(A), A, viewer).join(Survey, Survey.id == A.survey_id)
    return statement if within is None else statement.where(*_inside(within))


def is_low() -> Any:
    """The criterion of a low score, as `rules.scores.is_low` has it."""
    step = or_(A.score == 1, A.score * 5 <= Survey.steps * 2)
    return or_(step, and_(A.score.is_(None), A.nps < PASSIVE))


def tallied(
    viewer: Viewer, within: Span, by: By | None = None, starts: Sequence[date] = ()
) -> list[Tally]:
    """The groups that have answers, the most answered first; `by` None: one group of all.

    `starts`: the first days of the months, for By.MONTH; the key is the place of the month among them.
    """
    return answer(tallied_asked(viewer, within, by, starts))


def tallied_asked(
    viewer: Viewer, within: Span, by: By | None = None, starts: Sequence[date] = ()
) -> Question[list[Tally]]:
    """The same, to be asked with others."""
    key = _key(by, starts)
    figures = (
        func.count(A.id), _count(is_low()), func.count(A.score), _count(A.is_good.is_(True)),
        _count(A.nps >= PROMOTER), _count(and_(A.nps >= PASSIVE, A.nps < PROMOTER)), _count(A.nps < PASSIVE),
    )  # fmt: skip
    statement = answers(viewer, within).with_only_columns(key.label("key"), *figures)
    if by is not None:
        statement = statement.group_by("key").order_by(func.count(A.id).desc(), "key")
    return Question(statement, _tallies)


def _tallies(rows: Rows) -> list[Tally]:
    return [
        Tally(
            name, count, low, satisfied(good, scored), promoters_less_detractors(over, middle, under)
        )
        for name, count, low, scored, good, over, middle, under in rows
    ]  # fmt: skip


def asked_and_answered(viewer: Viewer, within: Span) -> Score:
    """Of those asked in these days, how many have answered."""
    asked = visible(select(SurveyInvitation), SurveyInvitation, viewer).where(
        SurveyInvitation.asked_at >= within.since, SurveyInvitation.asked_at < within.until
    )
    if within.occasion is not None:
        asked = asked.join(Survey, Survey.id == SurveyInvitation.survey_id).where(
            Survey.occasion == within.occasion.value
        )
    figures = func.count(), func.count(SurveyInvitation.answered_at)
    count, answered = db.session.execute(asked.with_only_columns(*figures)).one()
    return answered_share(answered, count)


def _inside(within: Span) -> list[Any]:
    found = [A.given_at >= within.since, A.given_at < within.until]
    return found if within.occasion is None else [*found, Survey.occasion == within.occasion.value]


def _key(by: By | None, starts: Sequence[date]) -> Any:
    if by is By.MONTH:
        whens = [(A.given_at >= _start(first), at) for at, first in reversed([*enumerate(starts)])]
        return case(*whens, else_=-1)
    columns = {By.KIND: A.request_kind, By.PERSON: A.owner_id, By.CUSTOMER: A.customer_id}
    return columns[by] if by is not None else literal(0)


def _count(criterion: Any) -> Any:
    return func.coalesce(func.sum(case((criterion, 1), else_=0)), 0)


def _start(day: date) -> datetime:
    return datetime.combine(day, time(), FIRM_ZONE)
