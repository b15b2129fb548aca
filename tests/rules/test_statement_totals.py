"""What a statement adds up to, by section, service, tax, currency and statistical unit (F2, C4)."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from portal.billing.rules.kinds import LineKind
from portal.billing.rules.states import LineState
from portal.billing.rules.totals import (
    Answered,
    CurrencySums,
    Sums,
    answered,
    statement_totals,
    sums_by,
    sums_of,
)
from tests.rules.bills import EXEMPT, any_line, cents, g8, line
from tests.rules.prices import D


def test_g8_by_currency_as_charged_and_as_converted():
    assert statement_totals(g8()).by_currency == (
        CurrencySums("USD", 2, D("3885.00"), D("27596.71")),
        CurrencySums("CNY", 4, D("5775.60"), D("5775.60")),
    )


def test_g8_in_all():
    assert statement_totals(g8()).all == Sums(6, D("33068.47"), D("416.38"), D("33484.85"))


def test_sections_are_the_branches_that_were_served():
    lines = [line("10", served_id=2), line("20", served_id=5), line("30", served_id=2)]
    sums = statement_totals(lines).by_served
    assert {branch: (each.lines, each.gross) for branch, each in sums.items()} == {
        2: (2, D("40.00")),
        5: (1, D("20.00")),
    }


def test_services_are_summed_by_item_and_other_lines_by_what_they_are():
    lines = [line("10", item_id=4), line("5", item_id=4), line("-3", kind=LineKind.CREDIT)]
    sums = statement_totals(lines).by_item
    assert {key: each.gross for key, each in sums.items()} == {
        ("", 4): D("15.00"),
        ("credit", None): D("-3.00"),
    }


def test_statistics_add_main_units_and_nothing_without_one():
    lines = [
        line("1", main_unit="TEU", stat_quantity=D(2)),
        line("1", main_unit="TEU", stat_quantity=D("2.25")),
        line("1", main_unit="MTQ.DAY", stat_quantity=D("413.76")),
        line("1", stat_quantity=D(9)),
    ]
    assert statement_totals(lines).statistics == {"TEU": D("4.25"), "MTQ.DAY": D("413.76")}


def test_exempt_and_nought_percent_are_apart():
    sums = statement_totals([line("1", EXEMPT), line("1")]).by_tax
    assert [str(each.label) for each in sums] == ["Tax exempt", "6%"]


def test_answers_are_summed_and_a_decided_dispute_is_agreed():
    said = [
        (LineState.CONFIRMED.value, D(100)),
        (LineState.UPHELD.value, D(20)),
        (LineState.ADJUSTED.value, D(30)),
        (LineState.DISPUTED.value, D(7)),
        (LineState.OPEN.value, D(5)),
    ]
    assert answered(said) == Answered(confirmed=D(150), disputed=D(7), open=D(5))


@given(st.lists(st.tuples(st.sampled_from(LineState), cents()), max_size=12))
def test_the_answers_together_are_the_whole(said):
    sums = answered([(state.value, gross) for state, gross in said])
    whole = sum((gross for _, gross in said), Decimal(0))
    assert sums.confirmed + sums.disputed + sums.open == whole


@given(st.lists(any_line(), max_size=12))
def test_every_way_of_summing_comes_to_the_same(lines):
    totals = statement_totals(lines)
    ways = [totals.by_served.values(), totals.by_item.values(), [x.sums for x in totals.by_tax]]
    for way in ways:
        assert sum((each.gross for each in way), Decimal(0)) == totals.all.gross
        assert sum(each.lines for each in way) == len(lines)
    converted = sum((each.converted for each in totals.by_currency), Decimal(0))
    assert converted == sum((each.converted for each in lines), Decimal(0))


@given(st.lists(any_line(), max_size=8))
def test_a_category_of_services_is_any_word_for_a_line(lines):
    sums = sums_by(lines, lambda each: each.reference[:1])
    assert sum((each.gross for each in sums.values()), Decimal(0)) == sums_of(lines).gross


def test_nothing_adds_up_to_nothing():
    assert statement_totals([]).all == Sums()
