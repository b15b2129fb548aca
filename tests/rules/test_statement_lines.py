"""Statement lines: converted one by one, then taxed (golden G8); exact negatives (R5); storage days billed once."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.billing.rules.charging import Charged, DrawnUsage, LinePrice
from portal.billing.rules.kinds import LineKind, Once, Part
from portal.billing.rules.statement_lines import (
    LineDraft,
    Settling,
    Subject,
    billed,
    in_order,
    negative_of,
    storage_lines,
    usage_line,
)
from portal.billing.rules.storage import storage_charges
from portal.billing.rules.working_words import sentences
from portal.catalogue.rules.exchange import ExchangeRate
from portal.catalogue.rules.tax import TaxKind, TaxTerms
from portal.kernel.capitals import capital_amount
from portal.kernel.errors import Invalid
from tests.rules.prices import D, per
from tests.rules.stocks import MARCH, daily, golden, golden_opening

DAY = date(2026, 3, 31)
EXEMPT = TaxTerms(TaxKind.EXEMPT)
NINE = TaxTerms(TaxKind.TAXED, D(9), inclusive=True)
SIX_IN = TaxTerms(TaxKind.TAXED, D(6), inclusive=True)
SIX_ON_TOP = TaxTerms(TaxKind.TAXED, D(6))
DOLLAR = ExchangeRate("USD", "CNY", DAY, D("7.1034"), "BOC")


def charged(amount: str, currency: str = "CNY") -> Charged:
    return Charged(D(amount), currency, D(1), "BL", D(amount), (("flat", {"amount": amount}),))


def line(
    amount: str, tax: TaxTerms, currency: str = "CNY", exchange: ExchangeRate | None = None
) -> LineDraft:
    subject = Subject(LineKind.USAGE, 1, "费用", DAY, DAY, reference="BL1")
    return billed(subject, charged(amount, currency), Settling("CNY", tax, "", exchange))


def g8() -> list[LineDraft]:
    return [
        line("3850.00", EXEMPT, "USD", DOLLAR),
        line("3200.00", NINE),
        line("250.00", SIX_IN),
        line("1875.60", SIX_ON_TOP),
        line("450.00", SIX_IN),
        line("35.00", EXEMPT, "USD", DOLLAR),
    ]


def told(draft: LineDraft) -> list[str]:
    return [str(sentence) for sentence in sentences(draft.working)]


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
    gross = sum(each.gross_amount for each in g8())
    assert sum(each.net_amount for each in g8()) == D("33068.47")
    assert sum(each.tax_amount for each in g8()) == D("416.38")
    assert gross == D("33484.85")
    assert capital_amount(gross) == "人民币叁万叁仟肆佰捌拾肆元捌角伍分"


def test_a_converted_line_keeps_its_own_currency_and_the_rate_with_its_day_and_source():
    first = g8()[0]
    assert (first.line_currency, first.amount) == ("USD", D("3850.00"))
    assert (first.exchange_rate, first.rate_on, first.rate_source) == (D("7.1034"), DAY, "BOC")
    assert told(first)[-2:] == [
        "USD 3,850.00 × 7.1034 (2026-03-31) = CNY 27,348.09",
        "Tax exempt: 27,348.09",
    ]
