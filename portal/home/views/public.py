"""The address itself: everybody to their own first page."""

from __future__ import annotations

from flask import g, redirect, url_for
from werkzeug import Response

from portal.access.guards import public
from portal.web.doors import porch

bp = porch("home", __name__)
FIRST_PAGES = {"staff": "desk_home.index", "customer": "my_home.index"}


@bp.get("/")
@public
def index() -> Response:
    """To the desk, to the customers' door, or to sign in."""
    endpoint = FIRST_PAGES.get(g.viewer.kind, "security.login")
    return redirect(url_for(endpoint))
