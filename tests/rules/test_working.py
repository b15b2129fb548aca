"""Every figure explains itself, on the day and from storage (P19)."""

from __future__ import annotations

import json

import pytest

from portal.catalogue.rules.cargo import Cargo
from portal.catalogue.rules.pricing import price
from portal.catalogue.rules.pricing_shipment import Line, price_shipment
from portal.catalogue.rules.terms import Basis, PriceTerms
from portal.catalogue.rules.working import Working
from tests.rules.prices import (
    AIR_PVG_FRA,
    SF_ZONES,
    D,
    band,
    bands,
    hangzhou,
    per,
    percent,
    surcharge,
    yunda,
)

SMALL_AIR = Cargo(D("43"), D("0.31"))


def told(working: Working) -> list[str]:
    return [str(sentence) for sentence in working.sentences()]


def test_air_freight_tells_weight_band_rate_and_the_dearer_step():
    assert told(price(AIR_PVG_FRA, SMALL_AIR).working) == [
        "Gross 43 kg; volume 0.31 m³ at 6,000 cm³ per kg = 51.667→52.0 kg; charged on 52.0 kg",
        "52.0 kg: band from 45 to under 100",
        "52.0 × 28.50 = 1,482.00",
        "As 100 kg of a higher band it would cost 2,280.00",
    ]


def test_a_step_up_tells_what_it_replaces():
    charge = price(hangzhou(step_up=True), D(160))
    assert (
        told(charge.working)[-1] == "Charged as 200 kg of a higher band: 100.00 instead of 112.00"
    )


def test_a_minimum_tells_what_it_lifts():
    assert told(price(AIR_PVG_FRA, Cargo(D(11), D("0.02"))).working)[-1] == (
        "418.00 is raised to the minimum 550.00"
    )


def test_graduated_parts_are_told_one_by_one():
    assert told(price(SF_ZONES["Z1"], D("3.4")).working) == [
        "Quantity: 3.4 kg",
        "From 0 to 1: 7.00",
        "From 1 to 3: 2 × 2.00 = 4.00",
        "From 3 to 3.4: 0.4 × 3.00 = 1.20",
    ]


def test_base_and_rate_with_whole_kilograms_are_told():
    liaoning = yunda("1.65", "1.8", "2.15", "2.5", "3.7", "3.8", per_kg="2.4")
    assert told(price(liaoning, D("7.20")).working)[1:] == [
        "7.20 kg: band over 5.5",
        "Rounded from 7.20 to 8 (step 1)",
        "2.60 + 8 × 2.40 = 21.80",
    ]


def test_percent_discount_and_price_line_are_told():
    lines = [
        Line("O/F", per("RT", "400", "USD"), discount=D(5), source="S-1 v3 #812"),
        surcharge("CAF", percent("4", "O/F")),
    ]
    freight, caf = price_shipment(lines, Cargo(D(1000), D("2.5"))).charges
    assert told(freight.charge.working)[0] == "Price line S-1 v3 #812"
    assert told(freight.charge.working)[-1] == "Less 5.00 % discount: −50.00"
    assert told(caf.charge.working) == ["4.00 % of USD 1,000.00 (O/F) = 40.00"]


def test_a_first_price_and_what_is_beyond_it_are_told():
    terms = bands("KGM", band("0", "1", flat="5"), band("1", None, "2", flat="5", beyond="1"))
    assert told(price(terms, D("0.5")).working)[-2:] == [
        "0.5 kg: band over 0 up to 1",
        "One amount for the band: 5.00",
    ]
    assert told(price(terms, D("3")).working)[-1] == "5.00 + (3 − 1) × 2.00 = 9.00"


def test_commission_and_minimum_of_a_band_are_told_with_figures_that_add_up():
    above = band(
        "1", None, "4.5", flat="10", beyond="1", step="1", commission="1", commission_rate="0.5"
    )
    terms = bands("KGM", band("0", "1", "2", minimum="7.5"), above)
    assert told(price(terms, D("3.4")).working)[-2:] == [
        "11.00 + (4 − 1) × 5.00 = 26.00",
        "Commission contained: 2.50",
    ]
    assert told(price(terms, D("0.5")).working)[-2:] == [
        "0.5 × 2.00 = 1.00",
        "Raised to the band's minimum 7.50",
    ]


def test_a_part_with_an_amount_on_entering_it_is_told():
    parts = (band("0", "50", "0"), band("50", None, "0.1", flat="10"))
    terms = PriceTerms(Basis.GRADUATED, "KGM", "CNY", breaks=parts)
    assert told(price(terms, D(80)).working)[-1] == "From 50 to 80: 10.00 + 30 × 0.10 = 13.00"


@pytest.mark.parametrize(
    ("terms", "cargo"),
    [
        (AIR_PVG_FRA, SMALL_AIR),
        (AIR_PVG_FRA, Cargo(D("86.2"), D("0.4"))),
        (SF_ZONES["Z3"], D("3.3")),
        (per("RT", "45", minimum_quantity=D(1)), Cargo(D(480), D("0.62"))),
        (per("HUR", "80", free_quantity=D(2), maximum=D(90)), Cargo(counts={"HUR": D(9)})),
        (per("MTQ", "7", step=D("0.1")), Cargo(volume_m3=D("0.333"))),
        (
            PriceTerms(
                Basis.MAX_OF, "", "CNY", alternatives=(per("TNE", "30"), per("MTQ", "10.015"))
            ),
            Cargo(D(10), D("0.7")),
        ),
    ],
)
def test_a_stored_working_tells_the_same_sentences(terms, cargo):
    working = price(terms, cargo).working
    stored = json.loads(json.dumps(working.to_json()))
    assert len(told(working)) >= 2
    assert told(Working.from_json(stored)) == told(working)
