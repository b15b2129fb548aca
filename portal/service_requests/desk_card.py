"""The card of requests on the desk's pages of other records (service_requests/desk_asked.html)."""

from __future__ import annotations

from typing import Any

from portal.access.viewer import Viewer
from portal.service_requests.labels import REQUESTS
from portal.service_requests.queries.at_desk import about_at_desk


def card(what: str, row_id: int, viewer: Viewer) -> dict[str, Any]:
    """What the card needs about a customer, contract, entitlement, shipment, statement or line."""
    return {"requests_here": about_at_desk(what, row_id, viewer), "request_words": REQUESTS}
