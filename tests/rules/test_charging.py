"""What a draw costs: price, discount, overage; the same draw is worked out once."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.billing.rules import charging
from portal.billing.rules.charging import charge, charge_quantity, plain
from portal.billing.rules.kinds import Part
from portal.catalogue.rules.terms import Basis, PriceTerms
from portal.kernel.errors import Invalid
from tests.rules.bills import drawn, line_price, told
from tests.rules.prices import SF_ZONES, D, band, bands, once, per

QUANTITIES = st.decimals("0.000001", "99999", places=6)


def test_a_draw_costs_its_quantity_at_the_lines_price():
    found = charge(drawn("12.500000"), line_price())
    assert (found.amount, found.currency) == (D("25.00"), "CNY")
    assert (found.quantity, found.unit, found.rate) == (D("12.5"), "CHW", D("2.00"))
    assert told(found) == ["Quantity: 12.5 kg", "12.5 kg × 2.00 = 25.00"]


def test_a_discount_is_rounded_on_its_own_and_told():
    found = charge(drawn("3.33"), line_price(discount_percent=D("5.000000")))
    assert found.amount == D("6.66") - D("0.33")
    assert told(found)[-1] == "Less 5.00 % discount: −0.33"


def test_overage_without_a_price_of_its_own_has_the_same_price_and_discount():
    line = line_price(discount_percent=D(10))
    within, over = charge(drawn("10"), line), charge(drawn("10", Part.OVER), line)
    assert within.amount == over.amount == D("18.00")
    assert told(over)[0] == "Beyond the quantity agreed: the same price"


def test_the_overage_price_is_taken_as_agreed_without_the_discount():
    line = line_price(discount_percent=D(10), overage_terms=per("CHW", "3.00"))
    assert charge(drawn("10", Part.OVER), line).amount == D("30.00")
    assert charge(drawn("10"), line).amount == D("18.00")
    assert told(charge(drawn("10", Part.OVER), line))[0] == (
        "Beyond the quantity agreed: the overage price"
    )


def test_the_parts_of_a_split_usage_are_each_priced_alone():
    line = line_price(bands("CHW", band("0", "10", "3.00"), band("10", None, "2.00")))
    parts = [charge(drawn("8"), line), charge(drawn("4", Part.OVER), line)]
    assert [each.amount for each in parts] == [D("24.00"), D("12.00")]
    assert charge(drawn("12"), line).amount == D("24.00")


def test_a_step_rounds_what_is_paid_for_and_says_so():
    found = charge(drawn("43.2"), line_price(per("CHW", "28.50", step=D("0.5"))))
    assert (found.quantity, found.amount) == (D("43.5"), D("1239.75"))
    assert "Rounded from 43.2 to 43.5 (step 0.5)" in told(found)


def test_one_amount_for_a_shipment_is_charged_for_each_shipment_drawn():
    found = charge(drawn("3", unit="BL"), line_price(once("150"), unit="BL"))
    assert (found.amount, found.quantity, found.rate) == (D("450.00"), D(3), D(150))


def test_several_rates_leave_no_single_one_on_the_line():
    found = charge(drawn("3.4"), line_price(SF_ZONES["Z1"]))
    assert (found.amount, found.rate) == (D("12.20"), None)


def test_a_price_in_another_unit_of_the_same_dimension_converts_and_tells():
    line = line_price(per("TNE", "300"), unit="KGM")
    found = charge(drawn("1250", unit="KGM"), line)
    assert (found.amount, found.quantity, found.unit) == (D("375.00"), D("1.25"), "TNE")
    assert told(found)[0] == "1,250 kg = 1.25 t"


def test_a_price_by_volume_has_nothing_to_say_about_weight():
    with pytest.raises(Invalid, match="cannot be converted"):
        charge(drawn("5", unit="KGM"), line_price(per("MTQ", "10"), unit="KGM"))


@pytest.mark.parametrize(
    "terms",
    [
        PriceTerms(Basis.PER_UNIT, "CHW", "CNY"),
        PriceTerms(Basis.AT_COST, "CHW", "CNY"),
        PriceTerms(Basis.PERCENT, percent=D(5)),
        bands("CHW", band("0", "5", "1")),
    ],
)
def test_what_has_no_price_is_refused_and_never_free(terms):
    with pytest.raises(Invalid):
        charge(drawn("10"), line_price(terms))


def test_at_cost_is_what_was_paid_out():
    line = line_price(PriceTerms(Basis.AT_COST, "CHW", "CNY"))
    dear, cheap = (charge(drawn("1", cost=D(cost)), line) for cost in ("812.505", "5"))
    assert (dear.amount, cheap.amount) == (D("812.51"), D("5.00"))


def test_a_price_in_another_currency_is_rounded_to_its_own_minor_unit():
    found = charge(drawn("3"), line_price(per("CHW", "33.5", "JPY")))
    assert (found.amount, found.currency) == (D(101), "JPY")


def test_the_same_draw_is_worked_out_once():
    line = line_price()
    first = charge(drawn("12.5"), line)
    again = replace(drawn("12.500000"), usage_id=99, used_on=date(2026, 3, 9))
    assert charge(again, line) is first


@given(QUANTITIES, st.sampled_from(Part))
def test_what_was_kept_is_what_would_be_worked_out_anew(quantity, part):
    line = line_price(discount_percent=D("7.5"), overage_terms=per("CHW", "3.33"))
    draw = replace(drawn("1", part), quantity=quantity)
    charge(draw, line)
    assert charge(draw, line) == charge(draw, replace(line))


@given(QUANTITIES)
def test_idle_zeros_change_neither_the_amount_nor_the_words(quantity):
    short = charge_quantity(plain(quantity), line_price())
    assert charge_quantity(quantity.quantize(D("0.000001")), line_price()) == short


@given(QUANTITIES, st.decimals(0, 100, places=2))
def test_a_discount_never_takes_more_than_the_charge(quantity, percent):
    full = charge_quantity(quantity, line_price()).amount
    assert 0 <= charge_quantity(quantity, line_price(discount_percent=percent)).amount <= full


def test_a_line_keeps_no_more_than_it_has_room_for(monkeypatch):
    monkeypatch.setattr(charging, "REMEMBERED", 10)
    line = line_price()
    amounts = [charge_quantity(D(n), line).amount for n in range(1, 30)]
    assert len(line.kept) == 10 and amounts[-1] == D("58.00")


def test_fifty_thousand_draws_of_the_same_quantities_take_less_than_a_second():
    line = line_price(discount_percent=D(5))
    draws = [replace(drawn(str(n % 50 + 1)), usage_id=n) for n in range(50_000)]
    begun = time.process_time()
    amounts = {charge(each, line).amount for each in draws}
    assert len(amounts) == 50 and time.process_time() - begun < 1


@pytest.mark.parametrize(
    ("written", "short"), [("12.500000", "12.5"), ("100", "100"), ("1E+3", "1000"), ("0.00", "0")]
)
def test_a_number_is_written_without_idle_zeros_and_without_powers(written, short):
    assert str(plain(D(written))) == short
