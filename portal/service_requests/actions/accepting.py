"""A request is accepted: somebody answers for it from now."""

from __future__ import annotations

from datetime import datetime

from portal.access.viewer import Viewer
from portal.service_requests.actions import clocks, history
from portal.service_requests.actions.holding import move
from portal.service_requests.models import ServiceRequest
from portal.service_requests.queries.people import may_work
from portal.service_requests.rules.clock_kinds import ClockKind
from portal.service_requests.rules.states import RequestStep


def accepted(request: ServiceRequest, actor: Viewer, now: datetime) -> None:
    """Accept a request that is held; it becomes the actor's unless it is somebody's."""
    move(request, RequestStep.ACCEPT, now)
    request.accepted_at = request.accepted_at or now
    if request.owner_id is None and actor.user_id is not None and may_work(actor.user_id):
        request.owner_id = actor.user_id
    history.note(request, "request.accepted", actor, now)
    clocks.meet(request, ClockKind.ACCEPT, now)
