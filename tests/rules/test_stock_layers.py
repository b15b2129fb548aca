"""How long goods have been in store: first in, first out by lot (DOMAIN W5, W6)."""

from __future__ import annotations

from datetime import timedelta
from itertools import groupby

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.catalogue.rules.storage import DayCount
from portal.kernel.errors import Invalid
from portal.warehouse.rules.layers import Layer, Take, layers_of, left_on
from portal.warehouse.rules.unit_days import Flow, day_rows
from tests.rules.stocks import MARCH, D, found, moved, on, stocks

FOLLOWED = [DayCount.BOTH, DayCount.DAY_END, DayCount.DAY_START]


def test_the_oldest_goods_leave_first():
    flows = [moved(on(1), 10), moved(on(5), 20), moved(on(8), -15), moved(on(9), -3)]
    first, second = layers_of(flows)
    assert first == Layer("", on(1), D(10), (Take(on(8), D(10)),))
    assert second == Layer("", on(5), D(20), (Take(on(8), D(5)), Take(on(9), D(3))))
    assert (first.gone_on, second.gone_on, second.left) == (on(8), None, 12)


def test_a_lot_gives_only_its_own_goods():
    flows = [moved(on(1), 10, "A"), moved(on(2), 10, "B"), moved(on(8), -4, "B")]
    assert [layer.left for layer in layers_of(flows)] == [10, 6]


def test_the_day_of_arrival_is_day_one():
    assert Layer("", on(1), D(1)).age_on(on(8)) == 8


def test_a_layer_counts_from_its_arrival_to_its_leaving():
    """10 from the 3rd, 4 leave on the 5th, the rest on the 7th."""
    layer = Layer("", on(3), D(10), (Take(on(5), D(4)), Take(on(7), D(6))))
    counted = [[int(layer.charged_on(on(day), c)) for day in range(2, 9)] for c in FOLLOWED]
    assert counted == [
        [0, 10, 10, 10, 6, 6, 0],
        [0, 10, 10, 6, 6, 0, 0],
        [0, 0, 10, 10, 6, 6, 0],
    ]


def test_the_peak_of_a_day_is_not_told_by_layer():
    with pytest.raises(ValueError, match="peak"):
        Layer("", on(1), D(1)).charged_on(on(1), DayCount.PEAK)


def test_what_comes_in_under_one_lot_on_one_day_is_one_layer():
    assert layers_of([moved(on(1), 3, "A"), moved(on(1), 4, "A")]) == [Layer("A", on(1), D(7))]


def test_a_find_is_a_layer_of_its_day_and_a_loss_takes_the_oldest():
    flows = [moved(on(1), 10), found(on(4), 2), found(on(6), -1)]
    assert [(layer.arrived_on, layer.left) for layer in layers_of(flows)] == [
        (on(1), 9),
        (on(4), 2),
    ]


def test_more_than_a_lot_holds_is_refused_with_lot_and_day():
    with pytest.raises(Invalid, match="Lot A is short of 2 on 2026-03-03"):
        layers_of([moved(on(1), 5, "A"), moved(on(1), 9, "B"), moved(on(3), -7, "A")])


def test_movements_out_of_order_are_refused():
    with pytest.raises(ValueError, match="order"):
        layers_of([moved(on(5), 1), moved(on(4), 1)])


@given(stocks(), st.sampled_from(FOLLOWED))
def test_the_layers_together_are_the_stock_of_every_day(flows, count):
    layers = layers_of(flows)
    for row in day_rows(flows, MARCH):
        assert sum(layer.charged_on(row.day, count) for layer in layers) == row.chargeable(count)


@given(stocks(), st.sampled_from(FOLLOWED), st.integers(1, 31), st.integers(0, 30))
def test_a_layers_unit_days_are_the_sum_of_its_days(flows, count, first, length):
    days = [on(first) + timedelta(days=ahead) for ahead in range(length + 1)]
    for layer in layers_of(flows):
        each = sum(layer.charged_on(day, count) for day in days)
        assert layer.unit_days(days[0], days[-1], count) == each


@given(stocks(), st.integers(1, 31))
def test_layers_may_be_carried_over_any_day(flows, day):
    before = [flow for flow in flows if flow.day <= on(day)]
    after = [flow for flow in flows if flow.day > on(day)]
    carried = layers_of(after, left_on(layers_of(before), on(day)))
    whole = [layer for layer in layers_of(flows) if not layer.gone_on or layer.gone_on > on(day)]
    assert carried == whole


@given(stocks(), st.randoms(use_true_random=False))
def test_the_order_within_a_day_does_not_matter(flows, random):
    shuffled: list[Flow] = []
    for _, of_day in groupby(flows, key=lambda flow: flow.day):
        own = list(of_day)
        random.shuffle(own)
        shuffled += own
    assert layers_of(shuffled) == layers_of(flows)
