"""What may be posted to a stock, and which measures leave with the pieces (DOMAIN W3, W12, W13, P14)."""

from __future__ import annotations

from decimal import Decimal
from itertools import groupby

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from portal.kernel.errors import Invalid
from portal.warehouse.rules.stock import (
    measures_in,
    measures_out,
    shortfall,
    size_warnings,
)
from portal.warehouse.rules.unit_days import Flow
from tests.rules.stocks import D, moved, on, stocks

LOT = {"H87": D(500), "MTQ": D("12"), "KGM": D("2160")}


def test_what_is_there_may_leave_to_the_last_piece():
    assert shortfall("A", on(4), {"H87": D(-500)}, LOT) is None


def test_a_movement_that_takes_too_much_names_day_lot_and_what_is_missing():
    refused = shortfall("A-17", on(4), {"H87": D(-520)}, LOT)
    assert str(refused.text) == (
        "Lot A-17 would be short of 20 piece on 2026-03-04; at most 500 can go out."
    )


def test_a_late_movement_may_not_make_a_later_day_negative():
    """500 there, 300 leave on the 6th and 100 on the 9th: on the 4th only 100 can still go."""
    later = [(on(6), {"H87": D(-300)}), (on(9), {"H87": D(-100)}), (on(12), {"H87": D(50)})]
    refused = shortfall("A", on(4), {"H87": D(-250)}, LOT, later)
    assert (refused.day, refused.missing, refused.possible) == (on(6), 150, 100)


def test_what_comes_in_later_does_not_help_the_days_before():
    later = [(on(6), {"H87": D(900)})]
    assert shortfall("A", on(4), {"H87": D(-501)}, LOT, later).day == on(4)


def test_every_measure_is_checked():
    change = {"H87": D(-10), "MTQ": D("-12.5")}
    assert shortfall("A", on(4), change, LOT).unit == "MTQ"


def test_what_comes_in_is_never_short():
    assert shortfall("A", on(4), {"H87": D(10)}, {}) is None


def test_a_refused_movement_is_an_error_of_its_field():
    error = shortfall("", on(4), {"H87": D(-1)}, {}).error()
    assert isinstance(error, Invalid) and error.field == "quantity"
    assert str(error).startswith("Lot - would be short")


def test_pieces_take_their_part_of_every_measure():
    assert measures_out(LOT, D(125)) == {"H87": 125, "MTQ": 3, "KGM": 540}


def test_a_part_that_is_not_even_is_rounded_to_six_places():
    assert measures_out({"H87": D(3), "MTQ": D(1)}, D(1)) == {"H87": 1, "MTQ": D("0.333333")}


@pytest.mark.parametrize("pieces", [D(501), D(0), D(-3)])
def test_more_pieces_than_are_there_or_none_are_refused(pieces):
    with pytest.raises(Invalid):
        measures_out(LOT, pieces)


def test_what_comes_in_is_measured_by_the_size_of_one_piece():
    sizes = {"MTQ": D("0.0000785"), "KGM": D(0)}
    assert measures_in(D(30), sizes) == {"H87": 30, "MTQ": D("0.002355")}


def test_a_piece_of_usual_size_needs_no_question():
    assert size_warnings(D("0.024"), D("4.32")) == []


@pytest.mark.parametrize(
    ("m3", "kg", "columns"),
    [
        (None, D(1), ["unit_m3"]),
        (D(0), D(0), ["unit_m3", "unit_kg"]),
        (D("938.5"), D("0.28"), ["unit_m3", "unit_m3"]),
        (D(1), D(20), []),
        (D("0.0001"), D("0.6"), ["unit_m3"]),
        (D("0.01"), D("0.19"), ["unit_m3"]),
    ],
)
def test_missing_and_unlikely_sizes_are_asked_about(m3, kg, columns):
    """Volumes given in cm³ are over 1 m³ a piece; 6,000 and 19 kg/m³ are no goods."""
    found = size_warnings(m3, kg, row=7)
    assert [problem.column for problem in found] == columns
    assert all(problem.severity == "warning" and problem.row == 7 for problem in found)


@given(st.lists(st.integers(1, 40), min_size=1, max_size=8), st.decimals("0.001", "90", places=6))
def test_taking_a_lot_in_parts_leaves_exactly_nothing(parts, volume):
    balance = {"H87": D(sum(parts)), "MTQ": volume}
    for pieces in parts:
        left = measures_out(balance, D(pieces))
        balance = {unit: quantity - left[unit] for unit, quantity in balance.items()}
        assert min(balance.values()) >= 0
    assert balance == {"H87": 0, "MTQ": 0}


@given(stocks(lots=("A",)), st.integers(1, 31), st.decimals("-80", "80", places=3).filter(bool))
def test_a_posting_is_refused_exactly_when_some_day_would_be_negative(flows, day, quantity):
    flows = one_a_day(flows)
    before = sum((flow.quantity for flow in flows if flow.day <= on(day)), D(0))
    later = [(flow.day, {"MTQ": flow.quantity}) for flow in flows if flow.day > on(day)]
    refused = shortfall("A", on(day), {"MTQ": quantity}, {"MTQ": before}, later)
    after = sorted([*flows, moved(on(day), quantity, "A")], key=lambda flow: flow.day)
    negative = [each for each, stock in closings(after) if stock < 0]
    assert (refused and refused.day) == (negative[0] if negative else None)


@given(stocks(lots=("A",)), st.integers(1, 31))
def test_what_is_possible_can_be_posted_and_no_more(flows, day):
    flows = one_a_day(flows)
    before = sum((flow.quantity for flow in flows if flow.day <= on(day)), D(0))
    later = [(flow.day, {"MTQ": flow.quantity}) for flow in flows if flow.day > on(day)]
    refused = shortfall("A", on(day), {"MTQ": D(-999)}, {"MTQ": before}, later)
    assume(refused.possible > 0)
    balance = {"MTQ": before}
    assert shortfall("A", on(day), {"MTQ": -refused.possible}, balance, later) is None
    more = -refused.possible - D("0.001")
    assert shortfall("A", on(day), {"MTQ": more}, balance, later) is not None


def one_a_day(flows: list[Flow]) -> list[Flow]:
    days = groupby(flows, key=lambda flow: flow.day)
    return [moved(day, sum(flow.quantity for flow in own), "A") for day, own in days]


def closings(flows: list[Flow]) -> list[tuple[object, Decimal]]:
    """Each day's stock at its end."""
    stock, found = D(0), {}
    for flow in flows:
        stock += flow.quantity
        found[flow.day] = stock
    return list(found.items())
