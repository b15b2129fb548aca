"""Finished visits for the customer's timeline."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal.accounts.models import User
from portal.care.models import Visit
from portal.care.rules.kinds import VISIT_KINDS
from portal.care.rules.states import VisitState
from portal.db.base import db
from portal.kernel.text import Text


@dataclass(frozen=True, slots=True)
class Happening:
    """A visit as one line of a timeline: on which day, how, who went, whom they met, what they said."""

    visit_id: int
    customer_id: int
    on: date
    kind: Text
    visitor: str
    met: str
    purpose: str
    summary: str
    mood: str


def happenings(
    customer_ids: Collection[int], before: tuple[date, int] | None, limit: int
) -> list[Happening]:
    """Visits made to these customers, the last first, as far as the session's viewer may see them.

    `before`: (day, id) of the last line already shown; those before it follow.
    """
    wanted = select(Visit).where(
        Visit.customer_id.in_(customer_ids), Visit.state == VisitState.DONE.value
    )
    if before is not None:
        on, row_id = before
        wanted = wanted.where((Visit.done_on < on) | ((Visit.done_on == on) & (Visit.id < row_id)))
    named = joinedload(Visit.visitor).load_only(User.name).lazyload(User.roles)
    ordered = wanted.options(named).order_by(Visit.done_on.desc(), Visit.id.desc()).limit(limit)
    return [_line(row) for row in db.session.scalars(ordered)]


def _line(row: Visit) -> Happening:
    assert row.done_on is not None  # a check of the table: what is done has its day
    return Happening(
        row.id, row.customer_id, row.done_on, VISIT_KINDS[row.kind], row.visitor.name, row.met, row.purpose,
        row.summary, row.mood,
    )  # fmt: skip
