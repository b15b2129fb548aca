"""ABC by cumulative share, structure by rank, scores by fifths (DOMAIN K4-K6)."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal as D

from hypothesis import given
from hypothesis import strategies as st

from portal.customers.rules.kinds import Abc, Structure
from portal.insights.rules.abc import (
    Worth,
    abc_of,
    class_counts,
    cumulative_percent,
    ranked,
    structure_of,
    structure_shares,
)
from portal.insights.rules.rfm import FIXED, Bought, Cuts, Rfm, cuts_of, scores
from portal.insights.rules.settings import InsightSettings

USUAL = InsightSettings()
WORTHS = st.lists(st.decimals("-100", "100000", places=2), min_size=1, max_size=60)
BOUGHT = st.builds(Bought, st.integers(0, 365), st.integers(1, 500), st.decimals(0, 9999, places=2))


def letters(*amounts: str, settings: InsightSettings = USUAL) -> str:
    whole, places = ranked(Worth(n, f"{n:03}", D(each)) for n, each in enumerate(amounts))
    return "".join(abc_of(places[n], whole, settings)[0] for n in range(len(amounts)))


def test_the_customer_that_crosses_a_bound_belongs_to_the_better_class():
    assert letters("50", "40", "7", "3") == "AABC"
    assert letters("50", "40", "7", "3", settings=replace(USUAL, crossing_up=False)) == "ABCC"


def test_a_share_exactly_at_the_bound_closes_the_class():
    assert letters("80", "15", "5") == "ABC"
    assert letters("80", "15", "5", settings=replace(USUAL, crossing_up=False)) == "ABC"


def test_one_customer_with_everything_is_a_and_who_brings_nothing_is_c():
    assert letters("100", "0", "-20") == "ACC"
    assert letters("0") == "C"


@given(WORTHS)
def test_shares_end_at_a_hundred_and_classes_never_get_better_down_the_ranks(amounts: list[D]):
    whole, places = ranked(Worth(n, "n", each) for n, each in enumerate(amounts))
    by_rank = sorted(places.values(), key=lambda place: place.rank)
    classes = [abc_of(place, whole, USUAL)[0] for place in by_rank]
    assert classes == sorted(classes)
    if whole.total:
        assert cumulative_percent(by_rank[-1], whole) == 100
        assert classes[0] is Abc.A
    assert [place.rank for place in by_rank] == list(range(1, len(amounts) + 1))


def test_equal_amounts_are_ranked_by_name():
    _, places = ranked([Worth(1, "乙", D(5)), Worth(2, "丙", D(5)), Worth(3, "甲", D(9))])
    assert [places[n].rank for n in (3, 2, 1)] == [1, 2, 3]


def test_counts_of_structure_classes_are_rounded_up_so_that_one_is_key():
    assert list(class_counts(1, USUAL).values()) == [1, 0, 0]
    assert list(class_counts(10, USUAL).values()) == [1, 2, 7]
    assert list(class_counts(100, USUAL).values()) == [5, 15, 80]


@given(st.integers(0, 5000))
def test_structure_classes_take_everybody_once(count: int):
    counts = class_counts(count, USUAL)
    assert sum(counts.values()) == count and min(counts.values()) >= 0


def test_the_real_share_stands_beside_the_books():
    amounts = [100] + [10] * 19
    whole, places = ranked(Worth(n, f"{n:03}", D(each)) for n, each in enumerate(amounts))
    key, suitable, general = structure_shares(places, whole, USUAL)
    assert (key.count, key.percent, key.real_percent) == (1, D(5), D("34.48"))
    assert (suitable.count, general.count) == (3, 16)
    assert structure_of(places[0], whole, USUAL)[0] is Structure.KEY


def test_fixed_thresholds_score_a_small_portfolio():
    assert scores(Bought(7, 200, D(500_000)), FIXED) == Rfm(5, 5, 5)
    assert scores(Bought(8, 199, D("499999.99")), FIXED) == Rfm(4, 4, 4)
    assert scores(Bought(61, 5, D(3_599)), FIXED) == Rfm(1, 1, 1)
    assert scores(None, FIXED).label == "–"


def test_25_customers_are_scored_by_fifths_and_24_are_not():
    many = [Bought(n, n, D(n)) for n in range(1, 26)]
    assert cuts_of(many[:24]) == FIXED and not cuts_of(many).is_fixed
    found = [scores(each, cuts_of(many)) for each in many]
    assert [each.frequency for each in found] == [n // 5 + 1 for n in range(25)]
    assert [each.recency for each in found] == [5 - n // 5 for n in range(25)]


@given(st.lists(BOUGHT, min_size=25, max_size=80))
def test_who_bought_more_never_scores_less(portfolio: list[Bought]):
    cuts = cuts_of(portfolio)
    ordered = sorted(portfolio, key=lambda each: each.money)
    money = [scores(each, cuts).money for each in ordered]
    assert money == sorted(money) and set(money) <= {1, 2, 3, 4, 5}
    assert Cuts.from_json(cuts.to_json()) == cuts
