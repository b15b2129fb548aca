"""A real carrier's contract sheet: what is wrong with which cell, and every other price exactly."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date
from decimal import Decimal
from functools import cache

import pytest

from portal.catalogue.rules.cargo import Cargo
from portal.catalogue.rules.pricing import price
from portal.catalogue.rules.sheets.difference import difference
from portal.catalogue.rules.sheets.reading import read_prices
from portal.catalogue.rules.sheets.rows import Lookups, PriceRow, Reading
from portal.catalogue.rules.sheets.suggest import find_header, suggest_profile
from tests.real.sheet_profiles import CARRIER, path_of, table_of_file

pytestmark = pytest.mark.real

FILE = "freight/carrier_rate_sheet_part.xlsx"
D = Decimal
DAY = date(2011, 5, 5)


@cache
def _reading() -> Reading:
    ports = {str(row[0]): str(row[1]) for _, row in table_of_file(FILE, "Lookups").rows()}
    return read_prices(table_of_file(FILE, CARRIER.sheet), CARRIER, Lookups(ports.get))


@pytest.fixture
def reading() -> Reading:
    """The sheet read by the saved profile, with the sheet's own list of ports."""
    path_of(FILE)
    return _reading()


def lane(reading: Reading, origin: str, destination: str) -> list[PriceRow]:
    """The prices of one lane that are valid on the day."""
    return [
        row
        for row in reading.rows
        if (row.key.origin, row.key.destination) == (origin, destination)
        and row.valid_from is not None
        and row.valid_to is not None
        and row.valid_from <= DAY <= row.valid_to
    ]


def test_every_line_is_read_and_all_prices_but_the_wrong_ones_are_taken(reading: Reading):
    assert (reading.read, len(reading.rows)) == (3291, 10880)


def test_what_is_wrong_is_counted_by_kind(reading: Reading):
    found = Counter(problem.expected.msgid.split(";")[0] for problem in reading.errors)
    assert found == {
        "a number before %(currency)s": 334,
        "a value": 3,
        "a currency beside the number, such as “1600 USD”, or a currency column": 3,
    }


def test_a_blank_price_is_told_for_each_box_and_never_taken_for_zero(reading: Reading):
    blanks = [one for one in reading.warnings if one.found == ""]
    assert Counter(one.column for one in blanks) == {
        "L · 20DRY": 83,
        "M · 40DRY": 1,
        "N · 40HDRY": 8,
        "O · 45HDRY": 318,
    }
    taken = {(row.source_rows[0], row.key.packaging) for row in reading.rows}
    assert not {(one.row, "45HQ") for one in blanks if one.column == "O · 45HDRY"} & taken


@pytest.mark.parametrize(
    ("row", "column", "found", "expected"),
    [
        (85, "O · 45HDRY", " CNY", "a number before CNY"),
        (2518, "M · 40DRY", " USD", "a number before USD"),
        (2570, "L · 20DRY", "  INR", "a number before INR"),
        (2477, "L · 20DRY", "1600", "a currency beside the number"),
        (2477, "N · 40HDRY", "2600", "a currency beside the number"),
        (600, "C · Discharge Port", "", "the cell is blank"),
        (625, "A · Receipt", "", "the cell is blank"),
    ],
)
def test_each_wrong_cell_is_named(
    reading: Reading, row: int, column: str, found: str, expected: str
):
    (problem,) = [p for p in reading.errors if (p.row, p.column, p.found) == (row, column, found)]
    assert expected in str(problem.expected)


def test_lanes_where_a_40_foot_box_is_cheaper_than_a_20_foot_one_are_asked_about(reading: Reading):
    asked = {one.row for one in reading.warnings if one.found}
    assert len(asked) == 16
    assert {572, 3191, 3287} <= asked


def test_shanghai_to_colombo_costs_what_the_control_says(reading: Reading):
    cargo = Cargo(boxes={"20GP": 2, "40HQ": 1})
    totals: dict[str, Decimal] = defaultdict(Decimal)
    for row in lane(reading, "CNSGH", "LKCMB"):
        amount = price(row.terms, cargo, row.key.charge_code).amount
        if amount:
            totals[row.terms.currency] += amount
    assert totals == {"USD": D(1748), "CNY": D(3567), "LKR": D(6000)}


def test_two_versions_of_one_lane_follow_each_other(reading: Reading):
    rows = [row for row in reading.rows if row.key[2:6] == ("BAS", "PHBTG", "MVMLE", "20GP")]
    assert [(row.valid_from, row.valid_to) for row in rows] == [
        (date(2011, 4, 29), date(2011, 4, 30)),
        (date(2011, 5, 1), date(2011, 5, 12)),
    ]


def test_spellings_of_one_service_mode_are_one(reading: Reading):
    assert {row.key.qualifier.split(" · ")[0] for row in reading.rows} == {"CY/CY", "CY/DOOR"}


def test_the_codes_contained_in_the_freight_are_kept(reading: Reading):
    assert {row.inclusive for row in lane(reading, "CNSGH", "LKCMB")} == {
        ("DPA", "OPA", "SBF", "BAF", "DHC")
    }


def test_the_layout_is_guessed_whole_from_its_headers():
    table = table_of_file(FILE)
    number, headers = find_header(table)
    profile, sure = suggest_profile(headers)
    assert (number, sure, profile.layout) == (7, 100, CARRIER.layout)
    assert profile.columns == CARRIER.columns


def test_reading_twice_gives_the_same(reading: Reading):
    ports = {str(row[0]): str(row[1]) for _, row in table_of_file(FILE, "Lookups").rows()}
    again = read_prices(table_of_file(FILE, CARRIER.sheet), CARRIER, Lookups(ports.get))
    assert difference(reading.rows, again.rows).changes == ()
    assert again.problems == reading.problems
