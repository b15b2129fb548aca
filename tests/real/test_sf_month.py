"""A month of a real courier's bill: four zones of graduated prices explain 1,549 lines (G4)."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal

import pytest

from portal.catalogue.rules.pricing import price
from tests.real.real_data import rows
from tests.rules.prices import SF_ZONES

pytestmark = pytest.mark.real


def freight_lines() -> dict[str, list[tuple[Decimal, Decimal]]]:
    """Destination → (charged kg, fee) of the freight lines of the contract product."""
    found: dict[str, list[tuple[Decimal, Decimal]]] = defaultdict(list)
    for row in rows("express/carrier_bill_sf_202008.csv"):
        if row["product"] == "特惠专配" and not row["extra_service"]:
            found[row["region"]].append((Decimal(row["charge_kg"]), Decimal(row["fee"])))
    return found


def zones_that_explain(lines: list[tuple[Decimal, Decimal]]) -> list[str]:
    """The zones whose price reproduces every line to the fen."""
    return [
        zone
        for zone, terms in SF_ZONES.items()
        if all(price(terms, weight).amount == fee for weight, fee in lines)
    ]


def test_every_destination_is_explained_by_one_zone_for_all_its_lines():
    by_region = freight_lines()
    assert sum(map(len, by_region.values())) == 1549
    assert [region for region, lines in by_region.items() if not zones_that_explain(lines)] == []
