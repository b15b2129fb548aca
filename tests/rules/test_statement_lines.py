"""Statement lines: converted one by one, then taxed (golden G8); exact negatives (R5); storage days billed once."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.billing.rules.kinds import LineKind, Once, Part
from portal.billing.rules.line_draft import LineDraft, Settling, Subject
from portal.billing.rules.line_units import line_unit_word
from portal.billing.rules.statement_lines import (
    billed,
    in_order,
    negative_of,
    storage_lines,
    usage_line,
)
from portal.billing.rules.storage import StorageCharge, storage_charges
from portal.billing.rules.totals import by_tax
from portal.billing.rules.working_words import sentences
from portal.catalogue.rules.exchange import ExchangeRate
from portal.catalogue.rules.storage import AgeTier, Method
from portal.catalogue.rules.tax import TaxKind, TaxTerms
from portal.kernel.capitals import capital_amount
from portal.kernel.errors import Invalid
from portal.kernel.period import Period
from tests.rules.bills import (
    DAY,
    DOLLAR,
    SIX_IN,
    SIX_ON_TOP,
    TAXES,
    any_line,
    cents,
    charged,
    drawn,
    g8,
    line,
    line_price,
    told,
)
from tests.rules.prices import D, per
from tests.rules.stocks import MARCH, by, daily, golden, golden_opening, moved, on

STORAGE = Subject(
    LineKind.STORAGE, 1, "仓储费", DAY, DAY, contract_line_id=9, item_id=4, main_unit="MTQ.DAY"
)


def storage(charges: list[StorageCharge]) -> list[LineDraft]:
    return storage_lines(charges, STORAGE, Settling("CNY", SIX_ON_TOP), root_id=8)


def test_g8_converts_each_line_on_its_own_and_then_taxes_it():
    assert [(x.converted, x.net_amount, x.tax_amount, x.gross_amount) for x in g8()] == [
        (D("27348.09"), D("27348.09"), D("0.00"), D("27348.09")),
        (D("3200.00"), D("2935.78"), D("264.22"), D("3200.00")),
        (D("250.00"), D("235.85"), D("14.15"), D("250.00")),
        (D("1875.60"), D("1875.60"), D("112.54"), D("1988.14")),
        (D("450.00"), D("424.53"), D("25.47"), D("450.00")),
        (D("248.62"), D("248.62"), D("0.00"), D("248.62")),
    ]


def test_g8_adds_up_and_is_written_in_capitals():
    gross = sum((each.gross_amount for each in g8()), Decimal(0))
    assert sum(each.net_amount for each in g8()) == D("33068.47")
    assert sum(each.tax_amount for each in g8()) == D("416.38")
    assert gross == D("33484.85")
    assert capital_amount(gross) == "人民币叁万叁仟肆佰捌拾肆元捌角伍分"


def test_g8_sums_by_rate():
    assert [(str(x.label), x.sums.net, x.sums.tax) for x in by_tax(g8())] == [
        ("Tax exempt", D("27596.71"), D("0.00")),
        ("9%", D("2935.78"), D("264.22")),
        ("6%", D("2535.98"), D("152.16")),
    ]


def test_a_converted_line_keeps_its_own_currency_and_the_rate_with_its_day_and_source():
    first = g8()[0]
    assert (first.line_currency, first.amount) == ("USD", D("3850.00"))
    assert (first.exchange_rate, first.rate_on, first.rate_source) == (D("7.1034"), DAY, "BOC")
    assert told(first)[-2:] == [
        "USD 3,850.00 × 7.1034 (2026-03-31) = CNY 27,348.09",
        "Tax exempt: 27,348.09",
    ]


def test_a_line_in_the_statements_currency_names_no_rate_even_where_one_is_given():
    subject = Subject(LineKind.USAGE, 1, "费用", DAY, DAY)
    found = billed(subject, charged("10"), Settling("CNY", SIX_IN, "", DOLLAR))
    assert (found.exchange_rate, found.rate_on, found.rate_source) == (None, None, "")


def test_a_rate_for_a_hundred_is_told_as_it_is_quoted_and_stored_for_one():
    yen = ExchangeRate("JPY", "CNY", DAY, D("4.7"), "BOC", D(100))
    found = line("20000", currency="JPY", exchange=yen)
    assert (found.converted, found.exchange_rate) == (D("940.00"), D("0.047"))
    assert told(found)[1] == "JPY 20,000 × 4.70 ÷ 100 (2026-03-31) = CNY 940.00"


def test_a_rate_finer_than_its_column_converts_exactly_and_is_stored_rounded():
    fine = ExchangeRate("IDR", "CNY", DAY, D("0.044215"), "BOC", D(100))
    found = line("90000000", currency="IDR", exchange=fine)
    assert (found.converted, found.exchange_rate) == (D("39793.50"), D("0.000442"))
    assert "0.044215 ÷ 100" in told(found)[1]


def test_without_a_rate_of_exchange_there_is_no_line():
    with pytest.raises(Invalid, match="rate of exchange"):
        line("100", currency="EUR")


def test_tax_is_told_as_the_price_holds_it():
    assert told(line("250.00"))[-1] == "250.00 with 6% tax = 235.85 net + 14.15 tax"
    assert told(line("1875.60", SIX_ON_TOP))[-1] == "1,875.60 net + 6% tax 112.54 = 1,988.14"


def test_a_rate_that_does_not_apply_is_not_shown():
    found = line("100", TaxTerms(TaxKind.EXEMPT, D(6)))
    assert (found.tax_kind, found.tax_percent, found.tax_amount) == ("exempt", D(0), D("0.00"))


def test_three_lines_on_top_have_their_own_tax_each():
    assert [line("10.08", SIX_ON_TOP).tax_amount for _ in range(3)] == [D("0.60")] * 3


def test_a_draw_becomes_a_line_that_names_it():
    price = line_price(contract_id=2, item_id=4, main_unit="TEU", stat_factor=D(2))
    found = usage_line(drawn("3", Part.OVER, note="加班"), price, "CNY", None, date(2026, 3, 1))
    assert (found.usage_id, found.entitlement_id, found.part) == (11, 5, "over")
    assert (found.contract_id, found.contract_line_id, found.item_id) == (2, 7, 4)
    assert (found.reference, found.note, found.served_id) == ("SH-1", "加班", 3)
    assert (found.main_unit, found.stat_quantity) == ("TEU", D(6))


@pytest.mark.parametrize(
    ("starts_on", "late"), [(date(2026, 3, 7), False), (date(2026, 3, 8), True)]
)
def test_usage_of_before_the_period_is_late(starts_on, late):
    assert usage_line(drawn("3"), line_price(), "CNY", None, starts_on).is_late is late


def test_a_reversal_cancels_net_and_tax_exactly():
    billed_ = line("35.33")
    found = negative_of(billed_, 40, usage_id=12, told="ST-2026-000001 / 3")
    assert (billed_.net_amount, billed_.tax_amount) == (D("33.33"), D("2.00"))
    assert (found.net_amount, found.tax_amount) == (D("-33.33"), D("-2.00"))
    assert (found.kind, found.reverses_id, found.usage_id) == ("reversal", 40, 12)
    assert told(found) == [
        "Negative copy of line ST-2026-000001 / 3: net -33.33, tax -2.00",
    ]


@given(any_line())
def test_a_reversal_mirrors_every_figure_and_keeps_rate_and_tax(original):
    found = negative_of(original, 40, usage_id=12)
    mirrored = ("amount", "converted", "net_amount", "tax_amount", "gross_amount", "quantity")
    assert all(getattr(found, x) + getattr(original, x) == 0 for x in (*mirrored, "stat_quantity"))
    own = {"kind", "usage_id", "reverses_id", "is_late", "working", "stat_quantity", *mirrored}
    kept = [each.name for each in fields(LineDraft) if each.name not in own]
    assert all(getattr(found, name) == getattr(original, name) for name in kept)


def test_the_golden_month_of_storage_is_one_line_that_bills_each_day_once():
    charges = storage_charges(daily(rate=D("0.85")), golden(), MARCH, opening=golden_opening())
    (found,) = storage(charges)
    assert (found.quantity, found.unit, found.amount) == (D("413.760"), "MTQ.DAY", D("351.70"))
    assert (found.stat_quantity, found.kind) == (D("413.760"), "storage")
    assert (found.net_amount, found.tax_amount) == (D("351.70"), D("21.10"))
    assert found.once == tuple((Once.STORAGE_DAY, 8, on(day)) for day in range(1, 32))


def test_the_golden_month_with_handling_in_and_out_comes_to_805_30():
    charges = storage_charges(daily(rate=D("0.85")), golden(), MARCH, opening=golden_opening())
    handling = line_price(per("MTQ", "18"), unit="MTQ")
    moves = [drawn("12.000000", unit="MTQ"), drawn("13.200000", unit="MTQ")]
    lines = [usage_line(each, handling, "CNY", None, date(2026, 3, 1)) for each in moves]
    assert [each.amount for each in lines] == [D("216.00"), D("237.60")]
    assert sum(each.amount for each in (*storage(charges), *lines)) == D("805.30")


def test_the_difference_to_a_minimum_is_a_line_without_days_or_statistics_of_its_own():
    policy = daily(rate=D("0.85"), minimum=D(400))
    stored, lifted = storage(storage_charges(policy, golden(), MARCH, opening=golden_opening()))
    assert (lifted.kind, lifted.amount) == ("storage_minimum", D("48.30"))
    assert (len(stored.once), lifted.once, lifted.stat_quantity) == (31, (), D(0))


def test_a_minimum_alone_bills_the_days_of_its_month():
    charges = storage_charges(daily(minimum=D(300)), [], MARCH)
    (found,) = storage(charges)
    assert (found.kind, found.amount, len(found.once)) == ("storage_minimum", D("300.00"), 31)


def test_tiers_share_the_days_of_their_month():
    tiers = (AgeTier(1, 10, D(0)), AgeTier(11, None, D("0.5")))
    flows = [moved(on(1), 10, "A")]
    found = storage(storage_charges(daily(tiers=tiers), flows, MARCH))
    assert len(found) == 2
    assert [len(each.once) for each in found] == [31, 0]


def test_two_months_bill_their_own_days():
    period = Period(date(2026, 3, 1), date(2026, 4, 30))
    found = storage(storage_charges(daily(), [moved(on(1), 10)], period))
    assert [(each.starts_on, len(each.once)) for each in found] == [(on(1), 31), (on(1, 4), 30)]


def test_a_time_without_a_unit_of_its_own_is_named_by_both():
    charges = storage_charges(by(Method.PALLET_WEEK, 3), [moved(on(2), 4, "A")], MARCH)
    (found,) = storage(charges)
    assert (found.unit, found.stat_quantity) == ("XPX.WEEK", D(0))


@given(any_line())
def test_a_working_read_back_from_storage_says_the_same(draft):
    stored = json.loads(json.dumps(draft.working))
    assert sentences(stored) == sentences(draft.working)


def test_the_working_of_stored_goods_says_the_same_from_storage():
    policy = daily(rate=D("0.85"), minimum=D(400))
    for each in storage(storage_charges(policy, golden(), MARCH, opening=golden_opening())):
        assert sentences(json.loads(json.dumps(each.working))) == sentences(each.working)


@given(st.lists(any_line(), max_size=6), st.randoms())
def test_lines_are_in_the_same_order_however_they_were_found(lines, chance):
    shuffled = list(lines)
    chance.shuffle(shuffled)
    keys = [(x.served_id, x.kind, x.item_id, x.reference) for x in in_order(lines)]
    assert keys == [(x.served_id, x.kind, x.item_id, x.reference) for x in in_order(shuffled)]


def test_sections_come_one_by_one_and_inside_them_services_then_settlements():
    mixed = [
        line("1", served_id=2),
        line("2", served_id=1, kind=LineKind.LATE_FEE),
        line("3", served_id=1, kind=LineKind.CREDIT),
        line("4", served_id=1),
    ]
    assert [each.amount for each in in_order(mixed)] == [D(4), D(3), D(2), D(1)]


@given(cents(), TAXES, st.decimals("0.0001", "900", places=4))
def test_every_line_adds_up(amount, tax, rate):
    exchange = ExchangeRate("USD", "CNY", DAY, rate)
    found = line(str(amount), tax, "USD", exchange)
    assert found.net_amount + found.tax_amount == found.gross_amount
    assert found.converted in {found.net_amount, found.gross_amount}


@given(st.lists(cents(), min_size=1, max_size=8))
def test_the_sum_of_a_statement_is_that_of_its_rounded_lines(amounts):
    lines = [line(str(each), SIX_ON_TOP) for each in amounts]
    exact = sum((each * D("1.06") for each in amounts), Decimal(0))
    assert abs(sum(each.gross_amount for each in lines) - exact) <= D("0.005") * len(lines)


def test_the_same_settlement_is_told_the_same_however_the_rate_was_stored():
    long = replace(DOLLAR, rate=D("7.103400"))
    assert line("35", currency="USD", exchange=long) == line("35", currency="USD", exchange=DOLLAR)


def test_a_price_in_dollars_of_a_real_line_is_explained_to_its_tax():
    price = line_price(per("CHW", "1.10", "USD"))
    found = usage_line(drawn("10"), price, "CNY", DOLLAR, date(2026, 3, 1))
    assert told(found) == [
        "Quantity: 10 kg",
        "10 kg × 1.10 = 11.00",
        "USD 11.00 × 7.1034 (2026-03-31) = CNY 78.14",
        "78.14 with 6% tax = 73.72 net + 4.42 tax",
    ]


@pytest.mark.parametrize(
    ("code", "word"),
    [("CHW", "kg"), ("MTQ.DAY", "m³·day"), ("XPX.WEEK", "pallet·week"), ("MTQ.MONTH", "m³·month")],
)
def test_every_unit_of_a_line_has_a_word(code, word):
    assert str(line_unit_word(code)) == word


def test_a_reversal_of_a_line_that_nobody_can_look_up_says_so():
    found = negative_of(line("35.33"), 40)
    assert told(found) == ["Negative copy of an earlier line: net -33.33, tax -2.00"]
