"""A real price list of weight bands: trailing blanks, repeated rows, overlaps, several offers on one lane."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal

import pytest

from portal.catalogue.rules.pricing import price
from portal.catalogue.rules.sheets.meaning import Meaning as M
from portal.catalogue.rules.sheets.profile import Column, Profile
from portal.catalogue.rules.sheets.reading import read_prices
from portal.catalogue.rules.sheets.shipments import read_shipments
from portal.catalogue.rules.terms import PriceTerms
from portal.kernel.errors import Invalid
from tests.real.real_data import rows
from tests.real.sheet_profiles import BRUNEL, BRUNEL_OFFERS, table_of_file

pytestmark = pytest.mark.real

FILE = "freight/brunel_freight_rates.csv"


def test_rows_are_kept_by_a_mode_that_has_blanks_behind_it():
    reading = read_prices(table_of_file(FILE), BRUNEL)
    assert (reading.read, reading.left_out) == (1540, 29)


def test_bands_that_contradict_each_other_are_named_with_both_rows():
    reading = read_prices(table_of_file(FILE), BRUNEL)
    first = reading.errors[0]
    assert (first.row, first.column, first.found) == (148, "D · min_weight", "0.01-0.50")
    assert str(first.expected) == "bands that do not overlap; row 140 has 0.01-0.50"
    assert (len(reading.rows), len(reading.errors)) == (59, 168)


def test_a_row_repeated_word_for_word_is_named():
    ground = Profile.from_json(BRUNEL.to_json() | {"leave_out": []})
    repeated = [
        (one.row, str(one.expected))
        for one in read_prices(table_of_file(FILE), ground).warnings
        if "is the same" in str(one.expected)
    ]
    assert len(repeated) == 1
    assert repeated[0][1].startswith("each band once; row ")


def test_read_as_offers_every_row_is_in_exactly_one_price():
    reading = read_prices(table_of_file(FILE), BRUNEL_OFFERS)
    used = [row for price_row in reading.rows for row in price_row.source_rows]
    assert (reading.errors, len(used), len(set(used))) == ((), 1511, 1511)
    assert len({row.key for row in reading.rows}) == len(reading.rows)


def cheapest(offers: list[PriceTerms], weight: Decimal) -> Decimal | None:
    """The lowest price of the offers that have a band for the weight."""
    found = []
    for terms in offers:
        try:
            found.append(price(terms, weight).amount)
        except Invalid:
            continue
    return min((amount for amount in found if amount is not None), default=None)


def test_the_orders_priced_from_the_sheet_cost_what_an_independent_computation_says():
    lanes: dict[tuple[str, ...], list[PriceTerms]] = defaultdict(list)
    for row in read_prices(table_of_file(FILE), BRUNEL_OFFERS).rows:
        service = row.key.qualifier.split(" / ")[0]
        lanes[row.key.carrier, row.key.origin, row.key.destination, service].append(row.terms)
    orders = read_shipments(table_of_file("freight/brunel_orders_part.csv")).shipments
    costs = [
        cheapest(lanes[o.carrier, o.origin, o.destination, o.service], o.weight or Decimal(0))
        for o in orders
    ]
    priced = [cost for cost in costs if cost is not None]
    assert (len(orders), len(priced), sum(priced)) == (3000, 2112, Decimal("3964.61"))


def test_each_order_alone_costs_the_same_as_by_hand():
    listed = [row for row in rows(FILE) if row["mode"].strip() == "AIR"]
    prices = read_prices(table_of_file(FILE), BRUNEL_OFFERS).rows
    for weight in map(Decimal, ("0.5", "14.3", "66.25", "333.3", "1200")):
        by_hand = sorted(
            max(Decimal(row["minimum_cost"]), Decimal(row["rate"]) * weight)
            for row in listed
            if Decimal(row["min_weight"]) <= weight <= Decimal(row["max_weight"])
        )
        exact = [
            max(band.minimum or Decimal(0), (band.rate or Decimal(0)) * weight)
            for row in prices
            for band in row.terms.breaks
            if band.over <= weight and (band.up_to is None or weight <= band.up_to)
        ]
        assert sorted(exact) == by_hand


def test_a_column_that_the_file_lacks_is_named():
    missing = (*BRUNEL.columns, Column("fuel", M.NOTE))
    profile = Profile.from_json(
        BRUNEL.to_json() | {"columns": [[c.header, c.meaning, c.detail] for c in missing]}
    )
    (problem,) = read_prices(table_of_file(FILE), profile).errors
    assert (problem.row, problem.column) == (1, "fuel")
