import re
from collections import Counter, defaultdict
from datetime import date

import pytest

from portal.catalogue.rules.boxes import box_names, find_box, find_package, packages
from portal.catalogue.rules.carriers import carriers, find_carrier, incoterms
from portal.catalogue.rules.charges import charges, find_charge, tax_class_rates
from portal.catalogue.rules.placetable import Kind, places
from portal.catalogue.rules.tables import key_of
from portal.kernel.boxes import find_box_type
from portal.kernel.money import CURRENCIES
from portal.kernel.units import UNITS

BY_CODE = {place.code: place for place in places()}
CODE_SHAPES = {
    Kind.PORT: r"[A-Z]{5}",
    Kind.AIRPORT: r"[A-Z]{3}",
    Kind.RAIL: r"[A-Z]{5}|[A-Z]{2}-[A-Z]{3}",
    Kind.DISTRICT: r"\d{6}",
    Kind.CITY: r"\d{4}00|\d{6}",
    Kind.PROVINCE: r"\d{2}0000",
    Kind.COUNTRY: r"[A-Z]{2}",
    Kind.REGION: r"R-[A-Z]{3}",
}


@pytest.mark.parametrize(
    ("kind", "least"),
    [
        ("port", 300),
        ("airport", 200),
        ("rail", 60),
        ("province", 31),
        ("city", 330),
        ("country", 200),
        ("region", 40),
        ("district", 90),
    ],
)
def test_there_are_enough_places_of_each_kind(kind, least):
    assert sum(place.kind == kind for place in places()) >= least


def test_no_two_places_share_a_code():
    assert [code for code, n in Counter(p.code for p in places()).items() if n > 1] == []


def test_codes_have_the_shape_of_their_standard():
    wrong = [p.code for p in places() if not re.fullmatch(CODE_SHAPES[p.kind], p.code)]
    assert wrong == []


def test_every_parent_region_and_country_exists():
    named = [(p.code, c) for p in places() for c in (p.parent, p.region, p.country) if c]
    assert [pair for pair in named if pair[1] not in BY_CODE] == []


def test_every_place_has_both_names_and_a_country():
    assert [p.code for p in places() if not (p.name_zh and p.name_en)] == []
    assert [p.code for p in places() if p.kind != "region" and not p.country] == []


def test_a_locode_begins_with_its_country():
    ports = [p for p in places() if p.kind in (Kind.PORT, Kind.RAIL)]
    assert [p.code for p in ports if p.code[:2] != p.country] == []


def test_a_division_lies_in_the_division_its_code_says():
    inland = [p for p in places() if p.kind in (Kind.CITY, Kind.DISTRICT)]
    assert [p.code for p in inland if not p.parent.startswith(p.code[:2])] == []


def test_within_one_kind_no_name_or_alias_means_two_places():
    meant = defaultdict(set)
    for place in places():
        for word in (place.code, place.iata, place.name_zh, place.name_en, *place.aliases):
            if word:
                meant[place.kind, key_of(word)].add(place.code)
    assert {word: codes for word, codes in meant.items() if len(codes) > 1} == {}


@pytest.mark.parametrize(
    "pair",
    [
        ("CNSHA", "CNSHG"),
        ("CNNGB", "CNNBO"),
        ("CNTAO", "CNQDG"),
        ("CNTAO", "CNQIN"),
        ("CNYTN", "CNYIT"),
        ("CNSZX", "CNSNZ"),
    ],
)
def test_the_known_second_spellings_are_aliases(pair):
    assert pair[1] in BY_CODE[pair[0]].aliases


def test_every_province_has_its_full_name_beside_the_short_one():
    full = [p for p in places() if p.kind == Kind.PROVINCE]
    assert all(re.search("[省市区]$", p.aliases[0]) for p in full)
    assert "内蒙古自治区" in BY_CODE["150000"].aliases


WORD_TABLES = {"charges": charges, "carriers": carriers, "packages": packages}


@pytest.mark.parametrize(("table", "least"), [("charges", 70), ("carriers", 57), ("packages", 18)])
def test_each_word_of_a_table_means_one_record(table, least):
    records = WORD_TABLES[table]()
    meant = defaultdict(set)
    for record in records:
        for word in filter(None, record.words):
            meant[key_of(word)].add(record.code)
    assert len(records) >= least
    assert {word: codes for word, codes in meant.items() if len(codes) > 1} == {}


def test_usual_units_currencies_and_tax_classes_of_charges_are_known():
    classes = {rate.code for rate in tax_class_rates()}
    assert [c.code for c in charges() if c.unit not in UNITS] == []
    assert [c.code for c in charges() if c.currency and c.currency not in CURRENCIES] == []
    assert [c.code for c in charges() if c.tax_class not in classes] == []


def test_charges_arise_on_a_known_side():
    sides = {charge.side for charge in charges()}
    assert sides == {"origin", "freight", "destination", "service", "cost"}


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("BAS", "O/F"),
        ("海运费", "O/F"),
        ("o/f", "O/F"),
        ("OHC", "THC"),
        ("电放费", "TLX"),
        ("Telex Release", "TLX"),
        ("10+2", "ISF"),
        ("安检费", "XRAY"),
        ("no such fee", None),
    ],
)
def test_a_charge_is_found_by_code_alias_or_name(written, code):
    charge = find_charge(written)
    assert (charge.code if charge else None) == code


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("40'HQ", "40HQ"),
        ("40高柜", "40HQ"),
        ("40尺高柜", "40HQ"),
        ("大柜", "40GP"),
        ("小柜", "20GP"),
        ("20DC", "20GP"),
        ("40HC", "40HQ"),
        ("45HDRY", "45HQ"),
        ("40RF", "40RH"),
        ("高柜", "40HQ"),
        ("ISO tank", "20TK"),
        ("60GP", None),
    ],
)
def test_a_box_is_found_by_the_name_of_quay_or_sheet(written, code):
    box = find_box(written)
    assert (box.code if box else None) == code


def test_no_spoken_name_contradicts_a_sheets_spelling():
    spoken = {name: box for name, box in box_names().items() if find_box_type(name)}
    assert all(find_box_type(name) == box for name, box in spoken.items())


def test_carriers_are_found_by_scac_code_and_short_chinese_name():
    words = ("MAEU", "达飞", "Hapag", "顺丰", "CK")
    assert [find_carrier(word).code for word in words] == ["MSK", "CMA", "HPL", "SF", "MU"]


def test_packages_are_found_in_both_languages():
    assert [find_package(word).code for word in ("CTNS", "托盘", "吨袋")] == ["CT", "PX", "FI"]


def test_there_are_eleven_incoterms_of_2020():
    assert sum(term.edition == 2020 for term in incoterms()) == 11


def test_a_tax_class_has_one_rate_a_day_and_its_source():
    rates = tax_class_rates()
    assert len({(rate.code, rate.valid_from) for rate in rates}) == len(rates)
    assert all(rate.source and rate.label_zh for rate in rates)
    nine = [r for r in rates if r.code == "transport_9" and r.valid_from <= date(2026, 3, 1)]
    assert max(nine, key=lambda rate: rate.valid_from).percent == 9
