"""VAT, rates of exchange and the totals of a bill: golden case G8, F3-F7."""

from __future__ import annotations

from datetime import date

import pytest

from portal.catalogue.rules.exchange import (
    ExchangeRate,
    RateRule,
    convert,
    convert_all,
    find_rate,
    rate_day,
)
from portal.catalogue.rules.tax import (
    TaxKind,
    TaxRate,
    TaxTerms,
    mixed_supply,
    tax_line,
    tax_summary,
    tax_terms_on,
)
from portal.catalogue.rules.totals import BillLine, BillTotals, bill_totals
from portal.kernel.capitals import capital_amount
from portal.kernel.errors import Invalid
from tests.rules.prices import D

EXEMPT = TaxTerms(TaxKind.EXEMPT)
NINE = TaxTerms(TaxKind.TAXED, D(9), inclusive=True)
SIX_IN = TaxTerms(TaxKind.TAXED, D(6), inclusive=True)
SIX_ON_TOP = TaxTerms(TaxKind.TAXED, D(6))
DOLLAR = ExchangeRate("USD", "CNY", date(2026, 3, 31), D("7.1034"))


def g8() -> BillTotals:
    return bill_totals(
        [
            BillLine(D("3850.00"), "USD", EXEMPT, DOLLAR),
            BillLine(D("3200.00"), "CNY", NINE),
            BillLine(D("250.00"), "CNY", SIX_IN),
            BillLine(D("1875.60"), "CNY", SIX_ON_TOP),
            BillLine(D("450.00"), "CNY", SIX_IN),
            BillLine(D("35.00"), "USD", EXEMPT, DOLLAR),
        ]
    )


def test_g8_taxes_each_line_after_converting_it_on_its_own():
    assert [(line.net, line.tax, line.gross) for line in g8().lines] == [
        (D("27348.09"), D("0.00"), D("27348.09")),
        (D("2935.78"), D("264.22"), D("3200.00")),
        (D("235.85"), D("14.15"), D("250.00")),
        (D("1875.60"), D("112.54"), D("1988.14")),
        (D("424.53"), D("25.47"), D("450.00")),
        (D("248.62"), D("0.00"), D("248.62")),
    ]


def test_g8_adds_rounded_lines_and_writes_the_total_in_capitals():
    totals = g8()
    assert (totals.net, totals.tax, totals.gross) == (D("33068.47"), D("416.38"), D("33484.85"))
    assert capital_amount(totals.gross) == "人民币叁万叁仟肆佰捌拾肆元捌角伍分"


def test_g8_sums_by_rate_with_its_label():
    assert [(str(each.label), each.net, each.tax) for each in g8().by_rate] == [
        ("Tax exempt", D("27596.71"), D("0.00")),
        ("9%", D("2935.78"), D("264.22")),
        ("6%", D("2535.98"), D("152.16")),
    ]


def test_an_inclusive_price_holds_its_tax():
    line = tax_line(D("100.00"), SIX_IN)
    assert (line.net, line.tax, line.gross) == (D("94.34"), D("5.66"), D("100.00"))


def test_tax_is_rounded_on_each_line_and_not_on_their_sum():
    lines = [tax_line(D("10.08"), SIX_ON_TOP) for _ in range(3)]
    assert [line.tax for line in lines] == [D("0.60")] * 3
    assert tax_summary(lines)[0].tax == D("1.80")


def test_a_reversal_mirrors_net_and_tax_to_the_fen():
    billed, reversed_ = tax_line(D("35.33"), SIX_IN), tax_line(D("-35.33"), SIX_IN)
    assert (billed.net, billed.tax) == (D("33.33"), D("2.00"))
    assert (reversed_.net, reversed_.tax) == (D("-33.33"), D("-2.00"))


def test_zero_rated_and_exempt_are_two_labels():
    labels = {kind: str(TaxTerms(kind, D("9.5")).label) for kind in TaxKind}
    assert labels == {
        TaxKind.TAXED: "9.5%",
        TaxKind.EXEMPT: "Tax exempt",
        TaxKind.ZERO: "Zero-rated",
        TaxKind.OUTSIDE: "Not taxed (pass-through)",
    }


def test_the_tax_rate_is_the_one_of_the_day():
    rates = [
        TaxRate("transport", date(2018, 5, 1), TaxKind.TAXED, D(10)),
        TaxRate("transport", date(2019, 4, 1), TaxKind.TAXED, D(9)),
    ]
    assert tax_terms_on(rates, "transport", date(2019, 3, 31)).percent == 10
    assert tax_terms_on(rates, "transport", date(2019, 4, 1)).percent == 9
    with pytest.raises(Invalid, match="No tax rate is known"):
        tax_terms_on(rates, "transport", date(2018, 4, 30))


def test_one_price_for_mixed_supplies_bears_the_highest_rate():
    assert mixed_supply([EXEMPT, SIX_IN, NINE]) is NINE
    with pytest.raises(Invalid):
        mixed_supply([])


def test_the_rate_of_exchange_is_the_latest_that_is_not_too_old():
    rates = [
        ExchangeRate("USD", "CNY", date(2026, 3, 1), D("7.10")),
        ExchangeRate("USD", "CNY", date(2026, 3, 5), D("7.20")),
        ExchangeRate("EUR", "CNY", date(2026, 3, 5), D("7.80")),
    ]
    assert find_rate(rates, "USD", "CNY", date(2026, 3, 4)).rate == D("7.10")
    assert find_rate(rates, "USD", "CNY", date(2026, 3, 5)).rate == D("7.20")
    for day, age in [(date(2026, 2, 28), None), (date(2026, 4, 30), 31)]:
        with pytest.raises(Invalid, match="no rate from USD to CNY"):
            find_rate(rates, "USD", "CNY", day, age)


def test_without_a_rate_nothing_is_converted():
    with pytest.raises(Invalid, match="no rate of exchange from EUR to CNY"):
        convert_all({"USD": D(1), "EUR": D(1)}, "CNY", {"USD": DOLLAR})
    with pytest.raises(Invalid, match="EUR"):
        convert(D(1), "EUR", "CNY", DOLLAR)


def test_a_conversion_can_be_read_and_checked():
    done = convert(D("20485.00"), "USD", "CNY", DOLLAR)
    assert str(done.sentence()) == "USD 20,485.00 × 7.1034 (2026-03-31) = CNY 145,513.15"
    assert convert(D("5.00"), "CNY", "CNY", None).converted == D("5.00")


def test_a_rate_may_be_quoted_per_hundred():
    yen = ExchangeRate("JPY", "CNY", date(2026, 3, 2), D("4.68"), per=D(100))
    assert convert(D(123456), "JPY", "CNY", yen).converted == D("5777.74")


def test_the_rule_of_the_customer_names_the_day_of_the_rate():
    service, statement = date(2026, 3, 17), date(2026, 4, 2)
    assert rate_day(RateRule.MONTH_FIXED, service) == date(2026, 3, 1)
    assert rate_day(RateRule.SAILING_DAY, service, statement) == service
    assert rate_day(RateRule.STATEMENT_DAY, service, statement) == statement
    with pytest.raises(Invalid):
        rate_day(RateRule.STATEMENT_DAY, service)
