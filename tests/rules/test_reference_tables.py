import re
from collections import Counter, defaultdict

import pytest

from portal.catalogue.rules.placetable import Kind, key_of, places

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
    [("port", 300), ("airport", 200), ("rail", 60), ("province", 31), ("city", 330)]
    + [("country", 200), ("region", 40), ("district", 90)],
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
