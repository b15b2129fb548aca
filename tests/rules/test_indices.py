"""The logistics indices on plain counts (DOMAIN I1-I6)."""

from __future__ import annotations

from collections import Counter
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.insights.rules.index_table import FOR_CUSTOMERS, GROUPS, INDICES
from portal.insights.rules.indices import (
    Count,
    Facts,
    Spread,
    added,
    days_between,
    fill_by_unit,
    mean_of,
    median_of,
    on_time,
    per_ten_thousand,
    per_week,
    percentile_of,
    share,
)
from portal.receivables.rules.report_figures import median, percentile

D = Decimal
DAY = date(2026, 2, 10)
SPREADS = st.dictionaries(st.integers(0, 60), st.integers(1, 20), min_size=1, max_size=12)


def facts(**counts: int) -> Facts:
    found = Facts(days=28)
    for name, number in counts.items():
        found.count(Count(name), number)
    return found


@pytest.mark.parametrize(("promised", "delivered", "kept"), [
    (DAY, DAY, True), (DAY, date(2026, 2, 9), True), (DAY, date(2026, 2, 11), False), (None, DAY, None),
])  # fmt: skip
def test_early_and_the_day_itself_are_on_time_and_without_a_promise_it_is_neither(
    promised: date | None, delivered: date, kept: bool | None
) -> None:
    assert on_time(promised, delivered) is kept


def test_ten_delivered_two_without_promise_one_late_are_seven_of_eight() -> None:
    figure = INDICES["on_time"].figure(facts(delivered=10, promised=8, on_time=7))
    assert (figure.value, figure.base, figure.left_out) == (D("87.50"), 8, 2)


@pytest.mark.parametrize(
    "code", [code for code in INDICES if code not in ("orders", "shipped", "frequency")]
)
def test_where_nothing_divides_there_is_no_figure(code: str) -> None:
    figure = INDICES[code].figure(Facts(days=28))
    assert (figure.value, figure.base) == (None, 0)


@pytest.mark.parametrize(("code", "counts", "value"), [
    ("undamaged", {"delivered": 40, "damaged": 1}, "97.50"),
    ("loss", {"delivered": 40, "lost": 2}, "5.00"),
    ("complaints", {"delivered": 4000, "complaints": 3}, "7.50"),
    ("availability", {"decided": 8, "confirmed": 6}, "75.00"),
    ("frequency", {"departed": 14}, "3.5"),
    ("orders", {"orders": 12}, "12"),
    ("shipped", {"departed": 14}, "14"),
    ("order_fill", {"delivered": 10, "fill_base": 8, "filled": 7}, "87.50"),
    ("special", {"special": 5, "granted": 4}, "80.00"),
    ("by_portal", {"requests": 3, "by_portal": 2}, "66.67"),
    ("accuracy", {"lines": 2000, "disputed": 3}, "99.85"),
])  # fmt: skip
def test_each_index_is_worked_out_as_its_definition_says(
    code: str, counts: dict[str, int], value: str
) -> None:
    assert INDICES[code].figure(facts(**counts)).value == D(value)


def test_an_index_says_what_it_counts_and_what_it_leaves_out() -> None:
    for group in GROUPS:
        for index in group.indices:
            assert str(index.label) and str(index.definition) and str(index.base), index.code
            assert str(index.left_out)
    assert len(INDICES) == sum(len(group.indices) for group in GROUPS)
    assert set(FOR_CUSTOMERS) <= set(INDICES)


def test_mean_median_and_nine_of_ten_of_days() -> None:
    days = {1: 1, 2: 1, 4: 1, 9: 1}
    assert (mean_of(days).value, median_of(days).value, percentile_of(days, 90).value) == (
        D("4.0"), D("3.0"), D(9),
    )  # fmt: skip
    assert median_of({3: 5}).value == D("3.0") and median_of({}, 4).left_out == 4


@given(SPREADS)
def test_a_spread_gives_the_same_as_the_list_of_its_days(spread: dict[int, int]) -> None:
    listed = [D(days) for days, count in spread.items() for _each in range(count)]
    assert median_of(spread).value == median(listed)
    assert percentile_of(spread, 90).value == percentile(listed, 90)
    mean = mean_of(spread).value
    assert mean is not None and abs(mean - sum(listed) / len(listed)) <= D("0.05")


@given(SPREADS, SPREADS)
def test_months_add_up_to_what_both_together_would_be(
    one: dict[int, int], two: dict[int, int]
) -> None:
    parts = []
    for spread in (one, two):
        part = facts(delivered=sum(spread.values()))
        for days, number in spread.items():
            part.spread(Spread.CYCLE, days, number)
        parts.append(part)
    whole = added(parts)
    assert median_of(whole.days_of(Spread.CYCLE)) == median_of(Counter(one) + Counter(two))
    assert whole.of(Count.DELIVERED) == sum(one.values()) + sum(two.values())


def test_units_are_never_added_to_each_other() -> None:
    found = facts(fill_base=3)
    found.units("40HQ", D(10), D(9))
    found.units("KGM", D(1000), D(1000))
    assert [(unit, figure.value) for unit, figure in fill_by_unit(found)] == [
        ("40HQ", D("90.00")), ("KGM", D("100.00")),
    ]  # fmt: skip
    assert INDICES["fill"].figure(found).value is None


def test_days_in_the_wrong_order_or_unknown_are_left_out() -> None:
    assert days_between(DAY, DAY) == 0 and days_between(DAY, date(2026, 2, 12)) == 2
    assert days_between(DAY, date(2026, 2, 9)) is None and days_between(None, DAY) is None


def test_rates_of_nothing_are_none() -> None:
    assert share(0, 0, 5).value is None and share(0, 0, 5).left_out == 5
    assert per_ten_thousand(3, 0).value is None and per_week(3, 0).value is None
