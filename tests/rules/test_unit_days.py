"""Stock day by day and unit-days: golden case G7, DOMAIN W1-W3, and what holds for every stock."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from itertools import groupby, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.catalogue.rules.storage import DayCount
from portal.kernel.period import Period
from portal.warehouse.rules.unit_days import (
    Flow,
    Snapshot,
    day_rows,
    days_missing,
    flows_of_snapshots,
    stretches,
    unit_days,
    unit_days_of_each,
)
from tests.rules.stocks import MARCH, PIECE, D, found, golden, moved, on, stocks

BOTH, END, START, PEAK = DayCount.BOTH, DayCount.DAY_END, DayCount.DAY_START, DayCount.PEAK
COUNTS = list(DayCount)


@pytest.mark.parametrize(
    ("count", "pieces", "m3"),
    [(BOTH, 17_240, "413.760"), (END, 16_690, "400.560"), (START, 16_740, "401.760")],
)
def test_the_golden_month_has_its_unit_days(count, pieces, m3):
    assert unit_days(golden(D(1)), MARCH, count, D(500)) == pieces
    assert unit_days(golden(), MARCH, count, 500 * PIECE) == D(m3)


def test_a_day_row_tells_opening_movements_and_closing():
    row = list(day_rows(golden(D(1)), MARCH, D(500)))[11]
    assert (row.day, row.opening, row.inbound, row.outbound) == (on(12), 800, 0, 420)
    assert (row.adjusted, row.closing, row.peak) == (0, 380, 800)


def test_what_comes_and_goes_on_one_day_counts_once_only_when_both_ends_count():
    """DOMAIN 19, W2: in 100 and out 100 on one day, opening 0: B 100, E 0, O 0."""
    flows = [moved(on(4), 100), moved(on(4), -100)]
    assert [unit_days(flows, MARCH, count) for count in (BOTH, END, START)] == [100, 0, 0]


def test_the_peak_of_a_day_follows_the_clock():
    """Out 60 at 9:00, in 50 at 10:00 on 100: never more than 100; both ends would count 150."""
    flows = [moved(on(4), -60, at="09:00"), moved(on(4), 50, at="10:00")]
    (row,) = day_rows(flows, Period(on(4), on(4)), D(100))
    assert (row.peak, row.chargeable(BOTH), row.closing) == (100, 150, 90)


def test_what_a_count_finds_counts_from_its_day_and_what_it_misses_until_then():
    flows = [found(on(3), 8), found(on(3), -5)]
    (row,) = day_rows(flows, Period(on(3), on(3)), D(20))
    assert (row.adjusted_up, row.adjusted_down, row.adjusted) == (8, 5, 3)
    assert [row.chargeable(count) for count in (BOTH, END, START)] == [28, 23, 20]


def test_a_stock_at_rest_is_one_stretch():
    assert [(s.row.closing, s.days) for s in stretches([], MARCH, D(7))] == [(7, 31)]


def test_movements_before_the_period_are_in_its_opening_and_later_ones_are_not_read():
    flows = [moved(on(27, 2), 40), moved(on(1), -10), moved(on(1, 4), -30)]
    rows = list(day_rows(flows, MARCH))
    assert (rows[0].opening, rows[0].closing, rows[-1].closing) == (40, 30, 30)


def test_movements_out_of_order_are_refused():
    with pytest.raises(ValueError, match="order"):
        list(day_rows([moved(on(5), 1), moved(on(4), 1)], MARCH))


def test_a_period_without_end_has_no_unit_days():
    with pytest.raises(ValueError, match="ends"):
        unit_days([], Period(on(1)), BOTH)


def test_snapshots_give_the_golden_month_too():
    """W1: the same stock told by each day's closing; no day has both in and out."""
    snapshots = [Snapshot(row.day, row.closing) for row in day_rows(golden(), MARCH, 500 * PIECE)]
    flows = list(flows_of_snapshots(snapshots, {"": 500 * PIECE}))
    assert unit_days(flows, MARCH, BOTH, 500 * PIECE) == D("413.760")


def test_a_day_without_a_snapshot_keeps_the_stock_and_is_named():
    snapshots = [Snapshot(on(1), D(5)), Snapshot(on(3), D(2))]
    assert unit_days(flows_of_snapshots(snapshots), Period(on(1), on(3)), END) == 12
    assert days_missing(snapshots, Period(on(1), on(3))) == (on(2),)


def test_a_snapshot_with_more_than_came_in_is_a_find():
    (came, more) = flows_of_snapshots([Snapshot(on(1), D(12), inbound=D(10))])
    assert (came.quantity, more.quantity, more.kind) == (10, 2, "adjust")


@given(stocks())
def test_both_ends_count_most_then_the_peak_then_either_end(flows):
    for row in day_rows(flows, MARCH):
        assert row.chargeable(BOTH) >= row.peak >= max(row.opening, row.closing)


@given(stocks(), st.sampled_from(COUNTS))
def test_unit_days_are_the_sum_of_the_days(flows, count):
    rows = day_rows(flows, MARCH)
    assert unit_days(flows, MARCH, count) == sum(row.chargeable(count) for row in rows)


@given(stocks(), st.sampled_from(COUNTS), st.integers(0, 29))
def test_two_parts_of_a_period_have_the_unit_days_of_the_whole(flows, count, days):
    cut = on(1) + timedelta(days=days)
    parts = Period(on(1), cut), Period(cut + timedelta(days=1), on(31))
    assert sum(unit_days(flows, part, count) for part in parts) == unit_days(flows, MARCH, count)


@given(stocks(), st.sampled_from(COUNTS), st.decimals("0.0001", "3", places=4))
def test_unit_days_grow_with_the_size_of_a_piece(flows, count, size):
    sized = [flow._replace(quantity=flow.quantity * size) for flow in flows]
    assert unit_days(sized, MARCH, count) == unit_days(flows, MARCH, count) * size


@given(stocks())
def test_each_days_closing_is_the_next_days_opening_and_never_negative(flows):
    rows = list(day_rows(flows, MARCH))
    assert [row.day for row in rows] == [on(day) for day in range(1, 32)]
    assert all(
        row.closing == row.opening + row.inbound - row.outbound + row.adjusted for row in rows
    )
    assert all(left.closing == right.opening for left, right in pairwise(rows))
    assert all(row.closing >= 0 for row in rows)


def snapshots_of(flows: list[Flow]) -> list[Snapshot]:
    """The end of every day with what came in, as a warehouse that keeps no movements reports it."""
    last = max((flow.day for flow in flows), default=on(31))
    rows = day_rows(flows, Period(date(2026, 2, 1), max(last, on(31))))
    return [
        Snapshot(row.day, row.closing, row.inbound + row.adjusted_up, peak=row.peak) for row in rows
    ]


@given(stocks(lots=("A",)), st.sampled_from(COUNTS))
def test_snapshots_and_movements_of_one_stock_count_alike(flows, count):
    told = flows_of_snapshots(snapshots_of(flows))
    assert unit_days(told, MARCH, count) == unit_days(flows, MARCH, count)


@given(stocks(), st.randoms(use_true_random=False), st.sampled_from([BOTH, END, START]))
def test_the_order_within_a_day_matters_only_to_the_peak(flows, random, count):
    shuffled: list[Flow] = []
    for _, of_day in groupby(flows, key=lambda flow: flow.day):
        own = list(of_day)
        random.shuffle(own)
        shuffled += own
    rows = zip(day_rows(flows, MARCH), day_rows(shuffled, MARCH), strict=True)
    assert all(one.chargeable(count) == other.chargeable(count) for one, other in rows)


@given(stocks(), st.sampled_from(COUNTS))
def test_many_owners_are_counted_in_one_pass(flows, count):
    by_lot = sorted(flows, key=lambda flow: flow.lot)
    opening = {"A": D(3), "C": D(2)}
    each = unit_days_of_each(((flow.lot, flow) for flow in by_lot), MARCH, count, opening)
    for lot, stock in {"A": D(3), "B": D(0)}.items():
        own = [flow for flow in flows if flow.lot == lot]
        assert each.get(lot, Decimal(0)) == unit_days(own, MARCH, count, stock)
    assert each["C"] == 62
