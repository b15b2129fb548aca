"""The card of points on a customer's page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from portal.access.permissions import Permission as P
from portal.access.viewer import Viewer
from portal.customers.models import Customer
from portal.db.together import Inquiry
from portal.kernel import clock
from portal.loyalty.queries.points import account_asked, rule_shown
from portal.loyalty.rules.earning import worth

TEMPLATE = "loyalty/customer_card.html"
PLACE = "aside"
ORDER = 60


def asked(customer: Customer, viewer: Viewer) -> Inquiry[Mapping[str, object] | None] | None:
    """The account, and what it is worth; no card before the first point."""
    if not viewer.may(P.POINTS_SEE):
        return None
    return Inquiry([account_asked(customer.id, viewer)], _facts)


def _facts(found: Sequence[Any]) -> Mapping[str, object] | None:
    if not found:
        return None
    account, rule = found[0], rule_shown(clock.today())
    value = worth(account.balance, rule) if rule else None
    return {"account": account, "rule": rule, "worth": value}
