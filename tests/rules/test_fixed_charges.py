"""Fees by the month and year, shortfalls of what was committed, settled overage (E2, E5, W7, W9)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.billing.rules.charging import LinePrice
from portal.billing.rules.fixed import (
    Commitment,
    FeeLine,
    OverDraw,
    fee_units,
    fees,
    real_overage,
    shortfall,
    spans,
    true_up,
)
from portal.billing.rules.kinds import Once
from portal.catalogue.rules.storage import MonthDays, PartMonth
from portal.contracts.rules.kinds import Allowance
from tests.rules.bills import line_price, told
from tests.rules.prices import D, band, bands, per

YEAR_END = date(2026, 12, 31)


def on(month: int, day: int, year: int = 2026) -> date:
    return date(year, month, day)


def monthly(rate: str = "900", **more) -> LinePrice:
    return line_price(per("MON", rate), unit="MON", **more)


def fee(start: date, end: date, rate: str = "900", **more) -> FeeLine:
    return FeeLine(monthly(rate), start, end, **more)


def amounts(chain: list[FeeLine], until: date, done: tuple[date, ...] = ()) -> list[str]:
    return [str(each.charged.amount) for each in fees(chain, 8, until, done)]


def test_a_contract_from_the_16th_of_april_pays_half_of_aprils_fee():
    (april,) = fees([fee(on(4, 16), YEAR_END)], 8, on(4, 30))
    assert (april.charged.amount, april.charged.quantity) == (D("450.00"), D("0.5"))
    assert told(april.charged)[-1] == "15 of 30 days: 450.00"
    assert (april.starts_on, april.ends_on) == (on(4, 16), on(4, 30))


def test_a_part_month_in_full_where_the_line_says_so():
    assert amounts([fee(on(4, 16), YEAR_END, part_month=PartMonth.FULL)], on(4, 30)) == ["900.00"]


@pytest.mark.parametrize(
    ("days", "amount"), [(MonthDays.REAL, "435.48"), (MonthDays.THIRTY, "450.00")]
)
def test_a_part_month_by_its_real_days_or_by_thirty(days, amount):
    assert amounts([fee(on(3, 1), on(3, 15), month_days=days)], on(3, 31)) == [amount]


def test_whole_months_are_whole_in_february_and_in_march():
    assert amounts([fee(on(2, 1), YEAR_END)], on(3, 31)) == ["900.00", "900.00"]


def test_a_month_is_billed_with_its_last_day_and_not_before():
    chain = [fee(on(1, 1), YEAR_END)]
    assert amounts(chain, on(1, 30)) == []
    assert amounts(chain, on(1, 31)) == ["900.00"]


def test_the_last_month_of_a_contract_is_billed_with_its_last_day():
    assert amounts([fee(on(1, 1), on(1, 10))], on(1, 15)) == ["290.32"]


def test_a_month_that_was_billed_is_not_billed_again_and_a_missed_one_is():
    chain = [fee(on(1, 1), YEAR_END)]
    found = fees(chain, 8, on(3, 31), {on(1, 1), on(3, 1)})
    assert [each.starts_on for each in found] == [on(2, 1)]


def test_each_month_has_one_mark_on_its_first_day():
    found = fees([fee(on(1, 16), YEAR_END)], 8, on(2, 28))
    assert [each.once for each in found] == [
        ((Once.FEE, 8, on(1, 1)),),
        ((Once.FEE, 8, on(2, 1)),),
    ]


def test_a_price_that_changes_inside_a_month_is_charged_for_its_own_days():
    chain = [fee(on(1, 1), on(4, 10)), fee(on(4, 11), YEAR_END, "1200")]
    april = fees(chain, 8, on(4, 30), {on(1, 1), on(2, 1), on(3, 1)})
    assert [str(each.charged.amount) for each in april] == ["300.00", "800.00"]
    assert [len(each.once) for each in april] == [1, 0]


@given(st.integers(2, 30), st.sampled_from(PartMonth), st.sampled_from(MonthDays))
def test_the_parts_of_a_whole_month_at_one_price_are_the_whole_fee(day, part, days):
    more = {"part_month": part, "month_days": days}
    chain = [fee(on(1, 1), on(3, day - 1), **more), fee(on(3, day), YEAR_END, **more)]
    parts = fees(chain, 8, on(3, 31), {on(1, 1), on(2, 1)})
    assert abs(sum(each.charged.amount for each in parts) - 900) <= D("0.01")


@given(st.dates(on(1, 1), on(6, 30)), st.dates(on(7, 1), YEAR_END))
def test_billing_month_by_month_bills_what_billing_at_once_does(start, end):
    chain = [fee(start, end)]
    done: set[date] = set()
    for month in range(1, 13):
        for each in fees(chain, 8, date(2026, month, 28), done):
            done |= {day for _, _, day in each.once}
    last = fees(chain, 8, YEAR_END, done)
    marks = [each.once[0][2] for each in fees(chain, 8, YEAR_END)]
    assert sorted([*done, *(each.once[0][2] for each in last)]) == marks


def test_a_discount_and_several_units_a_month():
    line = FeeLine(monthly(discount_percent=D(10)), on(1, 1), YEAR_END, units=D(3))
    (found,) = fees([line], 8, on(1, 31))
    assert (found.charged.amount, found.charged.quantity) == (D("2430.00"), D(3))


def yearly(start: date, end: date, rate: str = "12000") -> FeeLine:
    return FeeLine(line_price(per("ANN", rate), unit="ANN"), start, end)


def test_a_years_fee_is_billed_with_its_first_day():
    chain = [yearly(on(3, 16), on(3, 15, 2028))]
    assert amounts(chain, on(3, 15)) == []
    assert amounts(chain, on(3, 16)) == ["12000.00"]
    assert amounts(chain, on(3, 16, 2027)) == ["12000.00", "12000.00"]


def test_a_short_last_year_is_charged_by_days():
    (first, last) = fees([yearly(on(1, 1), on(1, 31, 2027))], 8, on(1, 31, 2027))
    assert (str(last.charged.amount), last.ends_on) == ("1019.18", on(1, 31, 2027))
    assert first.ends_on == YEAR_END and told(last.charged)[-1] == "31 of 365 days: 1,019.18"


def test_a_years_fee_has_the_price_of_its_first_day():
    chain = [yearly(on(1, 1), on(6, 30)), yearly(on(7, 1), on(12, 31, 2027), "15000")]
    assert amounts(chain, on(1, 1, 2027)) == ["12000.00", "15000.00"]


def test_a_line_without_days_has_no_fees():
    assert fees([], 8, YEAR_END) == []


@dataclass
class Chained:
    from_on: date
    until_on: date
    is_end: bool = False
    id: int = 1
    root_id: int | None = None


def test_a_line_counts_until_the_next_one_begins_or_the_contract_ends():
    first = Chained(on(1, 1), YEAR_END)
    second, ended = Chained(on(4, 1), YEAR_END), Chained(on(9, 1), YEAR_END, is_end=True)
    assert spans([first, second, ended], on(10, 31)) == [
        (first, on(1, 1), on(3, 31)),
        (second, on(4, 1), on(8, 31)),
    ]
    assert spans([first, second], on(6, 15))[1:] == [(second, on(4, 1), on(6, 15))]
    assert spans([first, second], on(2, 28)) == [(first, on(1, 1), on(2, 28))]


@pytest.mark.parametrize(
    ("unit", "quantity", "allowance", "units"),
    [
        ("MON", "3", Allowance.MONTH, 3),
        ("MON", "12", Allowance.CONTRACT, 1),
        ("MON", None, Allowance.MONTH, 1),
        ("ANN", "2", Allowance.YEAR, 2),
        ("ANN", "2", Allowance.MONTH, 1),
    ],
)
def test_how_many_fees_fall_due_each_time(unit, quantity, allowance, units):
    assert fee_units(unit, None if quantity is None else D(quantity), allowance) == units


def commitment(committed: str, used: str, **more) -> Commitment:
    return Commitment(5, line_price(), on(3, 1), on(3, 31), D(committed), D(used), **more)


def test_what_was_committed_and_not_used_is_charged_at_the_lines_price():
    found = shortfall(commitment("100", "62.5"), on(3, 31))
    assert (found.charged.amount, found.charged.quantity) == (D("75.00"), D("37.5"))
    assert found.once == ((Once.SHORTFALL, 5, on(3, 1)),)
    assert told(found.charged)[0] == "Committed 100 kg, used 62.5: 37.5 not used"


def test_a_shortfall_waits_for_the_end_of_its_period():
    assert shortfall(commitment("100", "0"), on(3, 30)) is None


@pytest.mark.parametrize("used", ["100", "120"])
def test_nothing_is_missing_where_everything_was_used(used):
    assert shortfall(commitment("100", used), on(3, 31)) is None


def test_a_period_that_was_cut_short_commits_to_its_days():
    found = shortfall(commitment("310", "50", in_force_until=on(3, 10)), on(3, 31))
    assert (found.charged.quantity, found.ends_on) == (D(50), on(3, 10))
    assert told(found.charged)[0] == "In force on 10 of 31 days: committed 100 of 310"


def test_a_cut_period_is_charged_as_soon_as_it_is_over():
    cut = commitment("310", "50", in_force_until=on(3, 10))
    assert shortfall(cut, on(3, 9)) is None
    assert shortfall(cut, on(3, 10)).charged.amount == D("100.00")


def test_a_contract_that_ended_before_the_period_commits_to_nothing():
    assert shortfall(commitment("310", "0", in_force_until=on(2, 28)), on(3, 31)) is None


@given(st.decimals("0.01", 5000, places=2), st.decimals(0, 5000, places=2))
def test_used_and_missing_are_never_more_than_committed(committed, used):
    found = shortfall(commitment(str(committed), str(used)), on(3, 31))
    missing = D(0) if found is None else found.charged.quantity
    assert missing == max(committed - used, 0)


OVER = line_price(overage_terms=per("CHW", "3.00"))


def settled(real: str, *quantities: str, until: date = date(2026, 3, 31), price=OVER):
    draws = [OverDraw(D(each), price) for each in quantities]
    return true_up(5, on(3, 1), on(3, 31), D(real), draws, until)


def test_overage_that_turned_out_to_be_none_is_given_back():
    found = settled("0", "20")
    assert (found.charged.amount, found.charged.quantity) == (D("-20.00"), D(-20))
    assert found.once == ((Once.TRUE_UP, 5, on(3, 1)),)
    assert told(found.charged) == [
        "20 kg were billed as overage for 60.00 and were none: 40.00 is due",
    ]


def test_the_latest_overage_is_the_one_that_was_none():
    dearer = line_price(overage_terms=per("CHW", "5.00"))
    draws = [OverDraw(D(5), OVER), OverDraw(D(10), dearer)]
    found = true_up(5, on(3, 1), on(3, 31), D(8), draws, on(3, 31))
    assert found.charged.amount == D(7) * (D(2) - D(5))


def test_real_overage_is_left_alone():
    assert settled("15", "5", "10") is None


def test_overage_at_the_same_price_gives_nothing_back():
    assert settled("0", "20", price=line_price()) is None


def test_the_settlement_waits_for_the_end_of_the_period():
    assert settled("0", "20", until=on(3, 30)) is None


def test_a_part_of_a_draw_is_priced_alone_in_both_prices():
    tiers = bands("CHW", band("0", "10", "5.00"), band("10", None, "3.00"))
    found = settled("5", "20", price=line_price(overage_terms=tiers))
    assert found.charged.amount == (D(25) + D(30)) - D(60)


def test_real_overage_is_what_goes_beyond_after_all_reversals():
    assert real_overage(D(100), D(105)) == 5
    assert real_overage(D(100), D(80)) == 0
