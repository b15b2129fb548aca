"""Thirteen customers' real express schemes: every shape can be said in price terms (S7, S8)."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal

import pytest

from portal.catalogue.rules.pricing import price
from portal.catalogue.rules.terms import Basis, Break, PriceTerms
from tests.real.real_data import rows

pytestmark = pytest.mark.real

Zone = tuple[str, str, str]


def schemes() -> dict[Zone, PriceTerms]:
    """(scheme, carrier, zone) → terms: first and further kilograms by band, with commission."""
    breaks: dict[Zone, list[Break]] = defaultdict(list)
    for row in rows("express/customer_price_schemes.csv"):
        breaks[row["scheme"], row["carrier"], row["zone"]].append(
            Break(
                over=Decimal(row["over_kg"]),
                up_to=Decimal(row["up_to_kg"]) if row["up_to_kg"] else None,
                flat=Decimal(row["first_price"]),
                beyond=Decimal(row["first_kg"]),
                rate=Decimal(row["add_per_kg"]),
                step=Decimal(1),
                commission=Decimal(row["commission_first"]),
                commission_rate=Decimal(row["commission_per_kg"]),
            )
        )
    return {zone: _terms(listed) for zone, listed in breaks.items()}


def _terms(listed: list[Break]) -> PriceTerms:
    ordered = tuple(sorted(listed, key=lambda each: each.over))
    return PriceTerms(Basis.BANDS, "KGM", "CNY", breaks=ordered)


def test_every_zone_of_every_customer_reads_without_a_complaint():
    read = schemes()
    assert len(read) == 712
    assert {zone: terms.check() for zone, terms in read.items() if terms.check()} == {}


@pytest.mark.parametrize(
    ("zone", "weight", "owed"),
    [
        (("C02", "顺丰", "天津"), "2.6", "16.00"),
        (("C02", "顺丰", "天津"), "3.4", "23.50"),  # 10 + 3 further kg × 4.50
        (("C05", "中通快运", "北京"), "20.5", "25.20"),  # 24 + 1 further kg × 1.20
        (("C05", "快递(通用)", "上海"), "0.8", "3.80"),  # 2.50 + 1.30 commission
    ],
)
def test_a_parcel_costs_what_its_scheme_says_by_hand(zone, weight, owed):
    assert price(schemes()[zone], Decimal(weight)).amount == Decimal(owed)
