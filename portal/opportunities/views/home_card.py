"""The card on the desk's first page: my open opportunities and what is due for them (opportunities/home_card.html)."""

from __future__ import annotations

from collections.abc import Mapping

from portal.access.permissions import Permission as P
from portal.access.viewer import Viewer
from portal.db.base import db
from portal.kernel import clock
from portal.kernel.workcalendar import ONE_DAY
from portal.opportunities.models import Opportunity
from portal.opportunities.queries import lists, tasks

SHOWN = 5
AHEAD = 7
"""Tasks of so many days to come are shown beside those that are late."""


def card(viewer: Viewer) -> Mapping[str, object] | None:
    """Two queries; None for who works on none: the soonest to be decided, and the tasks of the days to come."""
    if not viewer.may(P.OPPORTUNITY_EDIT) or viewer.user_id is None:
        return None
    today = clock.today()
    mine = lists.opportunities(viewer).where(lists.IS_OPEN, Opportunity.owner_id == viewer.user_id)
    soonest = (Opportunity.close_on.is_(None), Opportunity.close_on, Opportunity.id)
    return {
        "my_opportunities": db.session.scalars(mine.order_by(*soonest).limit(SHOWN)).all(),
        "my_tasks": tasks.due(viewer, viewer.user_id, today + ONE_DAY * AHEAD, limit=SHOWN),
        "card_today": today,
    }
