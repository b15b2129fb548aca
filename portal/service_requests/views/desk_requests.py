"""Service requests at the desk: the queues, and the work page of one."""

from __future__ import annotations

from typing import Any

from flask import g, url_for

from portal.access.guards import requires
from portal.access.permissions import Permission as P
from portal.kernel.errors import NotFound
from portal.service_requests.views.desk_request_filters import SHELF
from portal.service_requests.views.request_door import request_door as bp
from portal.service_requests.views.request_door import request_of
from portal.service_requests.views.request_list import list_of, requests_in
from portal.service_requests.views.request_page import PAGE, context
from portal.service_requests.views.request_queues import QUEUES, count_words, counts
from portal.web.listing import list_page
from portal.web.pages import page
from portal.web.words import say


@bp.get("/requests")
@bp.get("/requests/queue/<queue>", endpoint="queue")
@requires(P.REQUEST_SEE)
def index(queue: str = "") -> Any:
    """A queue: one's own for those who answer requests, all open ones for others."""
    shown = queue or ("mine" if g.viewer.may(P.REQUEST_WORK) else "open")
    if shown not in QUEUES:
        raise NotFound()
    query = SHELF.shown(("queue", shown))
    return list_page(
        list_of(shown),
        requests_in(shown, g.viewer),
        "service_requests/desk_index.html",
        tabs=_tabs(shown),
        shortcuts=SHELF.shortcuts(query),
        query=query,
    )


@bp.get("/requests/<int:request_id>")
@requires(P.REQUEST_SEE)
def show(request_id: int) -> Any:
    """The work page of one request."""
    return page(PAGE, **context(request_of(request_id)))


def _tabs(shown: str) -> list[tuple[str, str, bool, str | None]]:
    """The queues with how many each holds."""
    known = counts(g.viewer)
    return [
        (
            say(queue.label),
            url_for(".queue", queue=name),
            name == shown,
            count_words(known[name]) if name in known else None,
        )
        for name, queue in QUEUES.items()
    ]
