from collections import defaultdict
from datetime import date
from decimal import Decimal

import pytest

from portal.catalogue.rules.cargo import Cargo
from portal.catalogue.rules.charges import find_charge
from portal.catalogue.rules.places import gazetteer
from portal.catalogue.rules.pricing import price
from portal.catalogue.rules.sheets.profile import is_own, own_profile
from portal.catalogue.rules.sheets.reading import read_prices
from portal.catalogue.rules.terms import Basis
from portal.demo.rates.book import coming_sheets, sheets
from portal.demo.rates.exchange import exchange_rates
from portal.demo.rates.sheet import month_end, month_start
from portal.demo.rates.surcharges import surcharges
from portal.kernel.money import CURRENCIES
from portal.kernel.units import UNITS

MONTH = date(2026, 3, 1)
SHEETS = {sheet.code: sheet for sheet in (*sheets(MONTH), *coming_sheets(MONTH))}


def reading(code):
    rows = SHEETS[code].rows()
    return read_prices(SHEETS[code].table(), own_profile(rows[0]))


def prices(code):
    return {row.key: row for row in reading(code).rows}


def only(code, **wanted):
    met = [row for row in reading(code).rows if wanted.items() <= row.key._asdict().items()]
    assert len(met) == 1
    return met[0]


@pytest.mark.parametrize("code", SHEETS)
def test_a_demo_sheet_is_read_whole_without_a_single_warning(code):
    read = reading(code)
    assert is_own(SHEETS[code].rows()[0])
    assert read.rows and read.problems == ()


@pytest.mark.parametrize("code", SHEETS)
def test_every_place_charge_and_carrier_of_a_demo_sheet_is_known(code):
    book = gazetteer()
    for row in reading(code).rows:
        assert all(book.get(place) for place in (row.key.origin, row.key.destination) if place)
        assert find_charge(row.key.charge_code).code == row.key.charge_code
        assert row.charge_name


def test_the_demo_has_the_breadth_that_was_asked_for():
    fcl = prices("FH-FCL-1")
    assert len({key.destination for key in fcl}) >= 45
    assert {key.origin for key in fcl} == {"CNSHA", "CNNGB", "CNTAO", "CNYTN"}
    assert {key.packaging for key in fcl} == {"20GP", "40GP", "40HQ"}
    lines = defaultdict(set)
    for key in fcl:
        lines[key.origin, key.destination].add(key.carrier)
    assert {len(carriers) for carriers in lines.values()} == {3}
    assert len({key.destination for key in prices("FH-AIR-1")}) >= 20


def test_box_prices_keep_the_usual_ratios():
    fcl = prices("FH-FCL-1")
    for key, row in fcl.items():
        twenty = fcl[key._replace(packaging="20GP", unit="20GP")].terms.rate
        forty = fcl[key._replace(packaging="40GP", unit="40GP")].terms.rate
        assert 0 < twenty <= 15000
        assert 1 <= forty / twenty <= Decimal("2.2")
        assert row.transit_days >= 2 and row.costs


def test_only_a_few_scarce_lanes_are_sold_at_hardly_any_margin():
    margins = [
        (row.terms.rate - row.costs[0].per_unit) / row.terms.rate
        for row in prices("FH-FCL-1").values()
    ]
    thin = [margin for margin in margins if margin < Decimal("0.05")]
    assert min(margins) > 0
    assert 0 < len(thin) < len(margins) / 20


def test_the_next_sheet_differs_by_increase_a_port_given_up_and_a_port_taken_on():
    now, then = prices("FH-FCL-1"), prices("FH-FCL-2")
    assert {key.destination for key in now.keys() - then.keys()} == {"RUVVO"}
    assert {key.destination for key in then.keys() - now.keys()} == {"TZDAR"}
    changes = {then[key].terms.rate - now[key].terms.rate for key in now.keys() & then.keys()}
    assert min(changes) == 0 < max(changes)


def test_shanghai_to_new_york_costs_what_the_worked_case_says():
    lane = {"origin": "CNSHA", "destination": "USNYC", "carrier": "COSCO"}
    boxes = ("20GP", "40GP", "40HQ")
    rates = [only("FH-FCL-1", **lane, packaging=box).terms.rate for box in boxes]
    assert rates == [2000, 3700, 3850]


def test_shanghai_to_frankfurt_by_air_gives_the_worked_case():
    row = only("FH-AIR-1", origin="PVG", destination="FRA", carrier="CA")
    rates = [band.rate for band in row.terms.breaks]
    assert rates == [Decimal(r) for r in ("38.0", "28.5", "22.8", "20.6", "18.9", "17.5")]
    charge = price(row.terms, Cargo(gross_kg=Decimal(43), volume_m3=Decimal("0.31")))
    assert charge.amount == Decimal("1482.00")


def test_air_rates_fall_from_break_to_break_and_stay_in_the_usual_range():
    for row in prices("FH-AIR-1").values():
        rates = [band.rate for band in row.terms.breaks]
        assert rates == sorted(rates, reverse=True)
        assert rates[-1] >= 3 and rates[0] <= 120


def test_part_loads_by_sea_stay_in_range_and_below_zero_only_as_refunds():
    for row in prices("FH-LCL-1").values():
        assert -60 <= row.terms.rate <= 400
        assert row.terms.is_rebate == (row.terms.rate < 0)


def test_a_small_parcel_costs_its_band_and_a_large_one_base_and_rate():
    row = only("FH-EXP-1", carrier="ZTO", destination="440000")
    weights = [Decimal(kg) for kg in ("0.5", "0.51", "3", "3.2")]
    amounts = [price(row.terms, Cargo(gross_kg=kg, volume_m3=Decimal(0))).amount for kg in weights]
    assert amounts == [Decimal(a) for a in ("2.40", "2.80", "4.60", "6.20")]


def test_handling_takes_the_larger_of_weight_and_volume():
    row = only("FH-WH-1", charge_code="INB")
    heavy = price(row.terms, Cargo(gross_kg=Decimal(5000), volume_m3=Decimal(4)))
    light = price(row.terms, Cargo(gross_kg=Decimal(1000), volume_m3=Decimal(20)))
    assert (heavy.amount, light.amount) == (140, 240)


def test_surcharges_name_known_charges_places_units_and_currencies():
    book = gazetteer()
    for rule in surcharges(MONTH):
        assert find_charge(rule.charge).code == rule.charge
        assert all(book.get(place) for place in (rule.origin, rule.destination) if place)
        assert rule.terms.currency in CURRENCIES
        assert rule.terms.basis in (Basis.AT_COST, Basis.PERCENT) or rule.terms.unit in UNITS


def test_terminal_handling_in_shanghai_is_priced_by_box():
    thc = {r.packaging: r.terms.rate for r in surcharges(MONTH) if r.origin == "CNSHA"}
    assert thc["20GP"] == 586 and thc["40HQ"] == 886


def test_a_surcharge_is_sold_at_no_less_than_its_cost():
    costed = [rule for rule in surcharges(MONTH) if rule.cost_terms]
    assert costed and all(rule.terms.rate >= rule.cost_terms.rate for rule in costed)


def test_the_peak_season_begins_a_month_later():
    peak = [rule for rule in surcharges(MONTH) if rule.charge == "PSS"]
    assert {rule.valid_from for rule in peak} == {date(2026, 4, 1)}


def test_months_are_counted_over_the_end_of_the_year():
    assert month_start(date(2026, 12, 15), 1) == date(2027, 1, 1)
    assert month_start(date(2026, 1, 15), -1) == date(2025, 12, 1)
    assert month_end(date(2027, 12, 1), 2) == date(2028, 2, 29)


def test_each_currency_has_a_rate_for_three_months():
    rates = exchange_rates(MONTH)
    assert {rate.currency for rate in rates} <= CURRENCIES.keys()
    assert sorted({rate.on for rate in rates}) == [date(2026, m, 1) for m in (2, 3, 4)]


def test_earlier_months_have_rates_as_far_back_as_is_asked():
    rates = exchange_rates(MONTH, before=14)
    assert set(exchange_rates(MONTH)) <= set(rates)
    dollars = [rate.on for rate in rates if rate.currency == "USD"]
    assert dollars == [month_start(MONTH, later) for later in range(-14, 2)]


def test_the_same_month_gives_the_same_sheets():
    assert sheets(MONTH) == sheets(MONTH)
