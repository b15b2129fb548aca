from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.catalogue.rules.lanes import parse_lane
from portal.catalogue.rules.places import Kind, Place


def ends(text):
    query = parse_lane(text)
    return tuple(place.code if place else None for place in (query.origin, query.destination))


@pytest.mark.parametrize(
    ("text", "lane"),
    [
        ("SHA NYC 40HQ", ("CNSHA", "USNYC")),
        ("上海 纽约", ("CNSHA", "USNYC")),
        ("shanghai niuyue", ("CNSHA", "USNYC")),
        ("shanghai-new york 40'HQ", ("CNSHA", "USNYC")),
        ("CNSHA→USNYC", ("CNSHA", "USNYC")),
        ("CNSHG -> USNYC", ("CNSHA", "USNYC")),
        ("ＳＨＡ　ＮＹＣ", ("CNSHA", "USNYC")),
        ("上海到洛杉矶 40高柜", ("CNSHA", "USLAX")),
        ("上海到洛杉矶40尺高柜", ("CNSHA", "USLAX")),
        ("上海纽约40HQ", ("CNSHA", "USNYC")),
        ("从宁波到鹿特丹 拼箱", ("CNNGB", "NLRTM")),
        ("to LAX from SHA", ("CNSHA", "USLAX")),
        ("ningbo to felixstowe", ("CNNGB", "GBFXT")),
        ("青岛 Ho Chi Minh City", ("CNTAO", "VNSGN")),
        ("上海 Dar es Salaam", ("CNSHA", "TZDAR")),
        ("PVG FRA", ("PVG", "FRA")),
        ("SHA FRA", ("SHA", "FRA")),
        ("义乌 杜伊斯堡 班列", ("CNYIW", "DEDUI")),
        ("江苏 广东 快递", ("320000", "440000")),
        ("杭州 北京", ("330100", "110000")),
        ("上海 美西 40HQ", ("CNSHA", "R-USW")),
    ],
)
def test_a_lane_is_read_however_it_is_typed(text, lane):
    assert ends(text) == lane


@pytest.mark.parametrize(
    ("text", "boxes"),
    [
        ("SHA LAX 40HQ", (("40HQ", 1),)),
        ("SHA LAX 40'HC", (("40HQ", 1),)),
        ("SHA LAX 2x40HQ+1x20GP", (("40HQ", 2), ("20GP", 1))),
        ("SHA LAX 40HQ x3", (("40HQ", 3),)),
        ("上海洛杉矶高柜", (("40HQ", 1),)),
        ("上海40大柜洛杉矶", (("40GP", 1),)),
        ("20' shanghai busan", (("20GP", 1),)),
        ("SHA LAX", ()),
        ("SHA LAX 45kg", ()),
        ("SHA LAX 1140HQ", ()),
    ],
)
def test_boxes_and_their_numbers_are_read(text, boxes):
    assert parse_lane(text).boxes == boxes


def test_a_box_means_a_full_container_by_sea_unless_rail_is_named():
    by_sea, by_rail = parse_lane("SHA NYC 40HQ"), parse_lane("重庆 杜伊斯堡 班列 40HQ")
    assert (by_sea.category, by_sea.load) == ("sea", "fcl")
    assert (by_rail.category, by_rail.load) == ("rail", "fcl")


@pytest.mark.parametrize(
    ("text", "category", "load"),
    [
        ("PVG FRA 空运 45kg", "air", ""),
        ("PVG FRA", "air", ""),
        ("宁波 汉堡 拼箱", "sea", "lcl"),
        ("苏州 成都 零担", "road", "ltl"),
        ("SHA NYC", "", ""),
        ("SHA NYC MSC", "sea", ""),
    ],
)
def test_the_service_is_known_from_its_word_a_carrier_or_an_airport(text, category, load):
    query = parse_lane(text)
    assert (query.category, query.load) == (category, load)


def test_weight_and_volume_are_read_in_kilograms_and_cubic_metres():
    query = parse_lane("PVG FRA 1,200.5kg 3.2cbm")
    assert (query.weight_kg, query.volume_m3) == (Decimal("1200.5"), Decimal("3.2"))
    assert parse_lane("上海 汉堡 1.5吨 2立方").weight_kg == 1500


def test_the_service_decides_whether_a_code_is_the_port_or_the_airport():
    assert ends("SHA LAX 40HQ") == ("CNSHA", "USLAX")
    assert ends("SHA LAX 空运") == ("SHA", "LAX")


def test_other_meanings_of_a_word_are_reported():
    query = parse_lane("上海 纽约")
    assert {"PVG", "310000"} <= {place.code for place in query.origin_choices}
    assert [place.code for place in query.destination_choices] == ["USNYC", "JFK"]


def test_pinyin_initials_are_guessed_with_their_alternatives():
    query = parse_lane("sh lsj")
    assert ends("sh lsj") == ("CNSHA", "USLAX")
    assert len(query.origin_choices) > 3


def test_a_guess_never_displaces_a_sure_word_but_keeps_the_typed_order():
    assert ends("qd hanbao") == ("CNTAO", "DEHAM")
    assert parse_lane("上海 洛杉矶 sh").unresolved == ("sh",)


@pytest.mark.parametrize(
    ("text", "carrier"),
    [
        ("SHA NYC MSC", "MSC"),
        ("宁波汉堡马士基高柜", "MSK"),
        ("PVG-JFK 100kg CA", "CA"),
        ("ONE shanghai hamburg", "ONE"),
        ("上海 洛杉矶", None),
    ],
)
def test_a_carrier_is_read_beside_the_places(text, carrier):
    found = parse_lane(text).carrier
    assert (found.code if found else None) == carrier


@pytest.mark.parametrize(
    ("text", "lane"),
    [("深圳盐田 汉堡", ("CNYTN", "DEHAM")), ("上海 中国 汉堡 德国", ("CNSHA", "DEHAM"))],
)
def test_a_place_and_what_it_lies_in_count_as_one_end(text, lane):
    assert ends(text) == lane


@pytest.mark.parametrize(
    ("text", "lane"),
    [
        ("洛杉矶", (None, "USLAX")),
        ("宁波", ("CNNGB", None)),
        ("到上海", (None, "CNSHA")),
        ("从洛杉矶", ("USLAX", None)),
        ("", (None, None)),
    ],
)
def test_one_place_alone_stands_on_its_likely_side(text, lane):
    assert ends(text) == lane


def test_words_that_mean_nothing_are_listed():
    query = parse_lane("上海 洛杉矶 qqqq 某某某")
    assert query.unresolved == ("qqqq", "某某某")


def test_a_third_place_is_listed_instead_of_lost():
    assert parse_lane("上海 洛杉矶 汉堡").unresolved == ("汉堡",)


def test_a_place_of_the_firm_can_be_searched():
    park = Place("FH-PARK", Kind.FREE, "洋山物流园", "Yangshan Park", "CN", parent="310115")
    assert parse_lane("洋山物流园 北京", [park]).origin == park


@given(st.text(max_size=60))
def test_no_text_makes_the_reader_fail(text):
    assert parse_lane(text).category in ("", "sea", "air", "rail", "road", "express")
