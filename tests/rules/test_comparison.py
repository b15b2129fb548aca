"""Months against months, and the weekly letter, on plain values (REQUIREMENTS I2)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.home.rules import Waiting, in_order
from portal.insights.rules.comparison import (
    Against,
    Course,
    Pair,
    compared_with,
    gone_or_down,
    grown,
    pairs,
)
from portal.insights.rules.digest import KINDS, Told, notable, reported, told_from, week_of
from portal.kernel.text import t
from portal.receivables.rules.report_months import Months
from portal.web.spark import spark_of

D = Decimal
SUMS = st.dictionaries(st.integers(1, 9), st.integers(-500, 5000).map(Decimal))


@pytest.mark.parametrize(("now", "before", "course"), [
    ("100", "0", Course.NEW), ("0", "0", Course.SAME), ("0", "100", Course.GONE), ("101", "100", Course.UP),
    ("100", "100", Course.SAME), ("70", "100", Course.SAME), ("69.99", "100", Course.DOWN), ("-5", "10", Course.GONE),
])  # fmt: skip
def test_a_customer_is_down_from_over_thirty_percent_less_on(
    now: str, before: str, course: Course
) -> None:
    assert Pair("x", D(now), D(before)).course is course


def test_a_quarter_is_compared_with_the_one_before_or_that_of_last_year() -> None:
    quarter = Months(date(2026, 1, 1), date(2026, 3, 1))
    before = Months(date(2025, 10, 1), date(2025, 12, 1))
    assert compared_with(quarter, Against.BEFORE) == before
    assert compared_with(quarter, Against.YEAR) == Months(date(2025, 1, 1), date(2025, 3, 1))


@given(SUMS, SUMS)
def test_rows_add_up_to_both_wholes(now: dict[int, Decimal], before: dict[int, Decimal]) -> None:
    found = pairs(now, before)
    assert sum(each.now for each in found) == sum(now.values())
    assert sum(each.before for each in found) == sum(before.values())
    assert len(found) == len({*now, *before})


@given(SUMS, SUMS)
def test_nobody_grows_and_goes_at_once(now: dict[int, Decimal], before: dict[int, Decimal]) -> None:
    found = pairs(now, before)
    more, less = grown(found), gone_or_down(found)
    assert not {each.key for each in more} & {each.key for each in less}
    assert [each.difference for each in more] == sorted(
        (each.difference for each in more), reverse=True
    )
    assert [each.difference for each in less] == sorted(each.difference for each in less)


def test_a_figure_of_nothing_before_has_no_percent() -> None:
    assert Pair("x", D(5), D(0)).percent is None and Pair("x", D(5), D(4)).percent == D("25.0")


def test_what_changed_by_a_quarter_is_told_the_bad_first_and_small_counts_are_not() -> None:
    figures = [
        Told("orders", D(40), D(20)), Told("complaints", D(9), D(6)), Told("lost", D(3), D(1)),
        Told("delivered", D(24), D(20)), Told("requests", D(90), D(10)), Told("paid", D(100), D(400), "CNY"),
    ]  # fmt: skip
    assert [each.code for each in notable(figures)] == ["paid", "complaints", "orders"]


def test_a_letter_tells_of_the_week_before_its_monday() -> None:
    assert week_of(date(2026, 3, 8)) == date(2026, 3, 2) == week_of(date(2026, 3, 2))
    assert reported(date(2026, 3, 2)) == (date(2026, 2, 23), date(2026, 3, 1))


def test_figures_come_back_from_json_exactly_and_unknown_ones_are_left_out() -> None:
    figures = [Told("on_time", D("87.50"), None), Told("paid", D("0.010"), D(3), "USD")]
    kept = [each.to_json() for each in figures]
    assert told_from([*kept, {"code": "beauty", "now": "1"}]) == figures
    assert all(str(kind.label) for kind in KINDS.values())


def test_what_is_late_comes_first_and_alike_things_keep_their_order() -> None:
    tones = ["info", "bad", "good", "warn", "bad"]
    found = [Waiting("x", tone, t("a"), f"{at}", None, t("b")) for at, tone in enumerate(tones)]
    assert [each.note for each in in_order(found)] == ["1", "4", "3", "0", "2"]


def test_a_year_with_a_gap_is_drawn_in_two_strokes() -> None:
    drawn = spark_of([D(1), D(3), None, D(2), D(2), None])
    assert drawn is not None and len(drawn.strokes) == 2 and drawn.last is None
    assert spark_of([D(1), None, D(2)]) is None
    lonely = spark_of([D(1), None, D(2), None, D(2)])
    assert lonely is not None and len(lonely.dots) == 3 and lonely.last == lonely.dots[-1]
