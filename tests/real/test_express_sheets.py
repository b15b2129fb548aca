"""Real express and LTL price lists in five shapes, read by profiles, priced by the engine."""

from __future__ import annotations

from decimal import Decimal

import pytest

from portal.catalogue.rules.pricing import price
from portal.catalogue.rules.sheets.profile import Profile
from portal.catalogue.rules.sheets.reading import read_prices
from portal.catalogue.rules.sheets.rows import Reading
from portal.catalogue.rules.sheets.shipments import read_shipments
from portal.catalogue.rules.terms import Basis, PriceTerms
from tests.real.real_data import rows
from tests.real.sheet_profiles import LTL, SCHEMES, SF, STO, YUNDA, table_of_file

pytestmark = pytest.mark.real

D = Decimal


def terms_of(name: str, profile: Profile) -> dict[str, PriceTerms]:
    """Destination → terms."""
    return {
        row.key.destination: row.terms for row in read_prices(table_of_file(name), profile).rows
    }


def scheme(code: str) -> Reading:
    """One customer's scheme."""
    kept = SCHEMES.to_json() | {"leave_out": [["scheme", [code], True]]}
    return read_prices(table_of_file("express/customer_price_schemes.csv"), Profile.from_json(kept))


def test_the_carrier_s_list_folds_into_zones_without_a_problem():
    reading = read_prices(table_of_file("express/yunda_price_list.csv"), YUNDA)
    assert (len(reading.rows), reading.problems, reading.read) == (35, (), 203)
    assert sum(len(row.source_rows) for row in reading.rows) == 203
    assert "内蒙古/呼和浩特" in {row.key.destination for row in reading.rows}


def test_the_month_priced_from_the_sheet_is_the_carrier_s_bill_on_every_line():
    listed = terms_of("express/yunda_price_list.csv", YUNDA)
    shipments = read_shipments(table_of_file("express/yunda_parcels_202102.csv")).shipments
    amounts = []
    for one in shipments:
        city = f"{one.province}/{one.city.removesuffix('市')}"
        amounts.append(price(listed.get(city) or listed[one.province], one.cargo()).amount)
    assert [one.row for one, fee in zip(shipments, amounts, strict=True) if fee != one.billed] == []
    assert (len(amounts), sum(filter(None, amounts))) == (2961, D("16852.90"))


def test_every_customer_s_scheme_is_read_whole():
    codes = sorted({row["scheme"] for row in rows("express/customer_price_schemes.csv")})
    readings = [scheme(code) for code in codes]
    assert [reading.errors for reading in readings] == [()] * 14
    assert sum(len(one.source_rows) for reading in readings for one in reading.rows) == 1759
    assert sum(len(reading.rows) for reading in readings) == 712


@pytest.mark.parametrize(
    ("kg", "amount"),
    [("0.8", "6.30"), ("1", "6.30"), ("1.01", "11.10"), ("3.2", "20.70")],
)
def test_a_scheme_charges_first_and_further_kilograms_with_commission(kg: str, amount: str):
    (terms,) = [row.terms for row in scheme("C05").rows if row.source_rows == (710,)]
    assert price(terms, D(kg)).amount == D(amount)


@pytest.mark.parametrize(
    ("kg", "amount"),
    [
        ("32", "30"),
        ("50", "30"),
        ("50.5", "35.35"),
        ("160", "112"),
        ("980", "441"),
        ("3200", "960"),
    ],
)
def test_ltl_from_the_sheet_costs_what_the_golden_case_says(kg: str, amount: str):
    terms = terms_of("freight/ltl_brackets_wuxi.csv", LTL)["浙江省/杭州市"]
    assert price(terms, D(kg)).amount == D(amount)


def test_ltl_warns_of_seven_cities_that_rise_and_seven_that_begin_late():
    reading = read_prices(table_of_file("freight/ltl_brackets_wuxi.csv"), LTL)
    kinds = [one.expected.msgid.split(";")[0] for one in reading.warnings]
    assert (len(reading.rows), reading.errors, len(kinds)) == (337, (), 14)
    assert kinds.count("a rate that falls or stays") == kinds.count("a band from 0 on") == 7


def test_lead_times_of_a_span_are_the_longer_one():
    reading = read_prices(table_of_file("freight/ltl_brackets_wuxi.csv"), LTL)
    assert reading.rows[0].transit_days == 2


@pytest.mark.parametrize(("kg", "amount"), [("0.5", "6"), ("1.2", "6.9"), ("3", "7.8")])
def test_first_and_further_kilograms_by_province(kg: str, amount: str):
    terms = terms_of("express/express_sf_wuxi.csv", SF)["江苏省"]
    assert (terms.basis, price(terms, D(kg)).amount) == (Basis.FIRST_CONTINUED, D(amount))


@pytest.mark.parametrize(
    ("kg", "amount"), [("1", "3.5"), ("1.5", "4"), ("3", "4.5"), ("3.2", "6.1"), ("5", "7.7")]
)
def test_three_flat_steps_and_then_so_much_for_each_further_kilogram(kg: str, amount: str):
    terms = terms_of("express/express_sto_wuxi.csv", STO)["北京市"]
    assert price(terms, D(kg)).amount == D(amount)
