"""What one customer answered: the latest answers, and what all of a span come to, in one question."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import case, func

from portal.access.viewer import Viewer
from portal.db.together import Question, records
from portal.satisfaction.models import Survey, SurveyAnswer
from portal.satisfaction.queries.results import Span, answers, is_low
from portal.satisfaction.rules.scores import Score, satisfied

A = SurveyAnswer
LATEST = 3


@dataclass(frozen=True, slots=True)
class OfCustomer:
    """The latest answers (id, given_at, score, steps, is_good, nps, comment), how many there are, low and satisfied."""

    latest: list[Any]
    count: int
    low: int
    satisfied: Score


def answers_asked(customer_id: int, viewer: Viewer, within: Span) -> Question[OfCustomer | None]:
    """The customer's answers of a span; None where there is none that the viewer may see."""
    statement = answers(viewer, within).where(A.customer_id == customer_id)
    statement = statement.order_by(A.given_at.desc(), A.id.desc()).limit(LATEST)
    asked = records(
        statement.with_only_columns(
            A.id, A.given_at, A.score, Survey.steps, A.is_good, A.nps, A.comment,
            func.count().over().label("count"), _all(is_low()).label("low"),
            _all(A.is_good.is_(True)).label("good"), func.count(A.score).over().label("scored"),
        )
    )  # fmt: skip
    return Question(asked.statement, lambda rows: _told(asked.read(rows)))


def _told(latest: list[Any]) -> OfCustomer | None:
    if not latest:
        return None
    of_all = latest[0]
    share = satisfied(int(of_all.good), of_all.scored)
    return OfCustomer(latest, of_all.count, int(of_all.low), share)


def _all(criterion: Any) -> Any:
    return func.sum(case((criterion, 1), else_=0)).over()
