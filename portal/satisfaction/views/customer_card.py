"""The card of satisfaction on a customer's page: what they said in the last twelve months (K1)."""

from __future__ import annotations

from collections.abc import Mapping

from portal.access.permissions import Permission as P
from portal.access.viewer import Viewer
from portal.customers.models import Customer
from portal.db.together import Inquiry
from portal.kernel import clock
from portal.receivables.rules.report_months import moved
from portal.satisfaction.labels import score_label
from portal.satisfaction.queries.of_customer import OfCustomer, answers_asked
from portal.satisfaction.queries.results import span
from portal.satisfaction.views.answer_list import YEAR

TEMPLATE = "satisfaction/customer_card.html"
PLACE = "aside"
ORDER = 50


def asked(customer: Customer, viewer: Viewer) -> Inquiry[Mapping[str, object]] | None:
    """None for who may not see answers. The months are those of the list that the figures open."""
    if not viewer.may(P.SURVEY_SEE):
        return None
    this = clock.today().replace(day=1)
    question = answers_asked(customer.id, viewer, span(moved(this, -11), moved(this, 1)))
    return Inquiry([question], lambda found: _facts(customer.id, found))


def _facts(customer_id: int, found: OfCustomer | None) -> Mapping[str, object]:
    latest = found.latest if found else []
    labels = [score_label(row.score, row.steps, row.is_good, row.nps) for row in latest]
    return {
        "customer_id": customer_id,
        "year": YEAR,
        "found": found,
        "latest": list(zip(latest, labels, strict=True)),
    }
