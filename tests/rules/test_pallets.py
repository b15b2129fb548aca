"""Counting pallets by the warehouse's named rule (P13, P14)."""

from __future__ import annotations

import pytest

from portal.catalogue.rules.pallets import full_and_half, pallets_of_day, pallets_of_sku
from portal.kernel.errors import Invalid
from tests.rules.prices import D


@pytest.mark.parametrize(
    ("pieces", "pallets"),
    [
        ("0", "0"),
        ("49", "0.5"),
        ("50", "1"),
        ("100", "1"),
        ("110", "1"),
        ("111", "2"),
        ("300", "3"),
    ],
)
def test_a_rest_of_a_tenth_rides_along_and_a_single_part_is_half_or_whole(pieces, pallets):
    assert pallets_of_sku(D(pieces), D(100)) == D(pallets)


def test_the_day_rounds_up_once_its_rest_is_over_a_tenth():
    assert pallets_of_day([(D(49), D(100)), (D(200), D(100))]) == 3
    assert pallets_of_day([(D(49), D(100)), (D(30), D(100))]) == 1


@pytest.mark.parametrize(("pallets", "split"), [("3", (3, 0)), ("2.5", (2, 1)), ("2.6", (3, 0))])
def test_a_delivery_is_full_and_half_pallets(pallets, split):
    assert full_and_half(D(pallets)) == split


def test_a_pallet_of_unknown_size_is_not_counted():
    with pytest.raises(Invalid):
        pallets_of_sku(D(5), D(0))
