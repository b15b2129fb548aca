"""What a credit comes to: the line's own tax, and what is credited at last cancels it to the cent (DOMAIN R5, F7)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.billing.rules.credits import Portion, amount_checked, credit_line, of_gross, portion_of
from portal.billing.rules.kinds import Once
from portal.catalogue.rules.tax import TaxKind, TaxTerms, tax_line
from portal.kernel.errors import Invalid

D = Decimal
SIX = TaxTerms(TaxKind.TAXED, D(6), inclusive=True)
NONE = Portion(D(0), D(0), D(0))
CENTS = st.integers(1, 10_000_00).map(lambda cents: D(cents) / 100)


GIVEN = SimpleNamespace(
    id=7, number="CN-2026-000007", served_id=3, line_id=5, name_zh="装卸费", name_en="Handling", reason="重复计费",
    currency="CNY", tax_class="service_6", tax_kind="taxed", tax_percent=D(6), net_amount=D("33.33"),
    tax_amount=D("2.00"), gross_amount=D("35.33"), granted_on=date(2026, 3, 4),
)  # fmt: skip
"""A granted credit as its line needs it."""


def test_a_full_credit_cancels_net_and_tax_exactly() -> None:
    line = credit_line(GIVEN, date(2026, 2, 28))
    assert (line.net_amount, line.tax_amount, line.gross_amount) == (
        D("-33.33"),
        D("-2.00"),
        D("-35.33"),
    )
    assert (line.tax_class, line.tax_kind, line.tax_percent) == ("service_6", "taxed", 6)
    assert line.once == ((Once.CREDIT, 7, date(2026, 3, 4)),)
    assert line.working == (("credit", {"number": "CN-2026-000007", "reason": "重复计费"}),)


@given(CENTS, st.data())
def test_a_line_credited_in_parts_is_cancelled_to_the_cent(
    gross: Decimal, data: st.DataObject
) -> None:
    taxed = tax_line(gross, SIX)
    whole, before = Portion(taxed.net, taxed.tax, taxed.gross), NONE
    while before.gross < gross:
        left = int((gross - before.gross) * 100)
        part = D(data.draw(st.integers(max(left // 3, 1), left))) / 100
        found = portion_of(whole, before, part, SIX, "CNY")
        assert found.net + found.tax == found.gross == part
        before = Portion(before.net + found.net, before.tax + found.tax, before.gross + part)
    assert before == whole


def test_untaxed_money_is_all_net() -> None:
    assert of_gross(D(50), TaxTerms(TaxKind.EXEMPT), "CNY") == Portion(D(50), D(0), D(50))


@pytest.mark.parametrize(
    ("amount", "currency", "said"),
    [
        ("0", "CNY", "above zero"),
        ("-1", "CNY", "above zero"),
        ("1.005", "CNY", "no such small"),
        ("1.5", "JPY", "no such small"),
        ("100.01", "CNY", "At most CNY 100.00"),
    ],
)
def test_an_amount_that_cannot_be_is_refused_at_its_field(
    amount: str, currency: str, said: str
) -> None:
    with pytest.raises(Invalid) as refused:
        amount_checked(D(amount), currency, D(100))
    assert refused.value.field == "amount" and said in str(refused.value.text)
