"""Mapping profiles: saved and found again, and guessed from headers in both languages (S9)."""

from __future__ import annotations

import json

import pytest

from portal.catalogue.rules.sheets.export import ORDER, headers_of
from portal.catalogue.rules.sheets.meaning import Meaning as M
from portal.catalogue.rules.sheets.meaning import usual_meaning
from portal.catalogue.rules.sheets.profile import (
    Column,
    Layout,
    LeaveOut,
    Places,
    Profile,
    Repeats,
    constants,
    fingerprint,
    words,
)
from portal.catalogue.rules.sheets.suggest import find_header, suggest_profile
from portal.catalogue.rules.terms import Basis, Bound, PriceTerms
from portal.kernel.tables import table_of
from tests.rules.prices import band

WHOLE = Profile(
    name="everything",
    layout=Layout.BAND_LINES,
    columns=(Column("POL", M.ORIGIN), Column("40HC", M.BOX, "40HQ")),
    sheet="Rates",
    header_row=7,
    constants=constants(category="sea", currency="USD"),
    words=(words(M.UNIT, PER_DOC="BL", PER_CONTAINER="CNTR"),),
    leave_out=(LeaveOut("Charge", ("PSS",)), LeaveOut("Type", ("A", "B"), keep=True)),
    required=((M.RECEIPT, M.ORIGIN),),
    places=Places.FREE,
    repeats=Repeats.OFFERS,
    template=PriceTerms(Basis.BANDS, bound=Bound.WITHIN, breaks=(band("0", None, "1"),)),
)


def test_a_profile_is_the_same_after_a_way_through_json():
    assert Profile.from_json(json.loads(json.dumps(WHOLE.to_json()))) == WHOLE


@pytest.mark.parametrize("broken", [{}, {"name": "x"}, WHOLE.to_json() | {"layout": "sideways"}])
def test_what_is_no_profile_is_refused(broken: dict[str, object]):
    with pytest.raises((KeyError, ValueError)):
        Profile.from_json(broken)


def test_a_layout_is_known_again_by_its_headers_in_any_order_and_spelling():
    mark = fingerprint(["POL", "Valid  From", "40'HQ"])
    assert fingerprint(["valid_from", "ｐｏｌ", "", "40'hq"]) == mark
    assert fingerprint(["POL", "Valid From", "40'HQ", "45'HQ"]) != mark


@pytest.mark.parametrize(
    ("header", "meaning"),
    [
        ("启运港", (M.ORIGIN, "")), ("起运港", (M.ORIGIN, "")), ("POL", (M.ORIGIN, "")),
        ("20DC", (M.BOX, "20GP")), ("20GP", (M.BOX, "20GP")), ("20DRY", (M.BOX, "20GP")),
        ("40HC", (M.BOX, "40HQ")), ("40HQ", (M.BOX, "40HQ")), ("40HDRY", (M.BOX, "40HQ")),
        ("40'HQ", (M.BOX, "40HQ")), ("N", (M.BAND, "0")), ("-45", (M.BAND, "0")),
        ("+45", (M.BAND, "45")), ("Q100", (M.BAND, "100")), ("1000", (M.BAND, "1000")),
        ("M", (M.MINIMUM, "")), ("首重", (M.FIRST_QUANTITY, "")), ("Valid until", (M.VALID_TO, "")),
        ("3", None), ("", None), ("whatever", None),
    ],
)  # fmt: skip
def test_a_header_is_understood_in_its_usual_spellings(header: str, meaning: object):
    assert usual_meaning(header) == meaning


@pytest.mark.parametrize(
    ("headers", "layout", "category"),
    [
        ("启运港|目的港|20DC|40DC|40HQ|附加费|开航日|航程|备注", Layout.BOX_COLUMNS, "sea"),
        ("启运港|目的港|PRICEGP|附加费|开航日|航程|备注", Layout.LINES, "sea"),
        ("启运港|目的港|M|N|45|100|300|500|1000|附加费|离港|航程|备注", Layout.BAND_COLUMNS, "air"),
        ("省份|首重价|续重价", Layout.LINES, "express"),
        ("province|city|over_kg|up_to_kg|kind|price", Layout.BAND_LINES, "express"),
    ],
)
def test_the_templates_that_customers_paste_are_understood(
    headers: str, layout: Layout, category: str
):
    profile, sure = suggest_profile(headers.split("|"))
    assert (profile.layout, profile.constant(M.CATEGORY), sure) == (layout, category, 100)


def test_an_air_sheet_is_suggested_with_the_rules_of_air_freight():
    profile, _ = suggest_profile(["启运港", "目的港", "M", "N", "45", "100"])
    terms = profile.template
    assert (terms.bound, terms.step_up, str(terms.volume_divisor)) == (Bound.FROM, True, "6000")


def test_a_sheet_without_a_price_is_not_guessed_at():
    assert suggest_profile(["POL", "POD", "Remark"])[1] == 0


def test_unknown_headers_make_a_guess_less_sure():
    assert suggest_profile(["POL", "POD", "20GP", "Weather"])[1] == 75


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_product_s_own_headers_are_known_for_certain(language: str):
    headers = headers_of(ORDER, language)  # type: ignore[arg-type]
    profile, sure = suggest_profile(headers)
    assert (sure, len({column.meaning for column in profile.columns})) == (100, len(ORDER))
    assert len(set(headers)) == len(ORDER)


def test_the_header_row_is_the_one_that_looks_most_like_one():
    rows = [["Carrier", "XENETA"], [], ["POL", "POD", "20GP"], ["Shanghai", "New York", "900"]]
    assert find_header(table_of(rows)) == (3, ("POL", "POD", "20GP"))
    assert find_header(table_of([["a"], ["b"]])) == (0, ())
