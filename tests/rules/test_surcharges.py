"""Which charges apply, in which order, and what stays out (U1-U8, P2, S6)."""

from __future__ import annotations

from datetime import date

import pytest

from portal.catalogue.rules.cargo import Cargo
from portal.catalogue.rules.pricing_shipment import Line, Payment, price_shipment
from portal.catalogue.rules.surcharges import Occasion, When
from portal.catalogue.rules.terms import Basis, PercentOn, PriceTerms
from portal.catalogue.rules.totals import quotation_totals, sum_by_currency
from portal.kernel.errors import Invalid
from tests.rules.prices import AIR_PVG_FRA, D, band, bands, by_code, once, per, percent, surcharge

ONE = Cargo(D(1000), D("1"))
INSPECTION = PriceTerms(Basis.AT_COST, currency="CNY")


@pytest.mark.parametrize(
    ("percent_on", "expected"),
    [(PercentOn.BEFORE_DISCOUNT, "40.00"), (PercentOn.AFTER_DISCOUNT, "38.00")],
)
def test_a_percentage_names_whether_the_discount_counts(percent_on, expected):
    lines = [
        Line("O/F", once("1000", "USD"), discount=D(5)),
        surcharge("CAF", percent("4", percent_on=percent_on)),
    ]
    assert by_code(price_shipment(lines, ONE)) == {"O/F": D("950.00"), "CAF": D(expected)}


def test_percentages_of_one_base_do_not_compound():
    lines = [
        Line("FRT", once("8.80")),
        surcharge("PSS", percent("30")),
        surcharge("FSC", percent("10")),
    ]
    assert by_code(price_shipment(lines, ONE)) == {
        "FRT": D("8.80"),
        "PSS": D("2.64"),
        "FSC": D("0.88"),
    }


def test_a_percentage_of_a_percentage_only_where_it_is_named():
    lines = [
        surcharge("FEE", percent("10", "FRT", "PSS")),
        surcharge("PSS", percent("30", "FRT")),
        Line("FRT", once("100")),
    ]
    assert by_code(price_shipment(lines, ONE))["FEE"] == D("13.00")


def test_percentages_taken_of_each_other_are_told_as_unpriced():
    lines = [surcharge("A", percent("1", "B")), surcharge("B", percent("1", "A"))]
    priced = price_shipment(lines, ONE)
    assert [each.line.code for each in priced.unpriced] == ["A", "B"]
    with pytest.raises(Invalid, match="A cannot be priced: these percentages"):
        priced.require_complete()


def test_a_rush_factor_lifts_delivery_and_platform_fee_but_not_the_labels():
    lines = [
        Line("DELIVERY", once("200")),
        surcharge("PLATFORM", once("50")),
        surcharge("LAB", once("20")),
        surcharge("RUSH", percent("30", "DELIVERY", "PLATFORM")),
    ]
    assert by_code(price_shipment(lines, ONE))["RUSH"] == D("75.00")


def test_a_percentage_of_two_currencies_is_one_charge_in_each():
    lines = [
        Line("O/F", once("100", "USD")),
        Line("T/F", once("200")),
        surcharge("X", percent("5")),
    ]
    charges = price_shipment(lines, ONE).charges[2:]
    assert [(one.charge.currency, one.amount) for one in charges] == [
        ("USD", D("5.00")),
        ("CNY", D("10.00")),
    ]


def test_a_fee_on_what_is_at_cost_is_at_cost_too():
    lines = [
        surcharge("INSP", INSPECTION, pass_through=True),
        surcharge("FEE", percent("5", "INSP")),
    ]
    assert by_code(price_shipment(lines, ONE)) == {"INSP": None, "FEE": None}


def test_a_percentage_of_what_has_no_price_has_none_either():
    lines = [
        Line("BAS", PriceTerms(Basis.FLAT, "BL", "USD")),
        surcharge("CAF", percent("4", "BAS")),
    ]
    priced = price_shipment(lines, ONE)
    assert [each.line.code for each in priced.unpriced] == ["BAS", "CAF"]
    assert not priced.complete


def test_a_percentage_without_its_base_is_left_out():
    priced = price_shipment([Line("O/F", once("9")), surcharge("CAF", percent("4", "BAF"))], ONE)
    assert [each.line.code for each in priced.left_out] == ["CAF"]
    assert priced.complete


def test_every_box_that_is_shipped_needs_a_price_of_its_own_type():
    lines = [Line("O/F", per("40GP", "3700", "USD")), Line("T/F", per("40FT", "900"))]
    priced = price_shipment(lines, Cargo(boxes={"40GP": 1, "40RH": 2}))
    assert [str(each.why) for each in priced.unpriced] == ["no price for 40RH"]
    assert priced.unpriced[0].line.code == "O/F"


def test_a_type_that_is_not_shipped_makes_no_line():
    lines = [Line("O/F", per("20GP", "2000", "USD")), Line("O/F", per("40HQ", "3850", "USD"))]
    priced = price_shipment(lines, Cargo(boxes={"40HQ": 2}))
    assert by_code(priced) == {"O/F": D("7700.00")}
    assert str(priced.left_out[0].why) == "nothing here that it counts"


def test_a_surcharge_for_some_boxes_leaves_the_others_alone():
    only_20 = When(boxes=frozenset({"20GP"}))
    lines = [surcharge("OWS", per("20GP", "150", "USD"), when=only_20)]
    assert price_shipment(lines, Cargo(boxes={"20GP": 1, "40GP": 1})).complete
    assert not price_shipment(lines, Cargo(boxes={"40GP": 1})).charges


def test_codes_inside_the_basic_freight_are_not_charged_again():
    lines = [
        Line("BAS", once("760", "USD"), inclusive=frozenset({"EBS"})),
        surcharge("EBS", once("90", "USD")),
    ]
    priced = price_shipment(lines, ONE)
    assert by_code(priced) == {"BAS": D("760.00")}
    assert str(priced.left_out[0].why) == "included in another price"


def test_terminal_handling_of_zero_is_taken_as_included_with_a_warning():
    lines = [Line("BAS", once("760", "USD")), surcharge("OHC", once("0", "USD"))]
    priced = price_shipment(lines, ONE)
    assert [each.line.code for each in priced.charges] == ["BAS"]
    assert "OHC is 0" in str(priced.warnings[0])


def test_collect_charges_are_listed_and_stay_out_of_the_total():
    lines = [
        Line("O/F", once("100", "USD")),
        surcharge("DTHC", once("180", "EUR"), payment=Payment.COLLECT),
    ]
    charges = price_shipment(lines, ONE).charges
    totals = quotation_totals(charges, ONE)
    assert sum_by_currency(charges) == {"USD": D("100.00")}
    assert totals.collect == {"EUR": D("180.00")}
    assert totals.total is None


@pytest.mark.parametrize(
    ("on", "applies"),
    [
        (date(2026, 2, 28), False),
        (date(2026, 3, 1), True),
        (date(2026, 3, 31), True),
        (date(2026, 4, 1), False),
        (None, False),
    ],
)
def test_a_season_counts_both_its_ends(on, applies):
    march = When(from_on=date(2026, 3, 1), to_on=date(2026, 3, 31))
    priced = price_shipment([surcharge("PSS", once("50"), when=march)], ONE, Occasion(on=on))
    assert bool(priced.charges) is applies


@pytest.mark.parametrize(
    ("when", "applies"),
    [
        (When(categories=frozenset({"sea"})), True),
        (When(categories=frozenset({"air"})), False),
        (When(origins=frozenset({"CN"})), True),
        (When(origins=frozenset({"CNNGB"})), False),
        (When(destinations=frozenset({"USNYC", "USLAX"})), True),
        (When(destinations=frozenset({"JP"})), False),
        (When(only_if_asked=True), True),
        (When(only_dangerous=True), False),
    ],
)
def test_a_surcharge_attaches_by_mode_lane_and_wish(when, applies):
    here = Occasion("sea", ("CNSHA", "CN"), ("USNYC", "US"), asked=frozenset({"TLX"}))
    priced = price_shipment([surcharge("TLX", once("450"), when=when)], ONE, here)
    assert bool(priced.charges) is applies


def test_fuel_may_be_charged_on_the_weight_after_the_step():
    after = per("CHW", "6.50", quantity_of="A/F", step=D("0.5"), volume_divisor=D(6000))
    lines = [surcharge("FSC", after), Line("A/F", AIR_PVG_FRA)]
    fuel = price_shipment(lines, Cargo(D("86.2"), D("0.40"))).charges[0]
    assert (fuel.charge.quantity, fuel.amount) == (D(100), D("650.00"))
    assert str(fuel.charge.working.sentences()[0]) == "Quantity 100, as charged for A/F"


def test_a_weight_in_no_band_leaves_the_other_lines_standing():
    lines = [Line("FRT", bands("KGM", band("0", "500", "2"))), Line("DOC", once("50"))]
    priced = price_shipment(lines, ONE)
    assert by_code(priced) == {"DOC": D("50.00")}
    assert "No price band covers 1000 kg" in str(priced.unpriced[0].why)


def test_totals_name_what_is_still_at_cost():
    lines = [Line("O/F", once("100", "USD")), surcharge("INSP", INSPECTION)]
    totals = quotation_totals(price_shipment(lines, ONE).charges, ONE)
    assert totals.at_cost == ("INSP",)
    assert totals.subtotals == {"USD": D("100.00")}
