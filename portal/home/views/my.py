"""The customers' first page."""

from __future__ import annotations

from typing import Any

from portal.access.guards import signed_in
from portal.web.doors import my
from portal.web.pages import page

bp = my("home", __name__)


@bp.get("/")
@signed_in
def index() -> Any:
    """What waits for this customer."""
    return page("home/my.html")
