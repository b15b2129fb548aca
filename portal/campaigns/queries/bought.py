"""What a customer has bought of us: what its entitlements were granted for."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Protocol

from sqlalchemy import select

from portal.campaigns.models import Offer
from portal.catalogue.models import BundleLine
from portal.contracts.models import Entitlement
from portal.db.base import db
from portal.db.together import Question, answer

Bundles = dict[int, set[int]]
"""Bundle → its service items."""


class Recommended(Protocol):
    """What is recommended: a service item or a bundle."""

    @property
    def item_id(self) -> int | None: ...

    @property
    def bundle_id(self) -> int | None: ...


def items_bought(customer_id: int) -> frozenset[int]:
    """Ids of the service items that the customer ever had an entitlement to."""
    return answer(items_asked(customer_id))


def items_asked(customer_id: int) -> Question[frozenset[int]]:
    """The same, to be asked with others."""
    items: Any = select(Entitlement.item_id)
    wanted = items.where(Entitlement.customer_id == customer_id).distinct()
    return Question(wanted, lambda rows: frozenset(row[0] for row in rows))


def without_bought(offers: Iterable[Offer], customer_id: int) -> list[Offer]:
    """Of those offers the ones that are new to the customer, where they are meant for new buyers only.

    A bundle is bought when all of its items were.
    """
    kept = list(offers)
    if not any(each.only_new for each in kept):
        return kept
    bought = items_bought(customer_id)
    bundles = _items_of({each.bundle_id for each in kept if each.bundle_id and each.only_new})
    return [each for each in kept if not (each.only_new and is_bought(each, bought, bundles))]


def is_bought(offer: Recommended, bought: frozenset[int], bundles: Bundles) -> bool:
    """Whether a customer with these items has it already; of a bundle: all of it."""
    if offer.item_id is not None:
        return offer.item_id in bought
    items = bundles.get(offer.bundle_id or 0, set())
    return bool(items) and items <= bought


def _items_of(bundle_ids: set[int]) -> Bundles:
    found: Bundles = {}
    if bundle_ids:
        wanted = select(BundleLine.bundle_id, BundleLine.item_id).where(
            BundleLine.bundle_id.in_(bundle_ids)
        )
        for bundle_id, item_id in db.session.execute(wanted):
            found.setdefault(bundle_id, set()).add(item_id)
    return found
