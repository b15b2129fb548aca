"""The card of classes on the page of a customer: what counts now, why, and what may happen next."""

from __future__ import annotations

from collections.abc import Mapping

from portal.access.permissions import Permission as P
from portal.access.viewer import Viewer
from portal.customers.models import Customer
from portal.insights.labels import ABCS, STATES, STRUCTURE_LABELS, TIERS
from portal.insights.queries.classes import history_of
from portal.insights.views.class_lists import warnings_of
from portal.insights.views.tier_door import texts
from portal.web.labels import Label

TEMPLATE = "insights/customer_card.html"
PLACE = "main"
ORDER = 10


def card(customer: Customer, viewer: Viewer) -> Mapping[str, object] | None:
    """What the newest run found, in one query; None for a viewer who sees no insight."""
    if not viewer.may(P.INSIGHT_SEE):
        return None
    rows = history_of(customer.id, viewer, 1)
    found = rows[0] if rows else None
    causes = found.causes if found else {}
    return {
        "class_customer": customer,
        "class_found": found,
        "class_labels": _labels(customer),
        "class_causes": [*texts(causes.get("tier")), *texts(causes.get("promotion"))],
        "class_warnings": warnings_of(found) if found else [],
        "class_currency": (found.run.rules or {}).get("currency", "CNY") if found else "CNY",
        "may_classify": viewer.may(P.CUSTOMER_CLASSIFY),
    }


def _labels(customer: Customer) -> list[Label]:
    known = (TIERS, customer.segment), (STATES, customer.state), (ABCS, customer.abc)
    found = [
        labels.get(value) for labels, value in (*known, (STRUCTURE_LABELS, customer.structure))
    ]
    return [label for label in found if label is not None]
