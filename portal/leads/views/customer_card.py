"""The card of leads on the page of a customer: what it came from."""

from __future__ import annotations

from collections.abc import Mapping

from portal.access.permissions import Permission as P
from portal.access.viewer import Viewer
from portal.customers.models import Customer
from portal.leads.queries.leads import of_customer, sees_all

TEMPLATE = "leads/customer_card.html"
PLACE = "aside"
ORDER = 90


def card(customer: Customer, viewer: Viewer) -> Mapping[str, object] | None:
    """The leads that became this customer; the way to each for who may see it. None where there is none."""
    if not viewer.may(P.LEAD_SEE):
        return None
    rows = of_customer(customer.id)
    if not rows:
        return None
    everything = sees_all(viewer)
    return {"leads": [(row, everything or row.owner_id == viewer.user_id) for row in rows]}
