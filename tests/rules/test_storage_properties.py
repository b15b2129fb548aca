"""What holds for every stock, every policy and every period."""

from __future__ import annotations

import json
from datetime import timedelta
from itertools import groupby

from hypothesis import given
from hypothesis import strategies as st

from portal.billing.rules.months import add_months, months_of, share_of
from portal.billing.rules.storage import ChargeKind, StorageCharge, storage_charges, total_of
from portal.catalogue.rules.storage import (
    AgeTier,
    DayCount,
    Method,
    MonthDays,
    PartMonth,
    StoragePolicy,
    WeekFrom,
)
from portal.catalogue.rules.working import Working
from portal.kernel.money import round_money
from portal.kernel.period import Period
from portal.warehouse.rules.unit_days import Flow, unit_days
from tests.rules.stocks import MARCH, D, by, daily, on, stocks

TIERS = (AgeTier(1, 7, D("0.1")), AgeTier(8, 20, D("0.5")), AgeTier(21, None, D("1.25")))
POLICIES = [
    daily(rate=D("0.85")),
    daily(rate=D("0.85"), day_count=DayCount.DAY_END, free_days=5),
    daily(tiers=TIERS),
    by(Method.PALLET_WEEK, 15),
    by(Method.PALLET_WEEK, 15, week_from=WeekFrom.MONDAY, day_count=DayCount.DAY_END),
    by(Method.ANNIVERSARY, 40),
    by(Method.HALF_MONTH, 40),
    by(Method.FIRST_OF_MONTH, 40),
]
"""Policies that pay for days or beginnings, not for the month as a whole."""
WHOLE_MONTH = [by(Method.PEAK, 40), by(Method.AVERAGE, 40), daily(minimum=D(200))]
some = st.sampled_from(POLICIES)
every = st.sampled_from([*POLICIES, *WHOLE_MONTH])
counts = st.sampled_from(DayCount)


def stored(lines: list[StorageCharge]) -> dict[object, object]:
    """Quantities by tier, whatever the number of lines."""
    total: dict[object, object] = {}
    for line in lines:
        total[line.tier] = total.get(line.tier, D(0)) + line.quantity
    return total


@given(stocks(), some, st.integers(0, 29))
def test_two_parts_of_a_month_have_the_quantities_of_the_whole(flows, policy, days):
    cut = on(1) + timedelta(days=days)
    parts = Period(on(1), cut), Period(cut + timedelta(days=1), on(31))
    halves = [line for part in parts for line in storage_charges(policy, flows, part)]
    assert stored(halves) == stored(storage_charges(policy, flows, MARCH))


@given(stocks(), every)
def test_every_line_is_rounded_once_and_tells_how(flows, policy):
    for line in storage_charges(policy, flows, MARCH):
        assert line.amount == round_money(line.amount) >= 0
        assert line.quantity > 0
        assert all(str(sentence) for sentence in line.working.sentences())


@given(stocks(), every)
def test_a_working_reads_the_same_from_storage(flows, policy):
    for line in storage_charges(policy, flows, MARCH):
        again = Working.from_json(json.loads(json.dumps(line.working.to_json())))
        assert again.sentences() == line.working.sentences()


@given(stocks(), every, st.randoms(use_true_random=False))
def test_the_order_of_movements_within_a_day_changes_no_charge(flows, policy, random):
    shuffled: list[Flow] = []
    for _, of_day in groupby(flows, key=lambda flow: flow.day):
        own = list(of_day)
        random.shuffle(own)
        shuffled += own
    assert storage_charges(policy, shuffled, MARCH) == storage_charges(policy, flows, MARCH)


@given(stocks(), counts)
def test_daily_storage_charges_the_unit_days_of_the_warehouse(flows, count):
    lines = storage_charges(daily(day_count=count), flows, MARCH)
    assert sum(line.quantity for line in lines) == unit_days(flows, MARCH, count)


@given(stocks(), st.integers(0, 40))
def test_free_days_never_cost_more(flows, days):
    charged = storage_charges(daily(free_days=days), flows, MARCH)
    assert total_of(charged) <= total_of(storage_charges(daily(), flows, MARCH))


@given(stocks())
def test_tiers_of_one_rate_charge_the_days_of_no_tiers(flows):
    one_rate = tuple(AgeTier(tier.first_day, tier.last_day, D(1)) for tier in TIERS)
    tiers = storage_charges(daily(tiers=one_rate), flows, MARCH)
    plain = storage_charges(daily(), flows, MARCH)
    assert sum(line.quantity for line in tiers) == sum(line.quantity for line in plain)


@given(stocks(), some, st.decimals("0", "900", places=2))
def test_a_month_never_costs_less_than_its_minimum(flows, policy, minimum):
    fields = {**policy.to_json(), "minimum": str(minimum)}
    lines = storage_charges(StoragePolicy.from_json(fields), flows, MARCH)
    kinds = [line.kind for line in lines]
    assert total_of(lines) >= minimum
    assert kinds.count(ChargeKind.MINIMUM) <= 1
    if ChargeKind.MINIMUM in kinds:
        assert total_of(lines) == minimum


@given(stocks())
def test_the_peak_is_not_below_the_mean(flows):
    """As quantities; one line of each, or no stock at all."""
    highest = storage_charges(by(Method.PEAK, 1), flows, MARCH)
    mean = storage_charges(by(Method.AVERAGE, 1), flows, MARCH)
    assert [line.quantity for line in highest] >= [line.quantity for line in mean]


@given(stocks(), st.sampled_from([*POLICIES[:1], *POLICIES[2:], WHOLE_MONTH[1]]))
def test_half_the_stock_is_half_the_quantity(flows, policy):
    half = [flow._replace(quantity=flow.quantity / 2) for flow in flows]
    whole = stored(storage_charges(policy, flows, MARCH))
    halved = stored(storage_charges(policy, half, MARCH))
    assert whole.keys() == halved.keys()
    assert all(
        abs(halved[tier] * 2 - quantity) <= D("0.000002") for tier, quantity in whole.items()
    )


days = st.dates(min_value=on(1).replace(year=2023), max_value=on(1).replace(year=2031))


@given(days, st.integers(0, 500))
def test_months_cover_a_period_day_by_day(first, length):
    period = Period(first, first + timedelta(days=length))
    months = months_of(period)
    assert months[0].billed.start_on == first
    assert months[-1].billed.end_on == period.end_on
    assert sum(month.billed.days for month in months) == length + 1
    assert all(month.billed.days <= month.whole.days <= 31 for month in months)


@given(days, st.integers(1, 30))
def test_a_period_of_whole_months_has_only_whole_months(first, count):
    period = Period(first, add_months(first, count) - timedelta(days=1))
    months = months_of(period)
    assert len(months) == count
    assert all(month.billed == month.whole for month in months)


@given(days, st.integers(0, 40), st.sampled_from(PartMonth), st.sampled_from(MonthDays))
def test_a_share_of_a_month_is_never_more_than_the_month(first, length, part, month_days):
    contract = Period(first, first + timedelta(days=length))
    month = months_of(Period(first.replace(day=1), add_months(first.replace(day=1), 1)))[0]
    share = share_of(month, contract, part, month_days)
    assert 0 < share.days <= share.of
