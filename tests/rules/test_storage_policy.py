"""A storage policy is stored whole, refuses what it cannot keep, and says what it does."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.catalogue.rules.storage import (
    AgeTier,
    Anniversary,
    DayCount,
    FreeFrom,
    Method,
    MonthDays,
    PalletCount,
    PartMonth,
    Per,
    StoragePolicy,
    WeekFrom,
    billing_unit,
    policy_of_price,
)
from portal.catalogue.rules.storagewords import words
from portal.catalogue.rules.terms import Basis, PriceTerms
from tests.rules.prices import per
from tests.rules.stocks import D, by, daily

TIERS = (AgeTier(8, 30, D("0.5")), AgeTier(31, None, D("1.2")))


def wrong(policy: StoragePolicy) -> list[str]:
    return [problem.column for problem in policy.check()]


@st.composite
def policies(draw: st.DrawFn) -> StoragePolicy:
    """Any policy, sound or not."""
    amounts = st.decimals("0", "900", places=2)
    choices = (DayCount, FreeFrom, PartMonth, MonthDays, Anniversary, WeekFrom, PalletCount)
    day_count, free, part, days, anniversary, week, pallets = map(
        draw, map(st.sampled_from, choices)
    )
    return StoragePolicy(
        draw(st.sampled_from(Method)),
        draw(st.sampled_from(["MTQ", "XPX", "MTK"])),
        "CNY",
        rate=draw(st.none() | amounts),
        rate_per=draw(st.none() | st.sampled_from(Per)),
        terms=draw(st.none() | st.just(per("MTQ.DAY", "0.85", "CNY"))),
        day_count=day_count,
        free_days=draw(st.integers(0, 30)),
        free_from=free,
        tiers=draw(st.sampled_from([(), TIERS])),
        area=draw(amounts),
        minimum_quantity=draw(amounts),
        minimum=draw(st.none() | amounts),
        part_month=part,
        month_days=days,
        split_day=draw(st.integers(1, 27)),
        anniversary=anniversary,
        week_from=week,
        round_daily=draw(st.booleans()),
        pallets=pallets,
    )


@given(policies())
def test_a_policy_is_read_back_as_it_was_stored(policy):
    assert StoragePolicy.from_json(json.loads(json.dumps(policy.to_json()))) == policy


@given(policies())
def test_every_policy_can_be_put_into_words(policy):
    assert all(str(sentence) for sentence in words(policy))


def test_only_what_differs_from_the_usual_is_stored():
    assert daily(rate=D("0.85")).to_json() == {
        "method": "daily",
        "unit": "MTQ",
        "currency": "CNY",
        "rate": "0.85",
    }


@pytest.mark.parametrize(
    "policy",
    [
        daily(),
        daily(free_days=7, tiers=TIERS),
        daily(rate_per=Per.MONTH, month_days=MonthDays.THIRTY),
        daily(free_days=3, free_from=FreeFrom.CONTRACT, minimum_quantity=D(5)),
        daily(unit="XPX", pallets=PalletCount.BY_SKU, day_count=DayCount.PEAK),
        by(Method.PALLET_WEEK, 15, week_from=WeekFrom.MONDAY, free_days=7),
        by(Method.ANNIVERSARY, 30, day_count=DayCount.DAY_END),
        by(Method.HALF_MONTH, 30),
        by(Method.PEAK, 1, rate_per=Per.DAY),
        by(Method.AVERAGE, 30, minimum=D(400)),
        by(Method.FIRST_OF_MONTH, 30),
        by(Method.AREA_MONTH, 19, unit="MTK", minimum_quantity=D(10)),
        policy_of_price(per("PLT.DAY", 2, "CNY")),
    ],
    ids=lambda policy: policy.method.value,
)
def test_a_sound_policy_has_no_problem(policy):
    assert policy.check() == []


@pytest.mark.parametrize(
    ("policy", "columns"),
    [
        (daily(rate=None), ["rate"]),
        (daily(rate=D(-1)), ["rate"]),
        (daily(unit="TRIP"), ["unit"]),
        (replace(daily(), currency="RMB"), ["currency"]),
        (replace(daily(), terms=per("MTQ.DAY", 1, "CNY")), ["rate"]),
        (replace(daily(rate=None), terms=per("KGM.DAY", 1, "CNY")), ["terms"]),
        (replace(daily(rate=None), terms=PriceTerms(Basis.AT_COST)), ["currency", "terms"]),
        (daily(free_days=-1), ["free_days"]),
        (daily(free_days=3, tiers=TIERS), ["tiers"]),
        (daily(free_days=7, tiers=TIERS[:1]), ["tiers"]),
        (daily(free_days=7, tiers=(TIERS[0], AgeTier(32, None, D(1)))), ["tiers"]),
        (daily(free_days=7, tiers=(AgeTier(8, 6, D(1)), AgeTier(7, None, D(1)))), ["tiers"]),
        (daily(free_days=7, day_count=DayCount.PEAK), ["day_count"]),
        (daily(free_days=7, minimum_quantity=D(3)), ["minimum_quantity"]),
        (daily(rate_per=Per.WEEK), ["rate_per"]),
        (daily(pallets=PalletCount.BY_SKU), ["pallets"]),
        (by(Method.PALLET_WEEK, 1, rate_per=Per.DAY), ["rate_per"]),
        (by(Method.PALLET_WEEK, 1, day_count=DayCount.DAY_START), ["day_count"]),
        (by(Method.ANNIVERSARY, 1, free_days=3, free_from=FreeFrom.CONTRACT), ["free_from"]),
        (by(Method.PEAK, 1, free_days=7), ["free_days"]),
        (by(Method.HALF_MONTH, 1, split_day=28), ["split_day"]),
        (by(Method.AREA_MONTH, 19, unit="MTK"), ["area"]),
    ],
)
def test_what_a_policy_cannot_keep_is_named_by_its_field(policy, columns):
    assert wrong(policy) == columns


def test_the_usual_policy_follows_from_the_unit_of_the_price():
    price = per("MTQ.DAY", "0.85", "CNY")
    policy = policy_of_price(price)
    assert (policy.method, policy.unit, policy.money) == (Method.DAILY, "MTQ", "CNY")
    assert policy_of_price(per("MTK.MON", 28, "CNY")).method is Method.AREA_MONTH
    assert policy_of_price(per("KGM", 1, "CNY")) is None


@pytest.mark.parametrize(
    ("unit", "time", "code"),
    [
        ("MTQ", Per.DAY, "MTQ.DAY"),
        ("XPX", Per.DAY, "PLT.DAY"),
        ("MTK", Per.MONTH, "MTK.MON"),
        ("XPX", Per.WEEK, ""),
    ],
)
def test_a_unit_for_a_time_has_the_trades_code_where_there_is_one(unit, time, code):
    assert billing_unit(unit, time) == code


def test_a_policy_says_in_words_what_it_does():
    policy = daily(rate=D("0.85"), minimum=D(300))
    assert [str(sentence) for sentence in words(policy)] == [
        "The stock of every day is charged",
        "CNY 0.85 per m³·day",
        "Of each day, the day of arrival and the day of leaving both count",
        "At least CNY 300.00 a month; the difference is a line of its own",
        "A month that the contract fills in part counts by its days",
    ]


def test_tiers_and_free_days_are_told_in_their_order():
    told = [str(sentence) for sentence in words(daily(free_days=7, tiers=TIERS))]
    assert told[1:4] == [
        "The first 7 days of each lot are free; the day of arrival is day 1",
        "Day 8 to 30 in store: CNY 0.50 per m³·day",
        "From day 31 in store on: CNY 1.20 per m³·day",
    ]


def test_a_price_line_is_told_as_on_its_tariff():
    told = [str(sentence) for sentence in words(policy_of_price(per("MTQ.DAY", "0.85", "CNY")))]
    assert told[1] == "CNY 0.85 per m³·day"


@pytest.mark.parametrize(
    ("policy", "sentence"),
    [
        (by(Method.PALLET_WEEK, 15), "A lot's week begins on the weekday on which it came in"),
        (by(Method.PALLET_WEEK, 15), "CNY 15.00 per pallet·week"),
        (by(Method.ANNIVERSARY, 30), "CNY 30.00 per pallet·month"),
        (
            by(Method.HALF_MONTH, 30),
            "In by day 15 of the month: the full month; in after it: half; every later month: full",
        ),
        (by(Method.AREA_MONTH, 19, unit="MTK", area=D("80.50")), "Rented: 80.5 m²"),
        (
            daily(rate_per=Per.MONTH, month_days=MonthDays.THIRTY),
            "A day costs one thirtieth of the month's price",
        ),
        (daily(round_daily=True), "Each day's total is rounded to three decimals"),
    ],
)
def test_each_setting_has_its_sentence(policy, sentence):
    assert sentence in [str(told) for told in words(policy)]
