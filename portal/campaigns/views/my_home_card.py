"""On the customers' first page: the latest notices, and how many services are recommended."""

from __future__ import annotations

from collections.abc import Mapping

from portal.access.permissions import Permission as P
from portal.access.viewer import Viewer
from portal.campaigns.queries import shown
from portal.campaigns.views.wording import in_my_language
from portal.kernel import clock

TEMPLATE = "campaigns/my_home_card.html"
ORDER = 10
NOTICES = 3
OFFERS = 2


def card(viewer: Viewer) -> Mapping[str, object] | None:
    """None where there is neither news nor anything to recommend."""
    if not viewer.may(P.NOTICE_SEE):
        return None
    customer, today = shown.own_customer(viewer), clock.today()
    notices = shown.notices_for(customer, today, NOTICES)
    offers = shown.offers_for(customer, today, OFFERS) if viewer.may(P.INTEREST_SHOW) else []
    if not notices and not offers:
        return None
    read = shown.read_by(viewer.user_id, notices)
    return {"notices": notices, "read": read, "offers": offers, "words": in_my_language}
