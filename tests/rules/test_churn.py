"""Each signal of churn at its bound, growth, promotion, settings, and a row that works out the same again (K4, K7)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.customers.rules.kinds import Segment, Structure
from portal.insights.rules.abc import Place, Portfolio
from portal.insights.rules.churn import Watched, risk_of
from portal.insights.rules.classifying import Rules, classified
from portal.insights.rules.growth import growth_of, promotion_of
from portal.insights.rules.inputs import Inputs
from portal.insights.rules.kinds import Basis, Signal
from portal.insights.rules.rfm import FIXED
from portal.insights.rules.settings import InsightSettings
from portal.insights.rules.tiers import FIRST_BOUNDS
from portal.kernel.errors import InvalidMany

USUAL = InsightSettings()
MONTH, ON = date(2026, 2, 1), date(2026, 2, 28)


def signals(**watched: object) -> set[Signal]:
    risk = risk_of(Watched(MONTH, ON, **watched), USUAL)  # type: ignore[arg-type]
    return {each.signal for each in risk.warnings}


@pytest.mark.parametrize(("now", "found"), [("70", set()), ("69", {Signal.VOLUME})])
def test_volume_down_by_more_than_30_percent_is_a_signal(now: str, found: set[Signal]):
    assert signals(volumes=[D(now), D(120), D(100), D(80)]) == found


def test_volume_without_anything_before_is_no_signal():
    assert signals(volumes=[D(0), D(0), D(0), D(0), D(90)]) == set()


@pytest.mark.parametrize(("day", "found"), [(8, set()), (7, {Signal.INTERVAL})])
def test_more_than_twice_the_usual_interval_is_a_signal(day: int, found: set[Signal]):
    assert signals(last_order_on=date(2026, 2, day), usual_days=D("10.0")) == found


@pytest.mark.parametrize(
    ("days", "found"),
    [
        ((date(2026, 1, 31), date(2026, 2, 28)), {Signal.COMPLAINTS}),
        ((date(2026, 1, 5), date(2026, 2, 5)), set()),
        ((date(2026, 1, 10), date(2026, 1, 20)), set()),
        ((date(2026, 2, 3),), set()),
    ],
)  # fmt: skip
def test_two_complaints_within_30_days_that_reach_the_month_are_a_signal(
    days: tuple[date, ...], found: set[Signal]
):
    assert signals(complaints_on=days) == found


@pytest.mark.parametrize(("days", "found"), [("44.9", set()), ("45.0", {Signal.PAYMENT})])
def test_payment_slower_by_15_days_is_a_signal(days: str, found: set[Signal]):
    assert signals(paid_days=D(days), paid_days_before=D("30.0")) == found


def test_a_contact_who_left_lately_is_a_signal_with_a_name():
    left = [("王丽", date(2026, 2, 1)), ("老周", date(2025, 6, 1))]
    risk = risk_of(Watched(MONTH, ON, contacts_left=left), USUAL)
    assert [str(each.cause) for each in risk.warnings] == ["王丽 left the customer on 2026-02-01."]


@pytest.mark.parametrize(("count", "found"), [(1, set()), (2, {Signal.COMPETITOR})])
def test_two_losses_to_one_competitor_are_a_signal(count: int, found: set[Signal]):
    assert signals(lost_to=("顺达物流", count)) == found


@pytest.mark.parametrize(
    ("ends", "found"),
    [(date(2026, 4, 29), {Signal.CONTRACT}), (date(2026, 4, 30), set()), (date(2026, 2, 27), set())],
)  # fmt: skip
def test_a_contract_that_ends_within_60_days_is_a_signal(ends: date, found: set[Signal]):
    assert signals(contract_ending=("CT-1", ends)) == found


def test_points_add_up_to_a_risk_and_a_signal_without_points_is_silent():
    both = Watched(MONTH, ON, lost_to=("顺达", 2), contacts_left=[("王丽", ON)])
    risk = risk_of(both, USUAL)
    assert risk.points == 40 and risk.is_at_risk
    quiet = risk_of(both, replace(USUAL, points={**USUAL.points, "contact": 0}))
    assert quiet.points == 25 and not quiet.is_at_risk


def test_a_star_grew_by_30_percent_and_is_no_key_customer():
    amounts = [D(1_300)] * 3 + [D(1_000)] * 3
    found = growth_of(amounts, FIRST_BOUNDS, Structure.GENERAL, USUAL)
    assert found.percent == 30 and found.is_star
    assert not growth_of(amounts, FIRST_BOUNDS, Structure.KEY, USUAL).is_star
    assert not growth_of([D(1_299)] * 3 + [D(1_000)] * 3, FIRST_BOUNDS, None, USUAL).is_star


def test_growth_from_nothing_has_no_percent():
    assert growth_of([D(900)] * 3, FIRST_BOUNDS, None, USUAL).percent is None


@pytest.mark.parametrize(("mean", "found"), [("8000", Segment.VIP), ("7999.99", None)])
def test_a_candidate_has_reached_80_percent_of_the_next_bound(mean: str, found: Segment | None):
    told = promotion_of(Segment.MID, [D(mean)] * 3, FIRST_BOUNDS, USUAL)
    assert (told and told[0]) == found
    assert promotion_of(Segment.PROJECT, [D(900_000)] * 3, FIRST_BOUNDS, USUAL) is None


def test_settings_come_back_as_they_were_kept_and_what_is_missing_is_usual():
    changed = replace(
        USUAL, basis=Basis.MARGIN, abc_a_percent=D("70.5"), risk_points=55, crossing_up=False
    )
    assert InsightSettings.from_json(changed.to_json()) == changed
    assert InsightSettings.from_json(None) == USUAL == USUAL.checked()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"tier_months": 0}, "tier_months"), ({"abc_a_percent": D(0)}, "abc_a_percent"),
        ({"abc_a_percent": D(96)}, "abc_b_percent"), ({"lost_days": 20}, "lost_days"),
        ({"key_percent": D(90)}, "suitable_percent"), ({"run_day": 31}, "run_day"),
    ],
)  # fmt: skip
def test_settings_out_of_reason_are_refused_at_their_field(change: dict[str, object], field: str):
    with pytest.raises(InvalidMany) as refused:
        replace(USUAL, **change).checked()  # type: ignore[arg-type]
    assert set(refused.value.errors) == {field}


DAYS = st.dates(date(2025, 1, 1), ON)
AMOUNT = st.decimals("-1000", "200000", places=2)
INPUTS = st.builds(
    Inputs,
    tier_before=st.sampled_from(list(Segment)),
    amounts=st.lists(AMOUNT, min_size=12, max_size=12).map(tuple),
    orders=st.lists(st.integers(0, 50), min_size=12, max_size=12).map(tuple),
    first_order_on=DAYS,
    last_order_on=DAYS,
    ordered_until=st.none() | DAYS,
    answers=st.integers(0, 9),
    place=st.none() | st.builds(Place, st.integers(1, 40), AMOUNT, st.decimals(0, 99999, places=2)),
    complaints_on=st.lists(DAYS, max_size=3).map(tuple),
    paid_days=st.none() | st.decimals(0, 90, places=1),
    contacts_left=st.lists(st.tuples(st.text(max_size=5), DAYS), max_size=2).map(tuple),
    lost_to=st.none() | st.tuples(st.text(min_size=1, max_size=5), st.integers(1, 4)),
    contract_ending=st.none() | st.tuples(st.just("CT-1"), DAYS),
)


@given(INPUTS)
def test_what_a_row_keeps_works_out_to_the_same_classes(inputs: Inputs):
    rules = Rules(MONTH, ON, "CNY", USUAL, FIRST_BOUNDS, Portfolio(40, D(100_000)), FIXED)
    again = classified(Inputs.from_json(inputs.to_json()), Rules.from_json(rules.to_json()))
    assert again == classified(inputs, rules)
