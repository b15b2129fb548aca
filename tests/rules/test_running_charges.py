"""The running charges of an open month: what is certain, and what the month may come to."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.billing.rules.kinds import LineKind
from portal.billing.rules.line_draft import LineDraft
from portal.billing.rules.running import Basis, Running, project
from portal.kernel.period import Period
from tests.rules.bills import any_line, line
from tests.rules.prices import D
from tests.rules.stocks import MARCH

TENTH = 10


def usage(amount: str, day: int = 5, **more) -> LineDraft:
    on = date(2026, 3, day)
    return line(amount, starts_on=on, ends_on=on, **{"name_zh": "空运", **more})


def whole_month(amount: str, kind: LineKind, until: int = 31, **more) -> LineDraft:
    days = {"starts_on": date(2026, 3, 1), "ends_on": date(2026, 3, until)}
    return line(amount, kind=kind, name_zh=kind.value, **days, **more)


def march(so_far: list[LineDraft], by_end: list[LineDraft], days: int = TENTH) -> Running:
    return project(so_far, by_end, MARCH, days, "CNY")


def test_usage_goes_on_at_its_pace():
    lines = [usage("100"), usage("55", 9)]
    (row,) = march(lines, lines).rows
    assert (row.basis, row.so_far, row.by_end) == (Basis.PACE, D("155.00"), D("480.50"))


@pytest.mark.parametrize(("days", "basis"), [(2, Basis.TOO_EARLY), (3, Basis.PACE)])
def test_two_days_say_nothing_about_a_month(days, basis):
    found = march([usage("100", 1)], [usage("100", 1)], days)
    assert found.rows[0].basis is basis
    assert found.is_projected is (basis is Basis.PACE)


def test_storage_is_what_it_will_be_if_the_stock_stays():
    so_far = [whole_month("100", LineKind.STORAGE, until=10)]
    (row,) = march(so_far, [whole_month("310", LineKind.STORAGE)]).rows
    assert (row.basis, row.so_far, row.by_end) == (Basis.STOCK, D("100.00"), D("310.00"))


def test_a_fee_is_whole_and_certain_before_it_is_due():
    found = march([], [whole_month("900", LineKind.FEE)])
    assert (found.rows[0].basis, found.rows[0].by_end) == (Basis.FEE, D("900.00"))
    assert (found.so_far, found.certain, found.is_projected) == (0, D("900.00"), False)


def test_late_usage_and_credits_are_what_they_are():
    late = replace(
        usage("60"), starts_on=date(2026, 2, 27), ends_on=date(2026, 2, 27), is_late=True
    )
    credit = usage("-20", kind=LineKind.CREDIT)
    found = march([late, credit], [late, credit])
    assert [(row.basis, row.by_end) for row in found.rows] == [
        (Basis.CERTAIN, D("60.00")),
        (Basis.CERTAIN, D("-20.00")),
    ]


def test_late_usage_does_not_quicken_the_pace_of_its_service():
    late = replace(
        usage("60"), starts_on=date(2026, 2, 27), ends_on=date(2026, 2, 27), is_late=True
    )
    lines = [usage("100"), late]
    assert march(lines, lines).by_end == D("310.00") + D("60.00")


def test_storage_days_of_an_earlier_month_are_certain():
    earlier = replace(whole_month("50", LineKind.STORAGE), starts_on=date(2026, 2, 1))
    earlier = replace(earlier, ends_on=date(2026, 2, 28))
    assert march([earlier], [earlier]).rows[0].basis is Basis.CERTAIN


def test_the_difference_to_a_minimum_may_still_shrink_and_is_certain_only_as_far_as_it_stays():
    so_far = [whole_month("290", LineKind.STORAGE_MINIMUM, until=10)]
    by_end = [whole_month("40", LineKind.STORAGE_MINIMUM)]
    assert march(so_far, by_end).certain == D("40.00")


def test_usage_that_is_recorded_ahead_is_at_least_billed():
    found = march([usage("10")], [usage("10"), usage("500", 20)])
    assert found.by_end == D("510.00")


def test_a_commitment_is_charged_only_as_far_as_usage_will_not_have_taken_it():
    lines = [usage("100", item_id=1), whole_month("500", LineKind.SHORTFALL, item_id=1)]
    found = march(lines, lines)
    shown = [(row.basis, row.so_far, row.by_end) for row in found.rows]
    assert shown == [(Basis.PACE, 100, 310), (Basis.COMMITTED, 0, 290)]
    assert (found.so_far, found.by_end, found.certain) == (100, 600, 100)


def test_usage_takes_away_no_more_than_the_commitment_of_its_own_service():
    lines = [
        usage("1000", item_id=1),
        whole_month("500", LineKind.SHORTFALL, item_id=1),
        whole_month("70", LineKind.SHORTFALL, item_id=2),
    ]
    assert [row.by_end for row in march(lines, lines).rows] == [3100, 0, 70]


def test_a_commitment_whose_period_is_over_is_certain():
    lines = [whole_month("500", LineKind.SHORTFALL, until=TENTH)]
    found = march(lines, lines)
    assert (found.rows[0].basis, found.so_far, found.certain) == (Basis.CERTAIN, 500, 500)


def test_a_commitment_that_is_over_and_one_that_is_not_are_told_apart():
    lines = [
        whole_month("5", LineKind.SHORTFALL, until=TENTH),
        whole_month("7", LineKind.SHORTFALL),
    ]
    assert [row.basis for row in march(lines, lines).rows] == [Basis.CERTAIN, Basis.COMMITTED]


def test_on_the_last_day_everything_is_certain():
    lines = [usage("100"), whole_month("310", LineKind.STORAGE)]
    found = march(lines, lines, days=31)
    assert (found.by_end, found.certain, found.is_projected) == (D("410.00"), D("410.00"), False)


def test_two_services_have_their_own_pace():
    lines = [usage("10", item_id=1), usage("20", item_id=2)]
    assert [row.by_end for row in march(lines, lines).rows] == [D("31.00"), D("62.00")]


@given(st.lists(any_line(), max_size=8), st.integers(1, 31))
def test_so_far_is_what_the_lines_add_up_to(lines, days):
    found = project(lines, lines, Period(date(2026, 3, 1), date(2026, 3, 31)), days, "CNY")
    open_ = [x for x in found.rows if x.basis is Basis.COMMITTED]
    due = [each for each in lines if days == 31 or each.kind not in ("shortfall", "true_up")]
    assert found.so_far == sum((each.gross_amount for each in due), Decimal(0))
    assert all(row.so_far == 0 and row.is_projected for row in open_)


@given(st.lists(any_line(), max_size=8))
def test_a_month_that_is_over_projects_nothing(lines):
    found = project(lines, lines, MARCH, 31, "CNY")
    assert found.by_end == found.certain == found.so_far
