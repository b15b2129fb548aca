"""The calendar at the desk, and the secret address under which a telephone reads it."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, g, url_for
from flask_babel import gettext as _

from portal.access.guards import requires
from portal.access.permissions import Permission as P
from portal.kernel import clock
from portal.service_requests.actions import feeds
from portal.service_requests.views.calendar_page import context
from portal.service_requests.views.found_door import calendar_door as bp
from portal.web.pages import page
from portal.web.stepping import to

FEED_PAGE = "service_requests/calendar_feed.html"


@bp.get("/calendar")
@requires(P.TASK_WORK)
def index() -> Any:
    """A day or a week, mine or others'."""
    return page("service_requests/calendar_index.html", **context())


@bp.get("/calendar/feed")
@requires(P.TASK_WORK)
def feed() -> Any:
    """Whether a telephone reads my calendar, and since when."""
    return page(FEED_PAGE, row=feeds.of(g.viewer.user_id), address=None)


@bp.post("/calendar/feed")
@requires(P.TASK_WORK)
def make_feed() -> Any:
    """A new address, shown on this page only."""
    token = feeds.make(g.viewer, clock.now())
    address = url_for("public_calendar.feed", token=token, _external=True)
    return page(FEED_PAGE, row=feeds.of(g.viewer.user_id), address=address)


@bp.post("/calendar/feed/revoke")
@requires(P.TASK_WORK)
def revoke_feed() -> Response:
    """The address opens nothing any more."""
    feeds.revoke(g.viewer)
    flash(_("The address is revoked. Nothing reads your calendar any more."), "success")
    return to("desk_calendar.feed")
