"""Cost components, margins and floors (M1-M3)."""

from __future__ import annotations

from datetime import date

import pytest

from portal.catalogue.rules.exchange import ExchangeRate
from portal.catalogue.rules.margin import (
    CostComponent,
    CostKind,
    Floor,
    Margin,
    below_floor,
    cost_of,
)
from portal.kernel.errors import Invalid
from tests.rules.prices import D

DOLLAR = {"USD": ExchangeRate("USD", "CNY", date(2026, 3, 2), D("7.00"))}
PARTS = [
    CostComponent(CostKind.BASE, "USD", per_unit=D(1000)),
    CostComponent(CostKind.REBATE, "USD", percent=D("2.5")),
    CostComponent(CostKind.STICKER, "CNY", per_unit=D(50)),
    CostComponent(CostKind.SURCHARGE, "CNY", flat=D(450)),
]


def margin(sale: str) -> Margin:
    return Margin(D(sale), cost_of(PARTS, D(2), "CNY", DOLLAR))


def test_a_cost_adds_its_parts_by_kind_and_a_rebate_lowers_it():
    cost = cost_of(PARTS, D(2), "CNY", DOLLAR)
    assert cost.by_kind == {
        CostKind.BASE: D("14000.00"),
        CostKind.REBATE: D("-350.00"),
        CostKind.STICKER: D("100.00"),
        CostKind.SURCHARGE: D("450.00"),
    }
    assert (cost.before_rebate, cost.after_rebate) == (D("14550.00"), D("14200.00"))


def test_margin_is_shown_before_and_after_the_rebate():
    both = margin("15000")
    assert (both.before_rebate, both.rate_before_rebate) == (D("450.00"), D("3.00"))
    assert (both.after_rebate, both.rate_after_rebate) == (D("800.00"), D("5.33"))


def test_a_sale_of_zero_has_no_rate():
    assert margin("0").rate_after_rebate is None
    assert below_floor(margin("0"), Floor(rate=D(0))) is not None
    assert below_floor(Margin(D(0), cost_of([], D(1))), Floor(rate=D(5))) is None


@pytest.mark.parametrize(
    ("floor", "passes"),
    [
        (Floor(rate=D("5.33")), True),
        (Floor(rate=D("5.34")), False),
        (Floor(rate=D("5.33"), after_rebate=False), False),
        (Floor(amount=D("800")), True),
        (Floor(amount=D("800.01")), False),
        (Floor(), True),
    ],
)
def test_a_floor_is_by_rate_or_amount_before_or_after_rebate(floor, passes):
    assert (below_floor(margin("15000"), floor) is None) is passes


def test_what_a_supplier_really_asked_takes_the_place_of_the_plan():
    asked = CostComponent(CostKind.BASE, "CNY", per_unit=D(100), actual=D("260.50"))
    assert cost_of([asked], D(2)).after_rebate == D("260.50")


def test_margins_of_lines_add_up_to_that_of_the_document():
    total = margin("15000") + margin("14000")
    assert (total.sale, total.after_rebate) == (D(29000), D("600.00"))


@pytest.mark.parametrize(
    "parts",
    [
        [CostComponent(CostKind.BASE, "CNY")],
        [CostComponent(CostKind.BASE, "CNY", per_unit=D(1), flat=D(1))],
        [CostComponent(CostKind.REBATE, "USD", percent=D(2))],
        [CostComponent(CostKind.BASE, "EUR", flat=D(2))],
    ],
)
def test_an_unclear_cost_is_refused(parts):
    with pytest.raises(Invalid):
        cost_of(parts, D(1), "CNY", DOLLAR)
