"""Billing units and container types (C4, C5, S9)."""

from __future__ import annotations

import pytest

from portal.kernel.boxes import BOX_TYPES, TeuPractice, box_type, natural_boxes, teu_of
from portal.kernel.errors import Invalid
from portal.kernel.units import UNITS, convert, find_unit, unit_of, unit_word
from tests.rules.prices import D

FLEET = {"20GP": 3, "40HQ": 2, "45HQ": 1}


def test_a_45_foot_box_counts_2_by_port_and_2_25_by_length():
    assert teu_of(FLEET) == 9
    assert teu_of(FLEET, TeuPractice.BY_LENGTH) == D("9.25")
    assert teu_of({"53HQ": 1}, TeuPractice.BY_LENGTH) == D("2.65")
    assert natural_boxes(FLEET) == 6


@pytest.mark.parametrize(
    ("written", "code"),
    [("20DC", "20GP"), ("20dry", "20GP"), ("40HC", "40HQ"), ("40'HQ", "40HQ"), ("45HDRY", "45HQ")],
)
def test_customers_spell_boxes_in_many_ways(written, code):
    assert box_type(written).code == code


def test_an_unknown_box_is_refused_and_never_taken_for_a_dry_one():
    with pytest.raises(Invalid, match="48XX is not a container type"):
        box_type("48XX")


@pytest.mark.parametrize(
    ("quantity", "source", "target", "expected"),
    [
        ("2.5", "TNE", "KGM", "2500"),
        ("665028", "CMQ", "MTQ", "0.665028"),
        ("3", "DAY", "HUR", "72"),
    ],
)
def test_units_convert_inside_their_dimension_exactly(quantity, source, target, expected):
    assert convert(D(quantity), source, target) == D(expected)


@pytest.mark.parametrize(("source", "target"), [("KGM", "MTQ"), ("CHW", "KGM"), ("XPX", "XCT")])
def test_weight_never_becomes_volume_without_a_divisor(source, target):
    with pytest.raises(Invalid, match="cannot be converted"):
        convert(D(1), source, target)


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("CBM", "MTQ"),
        ("计费吨", "RT"),
        ("公斤", "KGM"),
        ("40HC", "40HQ"),
        ("票", "BL"),
        ("teu", "TEU"),
    ],
)
def test_units_are_found_by_any_usual_name(written, code):
    found = find_unit(written)
    assert found is not None
    assert found.code == code


def test_what_is_no_unit_is_not_guessed():
    assert find_unit("furlong") is None
    assert find_unit("") is None
    with pytest.raises(Invalid, match="furlong is not a billing unit"):
        unit_of("furlong")


def test_every_unit_has_names_and_every_box_type_is_a_unit():
    assert set(BOX_TYPES) < set(UNITS)
    for unit in UNITS.values():
        assert unit.name_zh
        assert unit.name_en
        assert str(unit_word(unit.code))


def test_square_metres_have_one_sign_and_are_found_by_the_other() -> None:
    assert not [code for code, unit in UNITS.items() if "㎡" in unit.short_zh + unit.short_en]
    found = [find_unit(word) for word in ("㎡", "m²", "㎡·天", "m²·月")]
    assert [unit.code for unit in found if unit] == ["MTK", "MTK", "MTK.DAY", "MTK.MON"]
