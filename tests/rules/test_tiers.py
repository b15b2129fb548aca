"""Tiers by the mean of the last full months: bounds, up at once, down with patience (DOMAIN K2)."""

from __future__ import annotations

from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.customers.rules.kinds import Segment as S
from portal.insights.rules.kinds import TIER_ORDER
from portal.insights.rules.tiers import (
    FIRST_BOUNDS,
    is_above,
    mean_month,
    next_tier,
    tier_found,
    tier_of,
    wrong_bounds,
)

AMOUNTS = st.lists(st.decimals("-5000", "300000", places=2), min_size=0, max_size=8)


@pytest.mark.parametrize(
    ("mean", "tier"),
    [
        ("-10", S.FLOATING), ("0", S.FLOATING), ("299.99", S.FLOATING), ("300", S.ORDINARY), ("1999.99", S.ORDINARY),
        ("2000.00", S.MID), ("9999.99", S.MID), ("10000", S.VIP), ("99999.99", S.VIP), ("100000", S.PROJECT),
    ],
)  # fmt: skip
def test_a_bound_belongs_to_the_higher_tier(mean: str, tier: S):
    assert tier_of(D(mean), FIRST_BOUNDS) is tier


def test_a_mean_of_1999_99_is_ordinary_and_of_2000_00_mid():
    assert tier_found(S.FLOATING, [D("1999.99")] * 3, FIRST_BOUNDS).tier is S.ORDINARY
    assert tier_found(S.FLOATING, [D("2000.00")] * 3, FIRST_BOUNDS).tier is S.MID


def test_months_that_are_not_there_count_as_nothing():
    assert mean_month([D(300)], 3) == D("100.00") and mean_month([], 3) == 0


def test_a_mean_is_rounded_half_up_to_the_currency():
    assert mean_month([D("0.01"), D("0.01"), D("0.01"), D(9)], 3) == D("0.01")
    assert mean_month([D("0.05")], 2) == D("0.03") and mean_month([D(1)], 2, "JPY") == 1


def test_a_tier_goes_up_at_once():
    found = tier_found(S.ORDINARY, [D(60_000), D(0), D(0), D(0)], FIRST_BOUNDS)
    assert found.tier is S.VIP and not found.is_held


def test_a_tier_goes_down_only_after_two_months_under_its_bound():
    month = [D(0), D(5_000), D(6_000), D(30_000)]
    first = tier_found(S.VIP, month, FIRST_BOUNDS)
    assert first.tier is S.VIP and first.is_held and "not long enough" in str(first.cause)
    second = tier_found(S.VIP, [D(0), *month], FIRST_BOUNDS)
    assert second.tier is S.MID and second.is_held  # under mid for one month only
    assert tier_found(S.MID, [D(0), D(0), *month], FIRST_BOUNDS).tier is S.ORDINARY
    assert tier_found(S.MID, [D(0)] * 3 + month, FIRST_BOUNDS).tier is S.FLOATING


def test_without_patience_a_tier_goes_down_at_once():
    found = tier_found(S.VIP, [D(0), D(0), D(0), D(90_000)], FIRST_BOUNDS, down_after=1)
    assert found.tier is S.FLOATING and not found.is_held


@given(AMOUNTS, st.sampled_from(list(S)))
def test_a_tier_is_never_below_what_the_newest_mean_reaches_nor_above_both(
    amounts: list[D], before: S
):
    found = tier_found(before, amounts, FIRST_BOUNDS)
    reached = tier_of(found.mean, FIRST_BOUNDS)
    earlier = tier_of(mean_month(amounts[1:], 3), FIRST_BOUNDS)
    assert not is_above(reached, found.tier)
    highest = max((reached, min(before, earlier, key=TIER_ORDER.index)), key=TIER_ORDER.index)
    assert found.tier is highest


@given(st.decimals("0", "200000", places=2), st.decimals("0", "200000", places=2))
def test_more_is_never_a_lower_tier(one: D, other: D):
    low, high = sorted((one, other))
    assert not is_above(tier_of(low, FIRST_BOUNDS), tier_of(high, FIRST_BOUNDS))


def test_the_highest_tier_has_none_above():
    assert next_tier(S.PROJECT) is None and next_tier(S.FLOATING) is S.ORDINARY


def test_bounds_rise_and_begin_at_nothing():
    assert wrong_bounds(FIRST_BOUNDS) == {}
    assert set(wrong_bounds({**FIRST_BOUNDS, S.MID: D(300)})) == {S.MID}
    assert set(wrong_bounds({**FIRST_BOUNDS, S.FLOATING: D(1)})) == {S.FLOATING}
