"""Places in canned replies, and what a firm starts with."""

from __future__ import annotations

from portal.service_requests.rules.canned import added, fill, unknown_places
from portal.service_requests.rules.first_words import CATEGORIES, REPLIES

REASONS = (
    "延误", "丢失", "破损", "短少", "错发", "拒收",
    "虚假签收", "服务态度", "收费争议", "违规收费", "单证错误", "其他",
)  # fmt: skip
FACTS = {
    "customer": "海港食品",
    "number": "SR-2026-000001",
    "shipment": "",
    "due": "2026-03-02 14:00",
}


def test_places_become_words_of_the_request():
    assert fill("{customer}，{number} 将于 {due} 前答复", FACTS) == (
        "海港食品，SR-2026-000001 将于 2026-03-02 14:00 前答复"
    )


def test_a_place_that_the_request_has_nothing_for_becomes_a_dash():
    assert fill("业务单 {shipment}", FACTS) == "业务单 —"


def test_what_is_no_place_stays_as_it_is_written():
    assert fill("{price} {0} {}", FACTS) == "{price} {0} {}"
    assert unknown_places("{price} {customer} {price} {x_y}") == ("price", "x_y")


def test_a_reply_is_put_below_what_is_typed():
    assert added("您好！\n", "已受理。") == "您好！\n\n已受理。"
    assert added("  ", "已受理。") == "已受理。"


def test_every_reason_of_the_trade_is_among_the_first_categories():
    names = {each.name_zh for first in CATEGORIES for each in (first, *first.below)}
    assert set(REASONS) <= names


def test_first_categories_have_codes_of_their_own_and_two_levels():
    every = [each for first in CATEGORIES for each in (first, *first.below)]
    assert len({each.code for each in every}) == len(every)
    assert not any(each.below for first in CATEGORIES for each in first.below)


def test_first_replies_name_known_places_only_in_both_languages():
    for reply in REPLIES:
        assert reply.text_en
        assert unknown_places(reply.text_zh) == unknown_places(reply.text_en) == ()
