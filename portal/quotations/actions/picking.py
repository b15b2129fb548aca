"""From prices on the board to lines: with what their sheets charge beside them, together or as alternatives."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from portal.access.viewer import Viewer
from portal.catalogue.queries.prices import LanePrice, charges_beside, prices_named
from portal.customers.models import Customer
from portal.kernel.clock import business_day
from portal.kernel.errors import Invalid
from portal.kernel.text import t
from portal.quotations.actions.arranging import add_alternatives
from portal.quotations.actions.drafting import check_editable
from portal.quotations.actions.lines import add_prices
from portal.quotations.models import QuotationVersion


def pick(
    version: QuotationVersion,
    price_ids: Iterable[int],
    actor: Viewer,
    now: datetime,
    *,
    side_by_side: bool = False,
    seen: int | None = None,
) -> None:
    """Add the prices to a draft. `side_by_side`: each carrier is an alternative of its own.

    Only prices that `actor` may quote to this customer on the price day; Invalid when none of them is left.
    """
    check_editable(version, seen)
    on = version.reference_on or business_day(now)
    customer = version.quotation.customer
    picked = list(prices_named(price_ids, actor, customer, on).values())
    if not picked:
        raise Invalid(t("These prices are no longer in force for this customer. Search again."))
    whole = _with_beside(picked, actor, customer, on)
    if side_by_side:
        add_alternatives(version, _by_carrier(whole), actor, now)
    else:
        add_prices(version, whole, actor, now)


def _with_beside(
    picked: Sequence[LanePrice], actor: Viewer, customer: Customer, on: date
) -> list[LanePrice]:
    """Each price followed by what its sheet charges beside it, everything once."""
    found: dict[int, LanePrice] = {}
    for price in picked:
        found.setdefault(price.price_id, price)
    for price in picked:
        for beside in charges_beside(actor, customer, price, on):
            found.setdefault(beside.price_id, beside)
    return list(found.values())


def _by_carrier(prices: Sequence[LanePrice]) -> dict[str, list[LanePrice]]:
    """Alternative's name → its prices: the carrier, with the scheme where one carrier is in several."""
    schemes: dict[str, set[str]] = {}
    for price in prices:
        schemes.setdefault(price.carrier, set()).add(price.scheme_code)
    groups: dict[str, list[LanePrice]] = {}
    for price in prices:
        several = len(schemes[price.carrier]) > 1 or not price.carrier
        name = f"{price.carrier} {price.scheme_code}".strip() if several else price.carrier
        groups.setdefault(name, []).append(price)
    return groups
