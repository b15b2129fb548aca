"""The card of calls on a request's page."""

from __future__ import annotations

from typing import Any

from portal.access.permissions import Permission as P
from portal.access.viewer import Viewer
from portal.calls.labels import DIRECTIONS, OUTCOMES, OVERDUE, PLANS
from portal.calls.queries import calls as queries
from portal.calls.rules.kinds import PURPOSE_WORDS, Purpose
from portal.calls.views.call_list import is_overdue
from portal.service_requests.models import ServiceRequest


def facts(request: ServiceRequest, viewer: Viewer) -> dict[str, Any]:
    """What templates/calls/request_card.html shows, as `telephone`; None inside for who may not see calls."""
    if not viewer.may(P.CALL_SEE):
        return {"telephone": None}
    made, to_make = queries.of_request(request.id, viewer)
    return {
        "telephone": {
            "request": request,
            "calls": [(row, DIRECTIONS[row.direction], OUTCOMES[row.outcome]) for row in made],
            "plans": [
                (row, OVERDUE if is_overdue(row) else PLANS[row.state], PURPOSE_WORDS[Purpose(row.purpose)])
                for row in to_make
            ],
            "may_note": viewer.may(P.CALL_WORK),
        }
    }  # fmt: skip
