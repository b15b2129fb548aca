"""Boundary cases of the calculation rules P1-P16, S6-S8, U7 (DOMAIN sections 3-5 and 19)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from portal.catalogue.rules.cargo import Cargo, Piece
from portal.catalogue.rules.pricing import price, top_up
from portal.catalogue.rules.terms import BandOn, Basis, Bound, PriceTerms
from portal.kernel.boxes import TeuPractice
from portal.kernel.errors import Invalid
from tests.rules.prices import AIR_PVG_FRA, SF_ZONES, D, amount, band, bands, once, per, yunda

GUANGDONG = yunda("1.65", "1.8", "2.15", "2.5", "3.7", "3.8", per_kg="0.95")


def test_a_weight_at_the_bound_belongs_to_the_lower_band():
    assert amount(GUANGDONG, "5.5") == D("3.80")
    assert amount(GUANGDONG, "5.501") == D("8.30")


def test_an_air_weight_at_the_break_belongs_to_the_higher_band():
    light = price(AIR_PVG_FRA, Cargo(D("44.9"), D("0")))
    assert (light.quantity, light.rate, light.amount) == (D("45.0"), D("28.50"), D("1282.50"))


def test_a_revenue_ton_of_1000_4_kg_is_one():
    charge = price(per("RT", "45", minimum_quantity=D(1)), Cargo(D("1000.4"), D("0.999")))
    assert (charge.quantity, charge.amount) == (D("1.000"), D("45.00"))


def test_a_trade_may_count_500_kg_as_a_revenue_ton():
    heavy = per("RT", "45", weight_ratio=D(500))
    assert price(heavy, Cargo(D(1000), D("1.5"))).quantity == D("2.000")


@pytest.mark.parametrize("weight", ["0.4", "600"])
def test_a_weight_in_no_band_is_an_error(weight):
    terms = bands("KGM", band("0.5", "500", "2"))
    with pytest.raises(Invalid, match="No price band covers"):
        amount(terms, weight)


def test_between_two_bands_that_name_both_ends_there_is_no_price():
    terms = bands("KGM", band("65", "249.99", "3"), band("250", "499.99", "2"), bound=Bound.WITHIN)
    assert amount(terms, "249.99") == D("749.97")
    with pytest.raises(Invalid, match=r"249.995 kg"):
        amount(terms, "249.995")


def test_a_graduated_schedule_with_a_gap_has_no_price_above_it():
    terms = PriceTerms(
        Basis.GRADUATED, "KGM", "CNY", breaks=(band("0", "1", "5"), band("2", None, "3"))
    )
    assert amount(terms, "1") == D("5.00")
    with pytest.raises(Invalid, match="No price band covers 3 kg"):
        amount(terms, "3")


@pytest.mark.parametrize(
    "terms",
    [
        PriceTerms(Basis.PER_UNIT, "KGM", "USD"),
        PriceTerms(Basis.FLAT, "BL", "USD"),
        bands("KGM", band("0", None)),
        PriceTerms(Basis.FIRST_CONTINUED, "KGM", "CNY", first_quantity=D(1)),
    ],
    ids=lambda terms: terms.basis,
)
def test_a_missing_price_is_never_zero(terms):
    with pytest.raises(Invalid, match="price"):
        amount(terms, "3")


@pytest.mark.parametrize(
    ("terms", "cargo", "field"),
    [
        (per("CHW", "5", volume_divisor=D(6000)), Cargo(), "gross_kg"),
        (per("CHW", "5", volume_divisor=D(6000)), Cargo(D(0), D(1)), "gross_kg"),
        (per("CHW", "5", volume_divisor=D(6000)), Cargo(D(3)), "volume_m3"),
        (per("RT", "5"), Cargo(D(3)), "volume_m3"),
        (per("HUR", "5"), Cargo(), "counts"),
        (per("CHW", "5", volume_divisor=D(6000), per_piece=True), Cargo(D(3), D(1)), "pieces"),
        (
            per("CHW", "5", volume_divisor=D(6000), per_piece=True),
            Cargo(D(3), pieces=(Piece(D(9), D(9), D(9)),)),
            "pieces",
        ),
        (per("KGM", "5"), Cargo(D(-3)), "quantity"),
    ],
)
def test_a_fact_that_nobody_stated_is_asked_for_by_its_field(terms, cargo, field):
    with pytest.raises(Invalid) as refusal:
        price(terms, cargo)
    assert refusal.value.field == field


def test_an_unknown_unit_or_currency_is_refused():
    with pytest.raises(Invalid, match="not a billing unit"):
        amount(per("stone", "5"), Cargo(D(3)))
    with pytest.raises(Invalid, match="not a currency code"):
        amount(per("KGM", "5", "XYZ"), Cargo(D(3)))


def test_a_stated_price_of_zero_prices_at_zero():
    assert amount(per("KGM", "0"), Cargo(D(3))) == D("0.00")


@pytest.mark.parametrize(
    ("weight", "expected"), [("0.3", "10.00"), ("1", "10.00"), ("1.01", "12.25"), ("2.5", "16.75")]
)
def test_first_kilogram_and_every_step_begun_after_it(weight, expected):
    terms = PriceTerms(
        Basis.FIRST_CONTINUED,
        "KGM",
        "CNY",
        first_quantity=D(1),
        first_amount=D(10),
        continued_step=D("0.5"),
        continued_amount=D("2.25"),
    )
    assert amount(terms, weight) == D(expected)


def test_commission_on_first_and_further_weight_adds_to_the_price():
    terms = PriceTerms(
        Basis.FIRST_CONTINUED,
        "KGM",
        "CNY",
        first_quantity=D(1),
        first_amount=D(10),
        continued_step=D(1),
        continued_amount=D(2),
        commission_first=D("0.5"),
        commission_continued=D("0.2"),
    )
    assert amount(terms, "1") == D("10.50")
    assert amount(terms, "3.2") == D("17.10")


def test_a_band_may_have_its_own_first_weight_and_commission():
    above = band(
        "3", None, "4.5", flat="10", beyond="1", step="1", commission="1", commission_rate="0.5"
    )
    terms = bands("KGM", band("0", "3", flat="12"), above)
    assert amount(terms, "2.9") == D("12.00")
    assert amount(terms, "3.4") == D("26.00")  # 10 + 1 + 3 × (4.5 + 0.5)


def test_a_weight_inside_the_first_weight_of_its_band_costs_the_first_price():
    terms = bands("KGM", band("0", None, "2.1", flat="5", beyond="3", step="1"))
    charge = price(terms, D("0.4"))
    assert (charge.quantity, charge.amount) == (D("0.4"), D("5.00"))
    assert str(charge.working.sentences()[-1]) == "Up to 3: 5.00"
    assert amount(terms, "3.1") == D("7.10")


def test_a_band_may_have_its_own_minimum():
    terms = bands("KGM", band("0", "5", "0.75", minimum="43.2272"), band("5", None, "12"))
    assert amount(terms, "4") == D("43.23")
    assert amount(terms, "6") == D("72.00")


def test_half_volume_deals_share_the_light_cargo():
    half = per("CHW", "10", volume_divisor=D(6000), volume_share=D("0.5"), step=D("0.5"))
    charge = price(half, Cargo(D(40), D("0.36")))  # volume weight 60, half way is 50
    assert (charge.quantity, charge.amount) == (D("50.0"), D("500.00"))
    assert price(half, Cargo(D(70), D("0.36"))).quantity == D("70.0")


def test_volume_weight_may_be_taken_piece_by_piece():
    pieces = (Piece(D(60), D(50), D(40), 1, D(5)), Piece(D(10), D(10), D(10), 2, D("7.2")))
    together = per("CHW", "1", volume_divisor=D(6000), step=D(1))
    apart = replace(together, per_piece=True)
    assert price(together, Cargo(pieces=pieces)).quantity == 21  # 19.4 kg against 20.33
    assert price(apart, Cargo(pieces=pieces)).quantity == 36  # 20 + 8 + 8


def test_the_band_may_be_picked_by_actual_weight_and_priced_on_the_charged_one():
    by_actual = bands(
        "CHW",
        band("0", "5", flat="8"),
        band("5", None, "2"),
        band_on=BandOn.ACTUAL,
        volume_divisor=D(6000),
        step=D(1),
    )
    bulky = Cargo(D("4.2"), D("0.06"))
    assert amount(by_actual, bulky) == D("8.00")
    assert amount(replace(by_actual, band_on=BandOn.CHARGED), bulky) == D("20.00")


def test_handling_takes_the_larger_of_weight_and_volume():
    terms = PriceTerms(
        Basis.MAX_OF, "", "CNY", alternatives=(per("TNE", "30"), per("MTQ", "10")), minimum=D(30)
    )
    heavy = price(terms, Cargo(D(2500), D("3")))
    assert (heavy.unit, heavy.quantity, heavy.amount) == ("TNE", D("2.5"), D("75.00"))
    assert amount(terms, Cargo(D(500), D("6"))) == D("60.00")
    assert amount(terms, Cargo(D(500), D("1"))) == D("30.00")


def test_the_larger_of_nothing_or_of_a_bare_percentage_is_refused():
    bare = PriceTerms(Basis.PERCENT, percent=D(5), base_codes=("O/F",))
    for alternatives in ((), (bare, per("TNE", "30"))):
        with pytest.raises(Invalid):
            amount(PriceTerms(Basis.MAX_OF, "", "CNY", alternatives=alternatives), "3")
    with pytest.raises(Invalid, match="taken of"):
        amount(bare, "3")


def test_a_price_per_second_unit_needs_the_facts_and_not_one_figure():
    with pytest.raises(Invalid, match="number of units"):
        amount(per("DAY", "20", each="40HQ"), "3")


def test_detention_is_progressive_by_day_and_per_box():
    terms = PriceTerms(
        Basis.GRADUATED,
        "DAY",
        "USD",
        breaks=(band("0", "7", "0"), band("7", "14", "20"), band("14", None, "40")),
        each="40HQ",
    )

    def late(days: int) -> Cargo:
        return Cargo(boxes={"40HQ": 2}, counts={"DAY": D(days)})

    assert [amount(terms, late(days)) for days in (7, 8, 16)] == [0, D("40.00"), D("440.00")]


def test_customs_pages_are_begun_pages():
    terms = PriceTerms(
        Basis.FIRST_CONTINUED,
        "GOODS",
        "CNY",
        first_quantity=D(8),
        first_amount=D(250),
        continued_step=D(8),
        continued_amount=D(50),
    )
    names = [amount(terms, Cargo(counts={"GOODS": D(n)})) for n in (8, 9, 17)]
    assert names == [D("250.00"), D("300.00"), D("350.00")]


def test_stairs_are_charged_on_the_part_over_fifty_kilograms():
    terms = bands(
        "KGM",
        band("0", "50", flat="0"),
        band("50", "120", "0.1", flat="10", beyond="50"),
        band("120", None, "0.1", flat="30", beyond="50"),
    )
    assert [amount(terms, kg) for kg in ("50", "80", "150")] == [0, D("13.00"), D("40.00")]


def test_free_quantity_is_taken_off_and_leaves_nothing_to_lift_to_a_minimum():
    waiting = per("HUR", "80", free_quantity=D(2), minimum=D(100))
    hours = [amount(waiting, Cargo(counts={"HUR": D(h)})) for h in (2, 3, 5)]
    assert hours == [D("0.00"), D("100.00"), D("240.00")]


def test_a_line_has_a_least_and_a_most():
    terms = per("KGM", "0.45", minimum=D(60), maximum=D(100))
    assert [amount(terms, kg) for kg in ("50", "150", "999")] == [60, D("67.50"), 100]


def test_teu_is_a_price_unit_only_where_the_line_says_so():
    cargo = Cargo(boxes={"45HQ": 2}, teu_practice=TeuPractice.BY_LENGTH)
    assert amount(per("TEU", "100"), cargo) == D("450.00")
    assert amount(per("CNTR", "100"), cargo) == D("200.00")
    assert amount(per("45HQ", "100"), cargo) == D("200.00")


def test_boxes_may_be_given_in_any_spelling():
    assert amount(per("40HQ", "100"), Cargo(boxes={"40HC": 1, "40HDRY": 2})) == D("300.00")


def test_negative_ocean_freight_is_a_rebate_per_revenue_ton():
    rebate = per("RT", "-20", "USD", is_rebate=True)
    assert amount(rebate, Cargo(D(800), D("2.5"))) == D("-50.00")


def test_a_longer_weight_than_six_decimals_is_rounded_where_no_step_is_named():
    charge = price(per("CHW", "3", volume_divisor=D(6000)), Cargo(D(43), D("0.31")))
    assert (charge.quantity, charge.amount) == (D("51.666667"), D("155.00"))


def test_what_is_at_cost_has_no_amount_yet():
    charge = price(PriceTerms(Basis.AT_COST, currency="CNY"), Cargo())
    assert charge.amount is None
    assert [str(each) for each in charge.working.sentences()] == [
        "Charged at cost, with the receipt"
    ]


def test_declared_value_is_insured_at_a_percentage_with_a_least_premium():
    cover = PriceTerms(
        Basis.PERCENT,
        currency="CNY",
        percent=D("0.5"),
        base_codes=("DECLARED_VALUE",),
        minimum=D(2),
    )
    assert amount(cover, Cargo(declared_value=D(3000))) == D("15.00")
    assert amount(cover, Cargo(declared_value=D(100))) == D("2.00")
    with pytest.raises(Invalid, match="declared value"):
        amount(cover, Cargo())


def test_a_month_below_its_minimum_gets_a_visible_top_up():
    line = top_up("MIN", D("351.70"), D(400), "CNY")
    assert line is not None
    assert line.amount == D("48.30")
    assert top_up("MIN", D("351.70"), D(300), "CNY") is None


def test_six_decimals_of_a_unit_price_are_not_lost():
    assert amount(per("EA", "0.566976"), "10000") == D("5669.76")


def test_one_amount_for_the_shipment_ignores_how_much_there_is():
    assert amount(once("450"), Cargo(D(9), D(9))) == D("450.00")


def test_the_charged_weight_of_a_bill_can_be_priced_as_it_is():
    assert amount(SF_ZONES["Z2"], "22.0") == D("89.00")
