"""Visits in the timeline of a customer."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, case, select

from portal.access.permissions import Permission as P
from portal.access.scope import visible
from portal.access.viewer import Viewer
from portal.accounts.models import User
from portal.care.models import Visit
from portal.care.rules.kinds import BY_MANAGEMENT, BY_PLAN
from portal.care.rules.states import VisitState
from portal.customers.queries.timeline import VISIT, source
from portal.db.days import BeginningOfDay
from portal.db.whole import looked_up
from portal.web.words import say


def _in_words(purpose: Any) -> Any:
    """The house's own purposes in the reader's language."""
    whens = [(purpose == each.msgid, say(each)) for each in (BY_PLAN, BY_MANAGEMENT)]
    return case(*whens, else_=purpose)


def happened(customer_id: int, viewer: Viewer) -> Select[Any] | None:
    """The visits that took place, as the viewer may see them; None for a viewer who sees none."""
    if not viewer.may(P.CARE_SEE):
        return None
    done = visible(select(Visit.id), Visit, viewer).where(
        Visit.customer_id == customer_id, Visit.state == VisitState.DONE
    )
    return source(
        VISIT, done, Visit.id, BeginningOfDay(Visit.done_on),
        person_id=Visit.visitor_id, person=looked_up(User, "name", Visit.visitor_id),
        sort=Visit.kind, contact=Visit.met, subject=_in_words(Visit.purpose), text=Visit.summary,
    )  # fmt: skip
