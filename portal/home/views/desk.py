"""The desk's first page."""

from __future__ import annotations

from typing import Any

from portal.access.guards import signed_in
from portal.home.links import steps
from portal.web.doors import desk
from portal.web.pages import page

bp = desk("home", __name__)


@bp.get("/")
@signed_in
def index() -> Any:
    """What waits for this member of staff."""
    return page("home/desk.html", steps=steps())
