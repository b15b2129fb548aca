"""The quotation desk: every quotation, and the page of one, from which all steps are taken."""

from __future__ import annotations

from typing import Any

from flask import g

from portal.access.guards import requires
from portal.access.permissions import Permission as P
from portal.quotations import queries
from portal.quotations.views import (
    desk_answers,
    desk_drawing,
    desk_lanes,
    desk_lines,
    desk_new,
    desk_owner,
    desk_shipment,
    desk_steps,
    desk_versions,
)
from portal.quotations.views.desk_door import bp, quotation_and_version
from portal.quotations.views.desk_list import QUOTATIONS
from portal.quotations.views.desk_page import context
from portal.web.listing import list_page
from portal.web.pages import page

MODULES = (
    desk_answers,
    desk_drawing,
    desk_lanes,
    desk_lines,
    desk_new,
    desk_owner,
    desk_shipment,
    desk_steps,
    desk_versions,
)
"""They hang their views on the same door."""


@bp.get("/quotations")
@requires(P.QUOTATION_SEE)
def index() -> Any:
    """Every quotation that one may see."""
    return list_page(QUOTATIONS, queries.quotations(g.viewer), "quotations/desk_index.html")


@bp.get("/quotations/<int:quotation_id>")
@requires(P.QUOTATION_SEE)
def show(quotation_id: int) -> Any:
    """One quotation with its latest version: written while it is a draft, read afterwards."""
    return page("quotations/desk_show.html", **context(*quotation_and_version(quotation_id)))
