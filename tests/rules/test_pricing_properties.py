"""What holds for every price and every quantity."""

from __future__ import annotations

import random
from dataclasses import replace
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from portal.catalogue.rules.cargo import Cargo
from portal.catalogue.rules.pricing import price
from portal.catalogue.rules.pricing_shipment import Line, price_shipment
from portal.catalogue.rules.tax import TaxKind, TaxTerms, tax_line
from portal.catalogue.rules.terms import Basis, Bound, Break, PriceTerms
from portal.catalogue.rules.totals import sum_by_currency
from portal.kernel.money import CURRENCIES, minor_units, round_money
from tests.rules.prices import D, by_code, once, per, percent, surcharge

quantities = st.decimals("0.001", "5000", places=3)
rates = st.decimals("0", "500", places=4)
amounts = st.decimals("-100000", "100000", places=4)
currencies = st.sampled_from(sorted(CURRENCIES))


@st.composite
def schedules(draw: st.DrawFn, step_up: bool = False) -> PriceTerms:
    """A sound schedule from 0 upwards, by either bound, in any currency."""
    starts = [D(0), *sorted(draw(st.sets(st.integers(1, 3000), max_size=5)))]
    ends = [*starts[1:], None]
    breaks = tuple(
        Break(D(over), None if up_to is None else D(up_to), rate=draw(rates))
        for over, up_to in zip(starts, ends, strict=True)
    )
    bound = draw(st.sampled_from([Bound.OVER, Bound.FROM]))
    currency = draw(currencies)
    return PriceTerms(Basis.BANDS, "KGM", currency, breaks=breaks, bound=bound, step_up=step_up)


@given(schedules(), quantities, st.decimals("0", "900", places=3))
def test_a_charge_is_never_below_its_minimum(terms, quantity, minimum):
    charge = price(replace(terms, minimum=minimum), quantity)
    assert charge.amount >= round_money(minimum, terms.currency)


@given(schedules(), quantities)
def test_stepping_up_is_never_dearer(terms, quantity):
    plain = price(terms, quantity)
    stepped = price(replace(terms, step_up=True), quantity)
    assert stepped.amount <= plain.amount
    assert stepped.quantity >= plain.quantity


@given(schedules(step_up=True), quantities, quantities)
def test_with_falling_rates_and_step_up_more_weight_never_costs_less(terms, one, other):
    rates_down = sorted((each.rate for each in terms.breaks), reverse=True)
    falling = tuple(
        replace(each, rate=rate) for each, rate in zip(terms.breaks, rates_down, strict=True)
    )
    less, more = sorted((one, other))
    terms = replace(terms, breaks=falling)
    assert price(terms, less).amount <= price(terms, more).amount


@given(schedules(), quantities)
def test_graduated_parts_are_the_whole_quantity(terms, quantity):
    charge = price(replace(terms, basis=Basis.GRADUATED, bound=Bound.OVER), quantity)
    parts = [values["quantity"] for kind, values in charge.working.steps if kind == "part"]
    assert sum(parts) == quantity
    assert charge.quantity == quantity


@given(schedules(), quantities)
def test_the_same_terms_and_quantity_give_the_same_charge(terms, quantity):
    revived = PriceTerms.from_json(terms.to_json())
    assert price(revived, quantity) == price(terms, quantity)


@given(amounts, currencies)
def test_rounded_money_has_the_minor_unit_and_is_off_by_half_of_it_at_most(amount, currency):
    rounded = round_money(amount, currency)
    unit = D(1).scaleb(-minor_units(currency))
    assert rounded.as_tuple().exponent == -minor_units(currency)
    assert abs(rounded - amount) <= unit / 2
    assert round_money(-amount, currency) == -rounded


@given(st.lists(st.tuples(rates, st.sampled_from(["USD", "CNY", "JPY"])), min_size=1, max_size=8))
def test_the_total_is_the_sum_of_the_rounded_lines(listed):
    lines = [Line(f"C{at}", once(str(each), cur)) for at, (each, cur) in enumerate(listed)]
    charges = price_shipment(lines, Cargo()).charges
    expected: dict[str, Decimal] = {}
    for each, currency in listed:
        expected[currency] = expected.get(currency, D(0)) + round_money(each, currency)
    assert sum_by_currency(charges) == expected


@given(quantities, st.randoms(use_true_random=False))
def test_the_order_of_the_lines_changes_no_amount(weight, shuffler: random.Random):
    lines = [
        Line("FRT", per("KGM", "2.37")),
        Line("T/F", once("300"), discount=D(10)),
        surcharge("FSC", percent("7.5", "FRT")),
        surcharge("PSS", percent("30")),
        surcharge("FEE", percent("3", "FSC", "DOC")),
        surcharge("DOC", once("50")),
    ]
    mixed = list(lines)
    shuffler.shuffle(mixed)
    cargo = Cargo(weight)
    assert by_code(price_shipment(mixed, cargo)) == by_code(price_shipment(lines, cargo))


@given(amounts, st.decimals("0", "30", places=1), st.booleans(), currencies)
def test_net_and_tax_are_always_the_gross_and_mirror_a_reversal(amount, rate, inclusive, currency):
    terms = TaxTerms(TaxKind.TAXED, rate, inclusive)
    line, back = tax_line(amount, terms, currency), tax_line(-amount, terms, currency)
    assert line.net + line.tax == line.gross
    assert (back.net, back.tax, back.gross) == (-line.net, -line.tax, -line.gross)


@given(quantities, st.decimals("0", "12", places=6), st.sampled_from(["5000", "6000", "8000"]))
def test_the_chargeable_weight_is_at_least_gross_and_volume_weight(gross, volume, divisor):
    terms = per("CHW", "1", volume_divisor=D(divisor), step=D("0.5"))
    charged = price(terms, Cargo(gross, volume)).quantity
    exact = max(gross, volume * 1_000_000 / D(divisor))
    assert exact <= charged < exact + D("0.5")
