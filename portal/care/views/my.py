"""What a customer has of ours on loan: to read, no more."""

from __future__ import annotations

from typing import Any

from flask import g

from portal.access.guards import requires
from portal.access.permissions import Permission as P
from portal.care.queries import assets as queries
from portal.care.views.door import my_assets_door as bp
from portal.care.views.loan_list import MY_LOANS
from portal.web.listing import list_page

__all__ = ["bp"]


@bp.get("/assets")
@requires(P.ASSET_SEE)
def index() -> Any:
    """Every thing that the viewer's customers have or had, the next due first."""
    return list_page(MY_LOANS, queries.loans(g.viewer), "care/my_assets.html")
