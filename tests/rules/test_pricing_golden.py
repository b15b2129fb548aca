"""The worked cases G1-G6 of golden-pricing.md, every figure."""

from __future__ import annotations

from datetime import date

import pytest

from portal.catalogue.rules.cargo import Cargo, Piece
from portal.catalogue.rules.exchange import ExchangeRate
from portal.catalogue.rules.pricing import price
from portal.catalogue.rules.pricing_shipment import Line, PricedShipment, price_shipment
from portal.catalogue.rules.surcharges import When
from portal.catalogue.rules.terms import Basis, PriceTerms, Rounding
from portal.catalogue.rules.totals import QuotationTotals, quotation_totals
from portal.kernel.capitals import capital_amount
from tests.rules.prices import (
    AIR_PVG_FRA,
    SF_ZONES,
    D,
    amount,
    by_code,
    hangzhou,
    once,
    per,
    percent,
    surcharge,
    yunda,
)

NEW_YORK = Cargo(boxes={"20GP": 2, "40GP": 3, "40HQ": 1})


def g1() -> tuple[PricedShipment, QuotationTotals]:
    """Shanghai to New York, full containers."""
    lines = [
        Line("O/F", per("20GP", "2000.00", "USD")),
        Line("O/F", per("40GP", "3700.00", "USD")),
        Line("O/F", per("40HQ", "3850.00", "USD")),
        surcharge("BAF", per("TEU", "150.00", "USD")),
        surcharge("AMS", per("BL", "35.00", "USD")),
        surcharge("THC", per("20FT", "586.00")),
        surcharge("THC", per("40FT", "886.00")),
        surcharge("DOC", per("BL", "450.00")),
        surcharge("SEAL", per("CNTR", "50.00")),
        surcharge("TLX", per("BL", "450.00"), when=When(only_if_asked=True)),
    ]
    priced = price_shipment(lines, NEW_YORK)
    rate = ExchangeRate("USD", "CNY", date(2026, 3, 2), D("7.1260"))
    return priced, quotation_totals(priced.charges, NEW_YORK, "CNY", {"USD": rate})


def test_g1_charges_each_box_at_its_own_price_and_baf_by_teu():
    priced, _ = g1()
    assert [each.amount for each in priced.charges] == [
        D("4000.00"),
        D("11100.00"),
        D("3850.00"),
        D("1500.00"),
        D("35.00"),
        D("1172.00"),
        D("3544.00"),
        D("450.00"),
        D("300.00"),
    ]


def test_g1_leaves_out_the_telex_release_that_nobody_asked_for():
    priced, _ = g1()
    assert [out.line.code for out in priced.left_out] == ["TLX"]
    assert priced.complete


def test_g1_totals_convert_each_currency_subtotal_once():
    _, totals = g1()
    assert totals.subtotals == {"USD": D("20485.00"), "CNY": D("5466.00")}
    assert [each.converted for each in totals.conversions] == [D("145976.11"), D("5466.00")]
    assert totals.total == D("151442.11")


def test_g1_counts_boxes_and_teu_and_writes_the_total_in_capitals():
    _, totals = g1()
    assert (totals.boxes.natural, totals.boxes.teu) == (6, 10)
    assert capital_amount(totals.total) == "人民币壹拾伍万壹仟肆佰肆拾贰元壹角壹分"


@pytest.mark.parametrize(
    ("cargo", "rt", "freight", "cfs"),
    [
        (Cargo(D("1860"), D("2.340")), "2.340", "105.30", "175.50"),
        (Cargo(D("480"), D("0.620")), "1", "45.00", "75.00"),
        (Cargo(D("3150"), D("1.200")), "3.150", "141.75", "236.25"),
        (Cargo(D("212"), pieces=(Piece(D(58), D(42), D(39), 7),)), "1", "45.00", "75.00"),
    ],
)
def test_g2_charges_the_larger_of_tonnes_and_cubic_metres(cargo, rt, freight, cfs):
    ocean = price(per("RT", "45.00", "USD", minimum_quantity=D(1)), cargo)
    assert (ocean.quantity, ocean.amount) == (D(rt), D(freight))
    assert amount(per("RT", "75.00", minimum_quantity=D(1)), cargo) == D(cfs)


def test_g2_rounds_the_volume_of_pieces_once_after_adding_them():
    cargo = Cargo(D("212"), pieces=(Piece(D(58), D(42), D(39), 7),))
    working = price(per("RT", "45.00", "USD", minimum_quantity=D(1)), cargo).working
    assert cargo.volume == D("0.665028")
    assert working.values("revenue_tons")["volume"] == D("0.665")


def g3_lines() -> list[Line]:
    chargeable = {"step": D("0.5"), "volume_divisor": D("6000")}
    return [
        Line("A/F", AIR_PVG_FRA),
        surcharge("FSC", per("CHW", "6.50", **chargeable)),
        surcharge("SSC", per("KGM", "1.20")),
        surcharge("TACT", per("CHW", "0.45", minimum=D(60), **chargeable)),
        surcharge("AWB", per("DOC", "50")),
    ]


@pytest.mark.parametrize(
    ("gross", "volume", "paid", "freight", "fsc", "ssc", "total"),
    [
        ("43", "0.31", "52.0", "1482.00", "338.00", "51.60", "1981.60"),
        ("86.2", "0.40", "100", "2280.00", "562.25", "103.44", "3055.69"),
        ("11", "0.02", "11.0", "550.00", "71.50", "13.20", "744.70"),
        ("14.3", "0.03", "14.5", "551.00", "94.25", "17.16", "772.41"),
    ],
)
def test_g3_air_freight_with_its_fees(gross, volume, paid, freight, fsc, ssc, total):
    priced = price_shipment(g3_lines(), Cargo(D(gross), D(volume)))
    codes = {"A/F": freight, "FSC": fsc, "SSC": ssc, "TACT": "60.00", "AWB": "50.00"}
    assert by_code(priced) == {code: D(figure) for code, figure in codes.items()}
    assert priced.charges[0].charge.quantity == D(paid)
    assert sum(each.amount for each in priced.charges) == D(total)


def test_g3_keeps_the_weight_before_the_step_beside_the_one_that_is_paid():
    charge = price(AIR_PVG_FRA, Cargo(D("86.2"), D("0.40")))
    assert (charge.measured, charge.quantity, charge.rate) == (D("86.5"), D(100), D("22.80"))
    assert charge.working.values("step_up")["own"] == D("2465.250")


@pytest.mark.parametrize(
    ("zone", "weight", "freight", "in_season"),
    [
        ("Z1", "0.6", "7.00", "9.10"),
        ("Z1", "1.5", "8.00", "10.40"),
        ("Z1", "3.0", "11.00", "14.30"),
        ("Z1", "3.4", "12.20", "15.86"),
        ("Z2", "1.6", "8.80", "11.44"),
        ("Z2", "22.0", "89.00", "115.70"),
        ("Z3", "3.3", "23.10", "30.03"),
    ],
)
def test_g4_prices_each_part_of_the_weight_at_its_own_rate(zone, weight, freight, in_season):
    lines = [Line("FRT", SF_ZONES[zone]), surcharge("PSS", percent("30"))]
    charges = price_shipment(lines, Cargo(D(weight), D(0))).charges
    assert charges[0].amount == D(freight)
    assert sum(each.amount for each in charges) == D(in_season)


@pytest.mark.parametrize(
    ("weight", "size", "charged", "freight", "in_season"),
    [
        ("3.4", (40, 30, 25), "5.0", "17.00", "22.10"),
        ("2.0", (41, 33, 29), "6.6", "21.80", "28.34"),
    ],
)
def test_g4_takes_the_volume_weight_when_it_is_larger(weight, size, charged, freight, in_season):
    lines = [Line("FRT", SF_ZONES["Z1"]), surcharge("PSS", percent("30"))]
    cargo = Cargo(D(weight), pieces=(Piece(*map(D, size)),))
    charges = price_shipment(lines, cargo).charges
    assert (charges[0].charge.quantity, charges[0].amount) == (D(charged), D(freight))
    assert sum(each.amount for each in charges) == D(in_season)


SICHUAN = yunda("1.65", "1.8", "2.15", "2.5", "3.7", "3.8", per_kg="0.6")
SHANGHAI = yunda("2.45", "2.6", "2.95", "3.3", "5.6", "5.9", per_kg="0.95")
GUANGDONG = yunda("1.65", "1.8", "2.15", "2.5", "3.7", "3.8", per_kg="0.95")
LIAONING = yunda("1.65", "1.8", "2.15", "2.5", "3.7", "3.8", per_kg="2.4")


@pytest.mark.parametrize(
    ("terms", "weight", "owed"),
    [
        (SICHUAN, "0.30", "1.65"),
        (SICHUAN, "0.31", "1.80"),
        (SHANGHAI, "3.31", "5.60"),
        (GUANGDONG, "5.50", "3.80"),
        (GUANGDONG, "5.51", "8.30"),
        (LIAONING, "7.20", "21.80"),
        (yunda(base="3", per_kg="5"), "1.46", "13.00"),
        (yunda(base="3", per_kg="8"), "1.46", "19.00"),
        (yunda(base="3", per_kg="15"), "0.08", "18.00"),
    ],
)
def test_g5_finds_the_band_by_actual_weight_and_rounds_only_above_it(terms, weight, owed):
    assert amount(terms, weight) == D(owed)


@pytest.mark.parametrize(
    ("weight", "plain", "stepped"),
    [
        ("32", "30.00", "30.00"),
        ("50", "30.00", "30.00"),
        ("50.5", "35.35", "35.35"),
        ("160", "112.00", "100.00"),
        ("480", "240.00", "225.00"),
        ("980", "441.00", "350.00"),
        ("2900", "1015.00", "900.00"),
        ("3200", "960.00", "960.00"),
    ],
)
def test_g6_steps_up_only_where_the_scheme_says_so(weight, plain, stepped):
    assert amount(hangzhou(step_up=False), weight) == D(plain)
    assert amount(hangzhou(step_up=True), weight) == D(stepped)


def test_g7_prices_cubic_metre_days_and_tops_up_in_a_line_of_its_own():
    storage = price(per("MTQ.DAY", "0.85"), D("413.760"))
    handling = [amount(per("MTQ", "18"), size) for size in ("12.000", "13.200")]
    assert storage.amount == D("351.70")
    assert handling == [D("216.00"), D("237.60")]
    assert storage.amount + sum(handling) == D("805.30")


def test_an_order_of_rounding_is_part_of_the_terms():
    half_up = PriceTerms(
        Basis.PER_UNIT, "MTQ", "CNY", rate=D("10"), step=D("0.01"), rounding=Rounding.HALF_UP
    )
    assert amount(half_up, "1.005") == D("10.10")
    assert amount(once("99.999"), "5") == D("100.00")
