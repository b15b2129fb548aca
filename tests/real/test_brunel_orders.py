"""Three thousand real orders against a price list with bands, minimum costs and gaps (P9)."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal

import pytest

from portal.catalogue.rules.pricing import price
from portal.catalogue.rules.terms import Basis, Bound, Break, PriceTerms
from portal.kernel.errors import Invalid
from tests.real.real_data import rows

pytestmark = pytest.mark.real

Lane = tuple[str, str, str, str]


def air_rates() -> dict[Lane, list[PriceTerms]]:
    """Lane → one set of terms for each row; both weights of a row belong to it."""
    lanes: dict[Lane, list[PriceTerms]] = defaultdict(list)
    for row in rows("freight/brunel_freight_rates.csv"):
        if row["mode"].strip() != "AIR":
            continue
        only_band = Break(
            Decimal(row["min_weight"]),
            Decimal(row["max_weight"]),
            rate=Decimal(row["rate"]),
            minimum=Decimal(row["minimum_cost"]),
        )
        terms = PriceTerms(Basis.BANDS, "KGM", "USD", breaks=(only_band,), bound=Bound.WITHIN)
        lane = row["carrier"], row["orig_port"], row["dest_port"], row["service"]
        lanes[lane].append(terms)
    return lanes


def cheapest(offers: list[PriceTerms], weight: Decimal) -> Decimal | None:
    """The lowest price of the rows whose band covers `weight`; None when none does."""
    found = []
    for terms in offers:
        try:
            found.append(price(terms, weight).amount)
        except Invalid:
            continue
    return min(found, default=None)


def test_the_orders_that_the_air_rates_cover_cost_what_the_control_says():
    lanes = air_rates()
    costs = [
        cheapest(
            lanes[order["carrier"], order["origin_port"], order["dest_port"], order["service"]],
            Decimal(order["weight"]),
        )
        for order in rows("freight/brunel_orders_part.csv")
    ]
    priced = [cost for cost in costs if cost is not None]
    assert (len(costs), len(priced), sum(priced)) == (3000, 2112, Decimal("3964.61"))
