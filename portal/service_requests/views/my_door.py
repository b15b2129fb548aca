"""The customers' door of requests, and what every view behind it needs: the row, and the answer to a late step."""

from __future__ import annotations

from flask import Response, g, make_response, request, url_for

from portal.access.guards import fetch
from portal.db.base import db
from portal.kernel.errors import NotAllowedNow, NotFound
from portal.service_requests.models import ServiceRequest
from portal.service_requests.queries import mine
from portal.web import doors
from portal.web.pages import page
from portal.web.words import say

door = doors.my("requests", "portal.service_requests.views.my_requests")


def request_of(request_id: int) -> ServiceRequest:
    """The customer's own request of an address; NotFound otherwise. A writer holds it until it is done."""
    is_writer = request.method == "POST"
    together = () if is_writer else mine.with_all()
    row = fetch(ServiceRequest, request_id, options=together, lock=is_writer)
    if row.is_internal:
        raise NotFound()
    return row


def is_mine(row: ServiceRequest) -> bool:
    """Whether this very person asked."""
    return row.requester_id == g.viewer.user_id


def late(error: NotAllowedNow) -> Response:
    """409: it is not as it was read any more; the way to how it stands now."""
    db.session.rollback()
    row_id = (request.view_args or {}).get("request_id")
    where = url_for(".show", request_id=row_id) if row_id else url_for(".index")
    body = page("service_requests/my_outdated.html", said=say(error.text), where=where)
    return make_response(body, 409)


door.register_error_handler(NotAllowedNow, late)
