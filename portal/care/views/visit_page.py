"""The page of one visit: before it what to know, after it what was said."""

from __future__ import annotations

from typing import Any

from flask import g

from portal.access.permissions import Permission as P
from portal.care.labels import OVERDUE, PROMISES, SUBJECTS, TEMPERS, VISITS, WAYS, WEIGHTS
from portal.care.models import Visit
from portal.care.queries import notes, visits
from portal.care.rules.states import VisitState
from portal.care.views.visit_list import is_overdue
from portal.documents.attached import attached_to
from portal.kernel import clock
from portal.web.stepping import local, page_of

SHOWN = 3


def context(visit: Visit) -> dict[str, Any]:
    """Everything on the page."""
    viewer, today = g.viewer, clock.today()
    works = viewer.may(P.CARE_WORK)
    is_planned = visit.state == VisitState.PLANNED.value
    watched = notes.notes_of(visit.customer_id, viewer, today, 10)
    return {
        "visit": visit,
        "label": OVERDUE if is_overdue(visit) else VISITS[visit.state],
        "way": WAYS[visit.kind],
        "mood": TEMPERS.get(visit.mood),
        "may": {"work": works, "write": works and is_planned, "correct": works and visit.done_on},
        "time": f"{local(visit.starts_at):%H:%M}" if visit.starts_at else None,
        "promises": [(row, PROMISES[row.task.state]) for row in visit.promises],
        "watched": [(row, WEIGHTS[row.importance], SUBJECTS[row.subject]) for row in watched],
        "earlier": [(row, TEMPERS.get(row.mood)) for row in visits.earlier(visit, viewer, SHOWN)],
        "files": attached_to(visit, viewer),
        "opportunity_url": _opportunity(visit),
        "today": today,
    }


def _opportunity(visit: Visit) -> str | None:
    if visit.opportunity_id is None:
        return None
    return page_of(
        "desk_opportunities.show", P.OPPORTUNITY_SEE, opportunity_id=visit.opportunity_id
    )
