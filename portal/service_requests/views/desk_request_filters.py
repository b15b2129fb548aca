"""A person's own filters of the desk's list of requests: saved under a name, removed."""

from __future__ import annotations

from functools import partial
from typing import Any

from flask import Response, g, redirect, request, url_for
from flask_babel import gettext as _

from portal.access.guards import requires
from portal.access.permissions import Permission as P
from portal.kernel import clock
from portal.service_requests.actions import filters
from portal.service_requests.shelf import Shelf
from portal.service_requests.views.request_door import request_door as bp
from portal.service_requests.views.request_list import CUSTOMER, REQUESTS_LIST
from portal.service_requests.views.request_queues import QUEUES
from portal.web.stepping import done


def _address(named: dict[str, Any]) -> str:
    queue = named.pop("queue", "")
    return url_for("desk_requests.queue", queue=queue if queue in QUEUES else "open", **named)


KEPT = frozenset(
    {"queue", "q", "sort", CUSTOMER.key, *(each.key for each in REQUESTS_LIST.filters)}
)
SHELF = Shelf("desk_requests", KEPT, _address)


@bp.post("/requests/filters")
@requires(P.REQUEST_SEE)
def save_filter() -> Response:
    """Keep the filters of the list under a name."""
    query = request.form.get("query", "")
    verb = partial(SHELF.save, request.form.get("name", ""), query, clock.now())
    there = redirect(SHELF.address(query), 303)
    return done(there, _("Saved. It stands above the list."), verb)  # type: ignore[arg-type]


@bp.post("/requests/filters/<int:filter_id>/remove")
@requires(P.REQUEST_SEE)
def remove_filter(filter_id: int) -> Response:
    """Take one off."""
    filters.remove(filter_id, g.viewer)
    return redirect(url_for(".index"), 303)  # type: ignore[return-value]
