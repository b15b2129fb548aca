"""On the customers' first page: the latest notices, and how many services are recommended."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from portal.access.permissions import Permission as P
from portal.access.viewer import Viewer
from portal.campaigns.queries import bought, shown_home
from portal.campaigns.queries.bought import Bundles
from portal.campaigns.queries.shown_home import HomeNotice, HomeOffer, Theirs
from portal.campaigns.rules.shown import is_for
from portal.campaigns.views.wording import title_alone
from portal.db.together import Inquiry, Question
from portal.kernel import clock

TEMPLATE = "campaigns/my_home_card.html"
ORDER = 10
NOTICES = 3
OFFERS = 2


def card(viewer: Viewer) -> Inquiry[Mapping[str, object] | None] | None:
    """None where there is neither news nor anything to recommend."""
    customer_id, today = viewer.customer_id, clock.today()
    if not viewer.may(P.NOTICE_SEE) or customer_id is None:
        return None
    asks: list[Question[Any]] = [
        shown_home.own_facts(customer_id), shown_home.notices(viewer, today)
    ]  # fmt: skip
    if viewer.may(P.INTEREST_SHOW):
        asks += [
            shown_home.offers(today), bought.items_asked(customer_id), shown_home.bundles(today)
        ]  # fmt: skip
    return Inquiry(asks, _facts)


def _facts(
    theirs: Theirs | None,
    notices: list[HomeNotice],
    offers: list[HomeOffer] | None = None,
    items: frozenset[int] = frozenset(),
    bundles: Bundles | None = None,
) -> Mapping[str, object] | None:
    if theirs is None:
        return None
    news = [each for each in notices if is_for(each.tiers, theirs.segment)][:NOTICES]
    wanted = shown_home.meant(offers or [], theirs, items, bundles or {})[:OFFERS]
    if not news and not wanted:
        return None
    read = frozenset(each.id for each in news if each.is_read)
    return {"notices": news, "read": read, "offers": wanted, "words": title_alone}
