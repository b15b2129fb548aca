"""The storage prices of real cloud warehouses' customers can all be said as policies (W7, W8, P14)."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

import pytest

from portal.billing.rules.storage import storage_charges, total_of
from portal.catalogue.rules.storage import Method, PalletCount, StoragePolicy
from tests.real.real_data import rows
from tests.rules.stocks import APRIL, MARCH, D, by, daily, moved, on

pytestmark = pytest.mark.real


def schemes(name: str) -> dict[str, dict[str, Decimal]]:
    """Scheme → item → price."""
    found: dict[str, dict[str, Decimal]] = {}
    for row in rows(f"warehouse/{name}.csv"):
        found.setdefault(row["scheme"], {})[row["item"]] = D(row["price"])
    return found


def rents() -> dict[str, StoragePolicy]:
    return {
        name: by(
            Method.AREA_MONTH,
            items["租金"],
            unit="MTK",
            area=D(8),
            minimum_quantity=items["最小面积"],
        )
        for name, items in schemes("warehouse_area_rent_schemes").items()
    }


def test_every_rent_by_area_is_a_sound_policy():
    policies = rents()
    assert len(policies) == 18
    assert [policy.check() for policy in policies.values()] == [[]] * 18


def test_eight_square_metres_pay_the_minimum_area_of_their_scheme():
    """At 8 m² a month: 190.00 where at least 10 m² are due, 8 × the rent elsewhere, 0 where it is 0."""
    due = Counter(total_of(storage_charges(policy, [], APRIL)) for policy in rents().values())
    scheme = rents()["A01"]
    assert (scheme.rate, scheme.minimum_quantity) == (19, 10)
    assert total_of(storage_charges(scheme, [], APRIL)) == 190
    assert set(due) <= {D(190), D(152), D(150), D(120), D(0)}


def test_every_price_per_pallet_and_day_charges_a_month_of_counted_pallets():
    """W01 counts 2 a pallet·day: 1,230 pieces at 100 a pallet are 13 pallets; × 31 × 2 = 806.00."""
    found = {
        name: daily(unit="XPX", rate=items["仓储费"], pallets=PalletCount.BY_SKU)
        for name, items in schemes("warehouse_price_schemes").items()
    }
    flows = [moved(on(1), 1230, "A")]
    bills = {
        name: total_of(storage_charges(policy, flows, MARCH, per_pallet={"A": D(100)}))
        for name, policy in found.items()
    }
    assert len(bills) == 51 and bills["W01"] == 806
    assert all(bills[name] == 13 * 31 * policy.rate for name, policy in found.items())
