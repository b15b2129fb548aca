"""The card of points on a customer's page."""

from __future__ import annotations

from collections.abc import Mapping

from portal.access.permissions import Permission as P
from portal.access.viewer import Viewer
from portal.customers.models import Customer
from portal.kernel import clock
from portal.loyalty.queries.points import account_of, rule_shown
from portal.loyalty.rules.earning import worth

TEMPLATE = "loyalty/customer_card.html"
PLACE = "aside"
ORDER = 60


def card(customer: Customer, viewer: Viewer) -> Mapping[str, object] | None:
    """One query: the account, and what it is worth; None before the first point."""
    if not viewer.may(P.POINTS_SEE):
        return None
    account = account_of(customer.id, viewer)
    if account is None:
        return None
    rule = rule_shown(clock.today())
    return {
        "account": account,
        "rule": rule,
        "worth": worth(account.balance, rule) if rule else None,
    }
