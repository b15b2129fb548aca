"""Who settles and in which currency; the tax that goes back with a credit (R5); how odd lines are called."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.billing.rules.credits import (
    Portion,
    amount_checked,
    credit_line,
    of_gross,
    portion_of,
)
from portal.billing.rules.kinds import LineKind, Once
from portal.billing.rules.line_draft import LineDraft
from portal.billing.rules.line_names import NAME_EN, NAME_ZH, line_name
from portal.billing.rules.parties import party_of, statement_currency
from portal.kernel.errors import Invalid
from tests.rules.bills import DAY, EXEMPT, SIX_IN, SIX_ON_TOP, cents, line, told
from tests.rules.prices import D

NOTHING = Portion(D(0), D(0), D(0))


@dataclass
class Customer:
    id: int
    parent_id: int | None = None
    billing: str = "own"


def test_a_customer_settles_its_own_charges():
    assert party_of(Customer(3)) == 3


@pytest.mark.parametrize(("billing", "party"), [("own", 3), ("group", 1)])
def test_a_branch_is_billed_itself_or_through_its_group(billing, party):
    assert party_of(Customer(3, 1, billing)) == party


def test_who_the_contract_says_pays_comes_first():
    assert party_of(Customer(3, 1, "group"), payer_id=8) == 8


def test_one_currency_for_all_or_one_statement_for_each():
    assert statement_currency("USD", "CNY", one_currency=True) == "CNY"
    assert statement_currency("USD", "CNY", one_currency=False) == "USD"


def portion(draft: LineDraft) -> Portion:
    return Portion(draft.net_amount, draft.tax_amount, draft.gross_amount)


def test_a_whole_line_gives_back_its_net_and_tax_exactly():
    whole = Portion(D("33.33"), D("2.00"), D("35.33"))
    assert portion_of(whole, NOTHING, D("35.33"), SIX_IN, "CNY") == whole


def test_a_part_of_a_line_gives_back_the_tax_inside_it():
    whole = Portion(D("94.34"), D("5.66"), D("100.00"))
    found = portion_of(whole, NOTHING, D("50.00"), SIX_IN, "CNY")
    assert found == Portion(D("47.17"), D("2.83"), D("50.00"))


@given(cents("0.03", "9999"), st.data())
def test_parts_that_give_back_the_whole_line_cancel_net_and_tax(gross, draw):
    whole = portion(line(str(gross)))
    first = draw.draw(cents("0.01", str(gross - D("0.01"))))
    one = portion_of(whole, NOTHING, first, SIX_IN, "CNY")
    rest = portion_of(whole, one, gross - first, SIX_IN, "CNY")
    assert (one.net + rest.net, one.tax + rest.tax) == (whole.net, whole.tax)
    assert (one.gross, rest.gross) == (first, gross - first)


@pytest.mark.parametrize("amount", ["0", "-1", "36", "10.001"])
def test_nothing_too_much_and_fractions_of_a_fen_are_no_credits(amount):
    with pytest.raises(Invalid) as refused:
        amount_checked(D(amount), "CNY", most=D("35.33"))
    assert refused.value.field == "amount"


def test_all_that_is_left_may_be_credited():
    assert amount_checked(D("35.33"), "CNY", most=D("35.33")) == D("35.33")


@pytest.mark.parametrize(
    ("tax", "net"), [(SIX_IN, "100.00"), (SIX_ON_TOP, "100.00"), (EXEMPT, "106.00")]
)
def test_a_gross_amount_holds_the_tax_of_its_rate_however_the_price_was_quoted(tax, net):
    found = of_gross(D("106.00"), tax, "CNY")
    assert (found.net, found.net + found.tax) == (D(net), D("106.00"))


def credited() -> SimpleNamespace:
    """A granted credit as it lies in the database."""
    money = {"net_amount": D("33.33"), "tax_amount": D("2.00"), "gross_amount": D("35.33")}
    tax = {"tax_class": "service_6", "tax_kind": "taxed", "tax_percent": D(6)}
    words = {"name_zh": "贷项", "name_en": "Credit", "reason": "重量有误", "currency": "CNY"}
    ids = {"id": 6, "number": "CN-2026-000003", "served_id": 3, "line_id": 40}
    return SimpleNamespace(**ids, **words, **tax, **money, granted_on=date(2026, 4, 2))


def test_a_credit_becomes_a_negative_line_that_is_billed_once():
    found = credit_line(credited(), on=date(2026, 4, 30))
    figures = (found.net_amount, found.tax_amount, found.gross_amount)
    assert figures == (D("-33.33"), D("-2.00"), D("-35.33"))
    assert found.quantity * found.rate == found.amount == found.converted == D("-35.33")
    assert found.once == ((Once.CREDIT, 6, date(2026, 4, 2)),)
    assert (found.kind, found.credit_id, found.starts_on) == ("credit", 6, date(2026, 4, 30))
    assert told(found) == ["Credit CN-2026-000003: 重量有误"]


def test_a_line_and_its_credit_add_up_to_nothing():
    billed, back = line("35.33"), credit_line(credited(), on=DAY)
    assert billed.net_amount + back.net_amount == billed.tax_amount + back.tax_amount == 0


@pytest.mark.parametrize(
    ("kind", "zh", "en"),
    [
        (LineKind.USAGE, "空运", "Air freight"),
        (LineKind.FEE, "空运", "Air freight"),
        (LineKind.SHORTFALL, "空运 · 保底补差", "Air freight · shortfall of the commitment"),
        (LineKind.TRUE_UP, "空运 · 超量清算", "Air freight · settlement of overage"),
        (LineKind.LATE_FEE, "空运 · 滞纳金", "Air freight · late fee"),
    ],
)
def test_a_line_is_called_by_its_service_and_by_what_it_is(kind, zh, en):
    assert line_name(kind, "空运", "Air freight") == (zh, en)


def test_without_a_service_a_line_is_called_by_what_it_is():
    assert line_name(LineKind.CREDIT, "", "") == ("贷项", "Credit")


@pytest.mark.parametrize("kind", LineKind)
def test_a_long_name_is_cut_in_front_of_what_the_line_is(kind):
    zh, en = line_name(kind, "长" * 300, "l" * 300)
    assert (len(zh), len(en)) == (NAME_ZH, NAME_EN)
    assert kind is not LineKind.SHORTFALL or zh.endswith("长 · 保底补差")
