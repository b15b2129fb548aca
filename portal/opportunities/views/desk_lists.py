"""The list of opportunities, and the history of one."""

from __future__ import annotations

from typing import Any

from flask import g

from portal.access.guards import requires
from portal.access.permissions import Permission as P
from portal.opportunities.desk_tabs import tabs
from portal.opportunities.views.door import bp
from portal.opportunities.views.lists import spec, standing
from portal.web.listing import list_page


@bp.get("/opportunities")
@requires(P.OPPORTUNITY_SEE)
def index() -> Any:
    """What is open, the latest touched first; filters lead to the rest."""
    return list_page(spec(), standing(g.viewer), "opportunities/index.html", tabs=tabs())
