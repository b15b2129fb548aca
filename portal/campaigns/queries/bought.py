"""What a customer has bought of us: what its entitlements were granted for."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select

from portal.campaigns.models import Offer
from portal.catalogue.models import BundleLine
from portal.contracts.models import Entitlement
from portal.db.base import db


def items_bought(customer_id: int) -> frozenset[int]:
    """Ids of the service items that the customer ever had an entitlement to."""
    wanted = select(Entitlement.item_id).where(Entitlement.customer_id == customer_id).distinct()
    return frozenset(db.session.scalars(wanted))


def without_bought(offers: Iterable[Offer], customer_id: int) -> list[Offer]:
    """Of those offers the ones that are new to the customer, where they are meant for new buyers only.

    A bundle is bought when all of its items were.
    """
    kept = list(offers)
    if not any(each.only_new for each in kept):
        return kept
    bought = items_bought(customer_id)
    bundles = _items_of({each.bundle_id for each in kept if each.bundle_id and each.only_new})
    return [each for each in kept if not (each.only_new and _is_bought(each, bought, bundles))]


def _is_bought(offer: Offer, bought: frozenset[int], bundles: dict[int, set[int]]) -> bool:
    if offer.item_id is not None:
        return offer.item_id in bought
    items = bundles.get(offer.bundle_id or 0, set())
    return bool(items) and items <= bought


def _items_of(bundle_ids: set[int]) -> dict[int, set[int]]:
    found: dict[int, set[int]] = {}
    if bundle_ids:
        wanted = select(BundleLine.bundle_id, BundleLine.item_id).where(
            BundleLine.bundle_id.in_(bundle_ids)
        )
        for bundle_id, item_id in db.session.execute(wanted):
            found.setdefault(bundle_id, set()).add(item_id)
    return found
