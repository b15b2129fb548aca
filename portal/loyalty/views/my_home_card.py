"""On the customers' first page: their points, and when the first expire."""

from __future__ import annotations

from collections.abc import Mapping

from portal.access.permissions import Permission as P
from portal.access.viewer import Viewer
from portal.kernel import clock
from portal.loyalty.queries.points import account_of, redeeming_rule
from portal.loyalty.rules.earning import worth

TEMPLATE = "loyalty/my_home_card.html"
ORDER = 20


def card(viewer: Viewer) -> Mapping[str, object] | None:
    """None before the first point."""
    if not viewer.may(P.POINTS_SEE) or viewer.customer_id is None:
        return None
    account = account_of(viewer.customer_id, viewer)
    if account is None or not account.balance:
        return None
    rule = redeeming_rule(clock.today())
    return {
        "account": account,
        "rule": rule,
        "worth": worth(account.balance, rule) if rule else None,
    }
