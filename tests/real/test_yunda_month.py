"""A month of a real carrier's parcels, priced again from its price list (golden case G5)."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal

import pytest

from portal.catalogue.rules.pricing import price
from portal.catalogue.rules.terms import Basis, Break, PriceTerms
from tests.real.real_data import rows

pytestmark = pytest.mark.real


def price_list() -> dict[tuple[str, str], PriceTerms]:
    """(province, city exception) → terms."""
    breaks: dict[tuple[str, str], list[Break]] = defaultdict(list)
    for row in rows("express/yunda_price_list.csv"):
        breaks[row["dest_province"], row["dest_city"]].append(
            Break(
                over=Decimal(row["over_kg"]),
                up_to=_figure(row["up_to_kg"]),
                rate=_figure(row["per_kg"]),
                flat=_figure(row["flat_price"] or row["base_price"]),
                step=Decimal(1) if row["weight_rounding"] == "ceil_1kg" else None,
            )
        )
    return {
        place: PriceTerms(Basis.BANDS, "KGM", "CNY", breaks=tuple(listed))
        for place, listed in breaks.items()
    }


def _figure(text: str) -> Decimal | None:
    return Decimal(text) if text else None


def test_the_price_list_bills_every_parcel_of_the_month_to_the_fen():
    listed = price_list()
    wrong, total = [], Decimal(0)
    parcels = rows("express/yunda_parcels_202102.csv")
    for parcel in parcels:
        place = parcel["province"], parcel["city"].removesuffix("市")
        terms = listed.get(place) or listed[parcel["province"], ""]
        amount = price(terms, Decimal(parcel["weight_kg"])).amount
        total += amount
        if amount != Decimal(parcel["billed_fee"]):
            wrong.append((parcel["seq"], amount))
    assert (len(parcels), wrong, total) == (2961, [], Decimal("16852.90"))


def test_the_price_list_has_no_error_and_no_gap():
    found = [problem for terms in price_list().values() for problem in terms.check()]
    assert found == []
