"""The card on a customer's page: what they may buy, what it is worth, what is next."""

from __future__ import annotations

from collections.abc import Mapping

from portal.access.permissions import Permission as P
from portal.access.viewer import Viewer
from portal.customers.models import Customer
from portal.kernel import clock
from portal.opportunities.labels import STATES
from portal.opportunities.queries.lists import is_overdue, of_customer

TEMPLATE = "opportunities/customer_card.html"
PLACE = "main"
ORDER = 20
SHOWN = 5


def card(customer: Customer, viewer: Viewer) -> Mapping[str, object] | None:
    """One query: the open ones first, the latest touched first."""
    if not viewer.may(P.OPPORTUNITY_SEE):
        return None
    today = clock.today()
    rows = of_customer(customer.id, viewer, limit=SHOWN)
    return {
        "opportunities": [(row, STATES[row.state], is_overdue(row, today)) for row in rows],
        "customer_id": customer.id,
        "may_open": viewer.may(P.OPPORTUNITY_EDIT) and customer.active,
    }
