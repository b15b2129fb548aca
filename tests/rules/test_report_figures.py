"""Figures of reports: months, shares, days, what was paid of what; worked out by hand."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.catalogue.rules.exchange import ExchangeRate
from portal.catalogue.rules.margin import CostComponent, CostKind
from portal.receivables.rules.commission import Billed, Part, Quoted, added, paid_parts, part_of
from portal.receivables.rules.report_figures import (
    billing_accuracy,
    change,
    days_sales_outstanding,
    median,
    percent,
    percentile,
)
from portal.receivables.rules.report_months import Months, asked_months, moved

D = Decimal
TODAY = date(2026, 3, 2)
BASE, REBATE = CostKind.BASE, CostKind.REBATE
YEN = ExchangeRate("JPY", "CNY", date(2026, 2, 1), D("0.05"))


def billed(**more: object) -> Billed:
    values = {
        "currency": "CNY",
        "line_currency": "CNY",
        "rate": None,
        "quantity": D(10),
        "unit": "XPX",
    }
    return Billed(**{**values, "net": D(1000), "gross": D(1060), **more})  # type: ignore[arg-type]


def quoted(*components: CostComponent, unit: str = "XPX", quantity: str = "5") -> Quoted:
    return Quoted(unit, D(quantity), components)


def months(first: str, last: str) -> Months:
    return asked_months(first, last, TODAY)


def test_without_an_answer_the_month_that_ended_last_is_meant():
    assert months("", "") == Months(date(2026, 2, 1), date(2026, 2, 1))


def test_months_come_in_either_order_and_one_alone_is_enough():
    assert months("2026-02", "2025-11") == Months(date(2025, 11, 1), date(2026, 2, 1))
    assert (
        months("2025-11", "")
        == months("", "2025-11")
        == Months(date(2025, 11, 1), date(2025, 11, 1))
    )


def test_the_months_before_are_as_many_and_end_right_before():
    found = months("2026-01", "2026-03")
    assert found.before == Months(date(2025, 10, 1), date(2025, 12, 1))
    assert (found.count, found.days, found.ends_on) == (3, 90, date(2026, 3, 31))


def test_a_report_covers_three_years_at_most():
    assert months("1999-01", "2026-02") == Months(date(2023, 3, 1), date(2026, 2, 1))


@pytest.mark.parametrize("wrong", ["2026-13", "x", "2026-02-01", "0001-01", "9999-12", "2026"])
def test_what_is_no_month_is_left_out(wrong: str):
    assert months(wrong, wrong) == months("", "")


@given(st.dates(date(1990, 1, 1), date(2090, 1, 1)), st.integers(-300, 300))
def test_moving_there_and_back_is_where_one_was(day: date, count: int):
    first = day.replace(day=1)
    assert moved(moved(first, count), -count) == first


def test_what_nothing_divides_has_no_figure():
    assert percent(1, 0) is None and change(D(1), D(0)) is None
    assert billing_accuracy(0, 0) is None and median([]) is None and percentile([], 90) is None
    assert days_sales_outstanding(D(5), D(0), 30) is None


def test_billing_accuracy_is_lines_not_disputed_of_all_lines():
    assert billing_accuracy(2, 50) == D("96.00")
    assert billing_accuracy(1, 3) == D("66.67")


def test_days_sales_outstanding_is_what_is_owed_of_what_was_sold_times_days():
    assert days_sales_outstanding(D(45_000), D(90_000), 90) == D("45.0")


def test_more_out_of_a_loss_is_an_increase():
    assert change(D(50), D(-100)) == D("150.0")
    assert change(D(75), D(100)) == D("-25.0")


def test_the_median_and_the_ninetieth_percentile_are_those_of_the_book():
    ten = [D(n) for n in (10, 2, 3, 4, 5, 6, 7, 8, 9, 1)]
    assert median(ten) == D("5.5") and percentile(ten, 90) == 9
    assert median(ten[:3]) == 3 and percentile(ten[:3], 90) == 10
    assert percentile([D(4)], 90) == 4


def test_a_rebate_lowers_the_cost():
    parts = CostComponent(BASE, "CNY", per_unit=D(60)), CostComponent(REBATE, "CNY", per_unit=D(5))
    found = part_of(billed(), quoted(*parts))
    assert (found.cost, found.margin, found.unknown_net) == (D(550), D(450), D(0))


def test_an_amount_for_what_was_quoted_counts_in_proportion():
    assert part_of(billed(), quoted(CostComponent(BASE, "CNY", flat=D(100)))).cost == D(200)


def test_a_cost_in_the_prices_currency_takes_the_lines_own_rate():
    cost = quoted(CostComponent(BASE, "JPY", per_unit=D(1200)))
    assert part_of(billed(line_currency="JPY", rate=YEN), cost).cost == D(600)


@pytest.mark.parametrize(
    "cost",
    [
        None,
        quoted(),
        quoted(CostComponent(BASE, "CNY", per_unit=D(1)), unit="KGM"),
        quoted(CostComponent(BASE, "USD", per_unit=D(1))),
        quoted(CostComponent(BASE, "CNY", flat=D(1)), quantity="0"),
    ],
)
def test_a_cost_that_nobody_knows_is_not_nothing(cost: Quoted | None):
    found = part_of(billed(), cost)
    assert (found.known_net, found.unknown_net, found.margin) == (D(0), D(1000), D(0))


def test_what_is_no_service_costs_nothing():
    assert part_of(billed(is_service=False, net=D(-100), gross=D(-106)), None).margin == D(-100)


def test_a_third_paid_is_a_third_of_each_part_and_the_cents_add_up():
    parts = [Part(D(50), D("47.17")), Part(D(50), D("47.17"))]
    first = paid_parts(parts, D(0), D("33.33"), D(100), "CNY")
    assert [each.gross for each in first] == [D("16.67"), D("16.66")]
    assert added(first).net == D("31.44")


PARTS = st.lists(st.tuples(st.integers(-500, 9_000), st.integers(0, 900)), min_size=1, max_size=5)


@given(PARTS, st.lists(st.integers(1, 4_000), min_size=1, max_size=6))
def test_paid_in_parts_everybody_gets_all_of_it_in_the_end(sums, payments):
    parts = [Part(D(net + tax) / 100, D(net) / 100) for net, tax in sums]
    whole = added(parts).gross
    if whole <= 0:
        return
    steps, reached = [D(0)], D(0)
    for payment in payments:
        reached = min(reached + D(payment) / 100, whole)
        steps.append(reached)
    steps.append(whole)
    totals = [Part() for _each in parts]
    for before, until in pairwise(steps):
        shares = paid_parts(parts, before, until, whole, "CNY")
        assert added(shares).gross == until - before
        totals = [one + two for one, two in zip(totals, shares, strict=True)]
    assert totals == parts


def test_more_than_everything_is_never_paid():
    """A later revision made the statement smaller than what was paid for it already."""
    (share,) = paid_parts([Part(D(90), D(80))], D(0), D(100), D(90), "CNY")
    assert (share.gross, share.net) == (D(90), D(80))
