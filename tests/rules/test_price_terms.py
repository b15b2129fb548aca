"""What a price line may say, and how it is kept (S4, S6, S15, P4)."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from portal.catalogue.rules.terms import Basis, Bound, Break, PriceTerms
from tests.rules.prices import AIR_PVG_FRA, SF_ZONES, D, band, bands, hangzhou, once, per, percent

FIRST_KILO = PriceTerms(
    Basis.FIRST_CONTINUED,
    "CHW",
    "CNY",
    first_quantity=D(1),
    first_amount=D(10),
    continued_step=D("0.5"),
    continued_amount=D("2.25"),
)
LIGHT_OR_HEAVY = PriceTerms(
    Basis.MAX_OF, "", "CNY", alternatives=(per("TNE", "30"), per("MTQ", "10")), minimum=D(30)
)
EVERY_KIND = [
    AIR_PVG_FRA,
    SF_ZONES["Z1"],
    hangzhou(step_up=True),
    FIRST_KILO,
    LIGHT_OR_HEAVY,
    once("0"),
    percent("30", "O/F", "BAF"),
    PriceTerms(Basis.AT_COST, currency="CNY"),
]


def complaints(terms: PriceTerms, severity: str = "error") -> list[tuple[str | None, str, str]]:
    found = [each for each in terms.check() if each.severity == severity]
    return [(each.column, each.found, str(each.expected)) for each in found]


@pytest.mark.parametrize("terms", EVERY_KIND, ids=lambda terms: terms.basis)
def test_terms_survive_storage_to_the_last_zero(terms):
    stored = json.dumps(terms.to_json())
    revived = PriceTerms.from_json(json.loads(stored))
    assert revived == terms
    assert json.dumps(revived.to_json()) == stored


def test_idle_zeros_of_a_stored_price_are_kept():
    stored = per("KGM", "28.500").to_json()
    assert stored == {"basis": "per_unit", "unit": "KGM", "currency": "CNY", "rate": "28.500"}
    assert str(PriceTerms.from_json(stored).rate) == "28.500"


@pytest.mark.parametrize("terms", EVERY_KIND, ids=lambda terms: terms.basis)
def test_sound_terms_have_nothing_to_complain_about(terms):
    assert terms.check() == []


def test_a_missing_price_is_an_error_and_a_stated_zero_is_not():
    missing = PriceTerms(Basis.PER_UNIT, "KGM", "USD")
    assert complaints(missing) == [("rate", "", "a price; 0 if it is free")]
    assert complaints(replace(missing, rate=D(0))) == []


def test_an_unknown_unit_and_currency_are_named():
    assert complaints(per("stone", "1", "XYZ")) == [
        ("unit", "stone", "a billing unit"),
        ("currency", "XYZ", "a currency code"),
    ]


def test_only_a_rebate_may_be_negative():
    assert complaints(per("RT", "-20", "USD"))[0][0] == "rate"
    assert complaints(per("RT", "-20", "USD", is_rebate=True)) == []


def test_overlapping_bands_are_an_error():
    terms = bands("KGM", band("0", "10", "3"), band("9", None, "2"))
    assert complaints(terms) == [("breaks", "9", "bands that do not overlap")]


def test_bands_that_name_both_ends_must_not_share_one():
    shared = bands("KGM", band("0", "10", "3"), band("10", None, "2"), bound=Bound.WITHIN)
    assert complaints(shared) == [("breaks", "10", "bands that do not overlap")]


def test_gaps_and_rising_rates_and_open_ends_only_warn():
    terms = bands("KGM", band("50", "200", "0.50"), band("250", "500", "0.55"))
    assert complaints(terms) == []
    assert [said for _, _, said in complaints(terms, "warning")] == [
        "a price from 0 on",
        "a price for all above it",
        "a price between 200 and 250",
        "not above the band below it",
    ]


def test_a_band_without_a_price_and_a_schedule_without_bands_are_errors():
    assert complaints(bands("KGM", Break(D(0))))[0] == ("breaks", "", "a price; 0 if it is free")
    assert complaints(bands("KGM"))[0] == ("breaks", "", "a price; 0 if it is free")


@pytest.mark.parametrize(
    ("change", "column"),
    [
        ({"step": D(0)}, "step"),
        ({"volume_divisor": D(-1)}, "volume_divisor"),
        ({"volume_share": D("1.5")}, "volume_share"),
        ({"minimum": D(9), "maximum": D(5)}, "minimum"),
        ({"each": "nothing"}, "each"),
    ],
)
def test_senseless_limits_are_named_by_their_field(change, column):
    assert [each[0] for each in complaints(per("CHW", "5", **change))] == [column]


def test_alternatives_share_one_currency_and_are_at_least_two():
    assert complaints(replace(LIGHT_OR_HEAVY, alternatives=()))[0][0] == "alternatives"
    at_cost = replace(LIGHT_OR_HEAVY, alternatives=(once("5"), PriceTerms(Basis.AT_COST)))
    assert complaints(at_cost)[0] == ("alternatives", "at_cost", "an amount of its own")
    mixed = replace(LIGHT_OR_HEAVY, alternatives=(per("TNE", "30"), per("MTQ", "10", "USD")))
    assert complaints(mixed) == [("currency", "USD", "one currency for all")]
