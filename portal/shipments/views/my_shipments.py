"""The customers' shipments: where each one is, what belongs to it."""

from __future__ import annotations

from typing import Any

from flask import g

from portal.access.guards import fetch, requires
from portal.access.permissions import Permission as P
from portal.shipments.models import Shipment
from portal.shipments.queries import shipments as queries
from portal.shipments.views.shipment_lists import ours
from portal.shipments.views.shipment_page import context
from portal.web.doors import my
from portal.web.listing import list_page
from portal.web.pages import page

bp = my("shipments", "portal.shipments.views.my")


@bp.get("/shipments")
@requires(P.SHIPMENT_SEE)
def index() -> Any:
    """Every shipment of ours."""
    return list_page(ours(), queries.shipments(g.viewer), "shipments/my_index.html")


@bp.get("/shipments/<int:shipment_id>")
@requires(P.SHIPMENT_SEE)
def show(shipment_id: int) -> Any:
    """Where it is."""
    shipment = fetch(Shipment, shipment_id, options=queries.WITH_ALL)
    return page("shipments/my_show.html", **context("my", shipment))
