import pytest

from portal.catalogue.rules.places import (
    PREFERRED_KINDS,
    Gazetteer,
    Kind,
    Place,
    find_place,
    gazetteer,
    parents,
    search_places,
)


def found(text, category=""):
    place = find_place(text, PREFERRED_KINDS.get(category, ()))
    return place.code if place else None


@pytest.mark.parametrize(
    ("text", "category", "code"),
    [
        ("CNSHA", "", "CNSHA"),
        ("cnshg", "sea", "CNSHA"),
        ("SHA", "sea", "CNSHA"),
        ("SHA", "air", "SHA"),
        ("上海", "sea", "CNSHA"),
        ("上海", "air", "PVG"),
        ("上海", "express", "310000"),
        ("shanghai", "", "CNSHA"),
        ("niuyue", "sea", "USNYC"),
        ("NYC", "sea", "USNYC"),
        ("NYC", "air", "JFK"),
        ("New  York", "sea", "USNYC"),
        ("ＮＥＷ ＹＯＲＫ", "sea", "USNYC"),
        ("Port of Felixstowe", "sea", "GBFXT"),
        ("宁波港", "sea", "CNNGB"),
        ("São Paulo", "air", "GRU"),
        ("内蒙古自治区", "express", "150000"),
        ("吉林", "express", "220000"),
        ("吉林市", "express", "220200"),
        ("台湾", "express", "TW"),
        ("欧基港", "sea", "R-NEU"),
        ("西安", "rail", "CNSIA"),
        ("杭州市", "road", "330100"),
    ],
)
def test_a_place_is_found_by_any_of_its_words(text, category, code):
    assert found(text, category) == code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Hamburg, Germany", "DEHAM"),
        ("Los Angeles, CA", "USLAX"),
        ("Shanghai (CN)", "CNSHA"),
        ("汉堡(德国)", "DEHAM"),
        ("Yangon, Myanmar (Burma)", "MMRGN"),
        ("Davao City, Philippines", "PHDVO"),
        ("Hamburg, France", None),
        ("Hamburg, CA", None),
    ],
)
def test_a_name_with_its_country_is_found_only_when_they_agree(text, code):
    assert found(text, "sea") == code


@pytest.mark.parametrize("text", ["", "  ", "Atlantis", "上", "shh", "-"])
def test_what_is_no_whole_name_is_not_found(text):
    assert found(text) is None


def test_pinyin_that_two_cities_share_is_not_guessed():
    assert found("taizhou", "express") is None
    shared = gazetteer().matches("taizhou", PREFERRED_KINDS["express"])
    assert {m.place.name_zh for m in shared if m.place.kind is Kind.CITY} == {"泰州", "台州"}


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("sh", "CNSHA"),
        ("shang", "CNSHA"),
        ("ny", "USNYC"),
        ("汉", "DEHAM"),
        ("los a", "USLAX"),
        ("hcm", "VNSGN"),
        ("kunsh", "320583"),
        ("long b", "USLGB"),
        ("重", "CNCKG"),
    ],
)
def test_half_a_word_brings_the_likeliest_place_first(typed, first):
    assert search_places(typed, kinds=(Kind.PORT, Kind.DISTRICT, Kind.CITY))[0].code == first


def test_a_search_returns_no_more_than_asked_and_nothing_for_nothing():
    assert len(search_places("s", limit=5)) == 5
    assert search_places(" ") == ()


def test_a_search_can_be_limited_to_kinds_of_places():
    kinds = {place.kind for place in search_places("shang", 20, kinds=(Kind.AIRPORT,))}
    assert kinds == {Kind.AIRPORT}


def test_parents_go_from_the_port_to_its_city_province_country_and_regions():
    chain = [p.code for p in parents(find_place("CNYTN"))]
    assert chain == [
        "CNYTN",
        "CNSZX",
        "440300",
        "440000",
        "CN",
        "R-HNS",
        "R-CHN",
        "R-EAS",
        "R-ASI",
        "R-WLD",
    ]


def test_a_port_without_a_division_goes_straight_to_its_country_and_its_own_region():
    chain = [p.code for p in parents(find_place("USLAX"))]
    assert chain == ["USLAX", "US", "R-USW", "R-NAM", "R-WLD"]


def test_a_place_of_the_firm_is_found_and_has_parents():
    park = Place("FH-PARK", Kind.FREE, "洋山物流园", "Yangshan Park", "CN", parent="310115")
    own = Gazetteer([park])
    assert own.find("yangshanwuliuyuan") == park
    assert [p.code for p in own.parents(park)][:4] == ["FH-PARK", "310115", "310000", "CN"]
    assert find_place("洋山物流园") is None


def test_a_firms_places_that_point_at_each_other_do_not_go_round_for_ever():
    one = Place("X-ONE", Kind.FREE, "甲", "One", parent="X-TWO")
    two = Place("X-TWO", Kind.FREE, "乙", "Two", parent="X-ONE")
    assert Gazetteer([one, two]).parents(one) == (one, two)
