"""On the customers' first page: their points, and when the first expire."""

from __future__ import annotations

from collections.abc import Mapping

from portal.access.permissions import Permission as P
from portal.access.viewer import Viewer
from portal.db.together import Inquiry
from portal.kernel import clock
from portal.loyalty.queries.points import Balance, balance_asked, rule_shown
from portal.loyalty.rules.earning import worth

TEMPLATE = "loyalty/my_home_card.html"
ORDER = 20


def card(viewer: Viewer) -> Inquiry[Mapping[str, object] | None] | None:
    """None before the first point."""
    if not viewer.may(P.POINTS_SEE) or viewer.customer_id is None:
        return None
    return Inquiry((balance_asked(viewer.customer_id, viewer),), _facts)


def _facts(account: Balance | None) -> Mapping[str, object] | None:
    if account is None or not account.balance:
        return None
    rule = rule_shown(clock.today())
    return {
        "account": account,
        "rule": rule,
        "worth": worth(account.balance, rule) if rule else None,
    }
