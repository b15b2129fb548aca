"""Contracts' pure rules: checks of lines and terms, what needs approval, sums, differences, the lifecycle."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from portal.catalogue.rules.exchange import ExchangeRate
from portal.catalogue.rules.margin import CostComponent, CostKind
from portal.catalogue.rules.storage import Method, StoragePolicy
from portal.catalogue.rules.terms import Basis, PriceTerms
from portal.contracts.rules import approval, difference
from portal.contracts.rules.approval import Cost, Priced
from portal.contracts.rules.checks import (
    LineFacts,
    TermsFacts,
    days_of,
    is_drawn,
    wrong_line,
    wrong_terms,
)
from portal.contracts.rules.difference import LineShown
from portal.contracts.rules.kinds import Allowance, Overage
from portal.contracts.rules.states import (
    AMENDMENT_STEPS,
    STEPS,
    AmendmentState,
    ContractState,
    ContractStep,
    state_on,
)
from portal.contracts.rules.totals import Counted, amount_of, total_in, totals
from portal.kernel.errors import NotAllowedNow

D = Decimal
START, END = date(2026, 3, 1), date(2027, 2, 28)
PER_ORDER = PriceTerms(Basis.PER_UNIT, "ORD", "CNY", rate=D("12.5"))
LINE = LineFacts(D(100), D(0), Overage.STOP, PER_ORDER, None, None, START, END)
TERMS = TermsFacts(END)
PRICED = Priced("操作费", "CNY", "ORD", D(100), D(0), PER_ORDER.to_json(), "service_6", D(6), True)


def test_a_sound_line_has_nothing_wrong():
    assert wrong_line(LINE, START, END) == {}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"quantity": D(0)}, "quantity"),
        ({"quantity": D(-1)}, "quantity"),
        ({"discount_percent": D("100.01")}, "discount"),
        ({"until_on": date(2026, 2, 28)}, "until_on"),
        ({"until_on": date(2027, 3, 1)}, "until_on"),
        ({"from_on": date(2026, 2, 28)}, "from_on"),
        ({"overage": Overage.OVERAGE_PRICE}, "overage_rate"),
        ({"quantity": None, "overage": Overage.OVERAGE_PRICE, "overage_terms": PER_ORDER}, "overage_rate"),
        ({"overage_terms": replace(PER_ORDER, rate=None)}, "overage_rate"),
        ({"price_terms": replace(PER_ORDER, rate=None)}, "rate"),
        ({"storage_policy": StoragePolicy(Method.AREA_MONTH, "MTK", terms=PER_ORDER)}, "storage"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_line_is_named_by_its_field(change, field):
    assert set(wrong_line(replace(LINE, **change), START, END)) == {field}


def test_a_line_may_be_without_limit_and_begin_and_end_with_the_contract():
    assert wrong_line(replace(LINE, quantity=None), START, END) == {}


def test_both_days_of_a_contract_count():
    assert days_of(START, END) == 365 and days_of(START, START) == 1


def test_sound_terms_have_nothing_wrong():
    promised = replace(
        TERMS, pickup_from="08:30", pickup_until="17:00", pickup_days=(1, 5), response_hours=D("0.5"),
        deemed_confirmation_days=7,
    )  # fmt: skip
    assert wrong_terms(TERMS, START) == {} == wrong_terms(promised, START)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"ends_on": date(2026, 2, 28)}, "ends_on"),
        ({"ends_on": date(2060, 1, 1)}, "ends_on"),
        ({"payment_days": -1}, "payment_days"),
        ({"notice_days": 4000}, "notice_days"),
        ({"pickup_from": "24:00", "pickup_until": "24:30"}, "pickup_from"),
        ({"pickup_from": "08:30"}, "pickup_until"),
        ({"pickup_until": "08:30"}, "pickup_from"),
        ({"pickup_from": "09:00", "pickup_until": "09:00"}, "pickup_until"),
        ({"pickup_days": (0,)}, "pickup_days"),
        ({"response_hours": D(0)}, "response_hours"),
        ({"deemed_confirmation_days": 0}, "deemed_confirmation_days"),
        ({"no_minimum_order": False}, "minimum_order"),
    ],
)
def test_what_is_wrong_with_the_terms_is_named_by_its_field(change, field):
    assert field in wrong_terms(replace(TERMS, **change), START)


def test_of_a_percentage_nobody_draws_a_quantity():
    assert is_drawn(PER_ORDER) and not is_drawn(PriceTerms(Basis.PERCENT, percent=D(5)))


def test_what_equals_the_accepted_quotation_gives_no_reason():
    assert approval.differing({7: PRICED}, {7: PRICED}) == ()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"discount_percent": D(1)}, "“操作费”: not the accepted price."),
        ({"currency": "USD"}, "“操作费”: not the accepted price."),
        ({"tax_percent": D(9)}, "“操作费”: not the accepted price."),
        ({"terms": {"basis": "at_cost"}}, "“操作费”: not the accepted price."),
        ({"quantity": D("120.50")}, "“操作费”: 120.5 instead of the accepted 100."),
        ({"quantity": None}, "“操作费”: without a limit."),
    ],
)
def test_each_difference_from_the_accepted_quotation_is_told(change, said):
    found = approval.differing({7: replace(PRICED, **change)}, {7: PRICED})
    assert [str(each) for each in found] == [said]


def test_another_name_is_no_difference_and_a_missing_line_is_one():
    assert approval.differing({7: replace(PRICED, name="操作")}, {7: PRICED}) == ()
    assert len(approval.differing({}, {7: PRICED})) == 1


def costs(amount: str, currency: str = "CNY", floor: str = "20") -> Cost:
    return Cost((CostComponent(CostKind.BASE, currency, per_unit=D(amount)),), D(floor), "WMS")


@pytest.mark.parametrize(
    ("cost", "is_below"),
    # 12.50 with 6 % inside is 11.7925 net; a cost of 9.4340 leaves 20 % of it
    [("9.43", False), ("9.44", True)],
)
def test_the_floor_looks_at_the_price_without_its_tax(cost, is_below):
    assert bool(approval.below_the_floor(PRICED, costs(cost), "CNY", {})) is is_below


def test_rounding_to_the_cent_decides_nothing_about_a_small_price():
    label = replace(PRICED, terms=replace(PER_ORDER, rate=D("0.014")).to_json())
    assert approval.below_the_floor(label, costs("0.010"), "CNY", {}) is None
    assert approval.below_the_floor(label, costs("0.011"), "CNY", {}) is not None


def test_a_discount_may_bring_a_price_below_its_floor():
    cheap = replace(PRICED, discount_percent=D(30))
    assert approval.below_the_floor(PRICED, costs("8"), "CNY", {}) is None
    assert approval.below_the_floor(cheap, costs("8"), "CNY", {}) is not None


def test_where_cost_price_or_rate_are_unknown_nothing_is_said():
    bands = replace(PRICED, terms=PriceTerms(Basis.PERCENT, percent=D(3)).to_json())
    assert approval.below_the_floor(PRICED, Cost((), D(20), "WMS"), "CNY", {}) is None
    assert approval.below_the_floor(bands, costs("99"), "CNY", {}) is None
    assert approval.below_the_floor(PRICED, costs("99", "USD"), "CNY", {}) is None
    known = {"USD": ExchangeRate("USD", "CNY", date(2026, 3, 2), D("7.1"), "中国银行")}
    assert approval.below_the_floor(PRICED, costs("99", "USD"), "CNY", known) is not None


COUNTED = Counted(D(100), "CNY", D(0), PER_ORDER, Allowance.CONTRACT, START, END)


@pytest.mark.parametrize(
    ("change", "amount"),
    [
        ({}, D("1250.00")),
        ({"allowance": Allowance.MONTH}, D("15000.00")),
        ({"allowance": Allowance.QUARTER}, D("6250.00")),
        ({"discount_percent": D("33.333")}, D("833.34")),
        ({"quantity": None}, None),
        ({"terms": PriceTerms(Basis.PERCENT, percent=D(3))}, None),
    ],
)
def test_the_sum_of_a_line_counts_each_period(change, amount):
    assert amount_of(replace(COUNTED, **change)) == amount


def test_sums_are_told_by_currency_and_a_total_only_in_one():
    dollars = replace(COUNTED, currency="USD")
    assert totals([COUNTED, dollars, COUNTED]) == {"CNY": D("2500.00"), "USD": D("1250.00")}
    assert total_in([COUNTED, COUNTED], "CNY") == D("2500.00")
    assert total_in([COUNTED, dollars], "CNY") is None
    assert total_in([], "CNY") is None


SHOWN = LineShown(
    "操作费", D(100), "单", D(0), PER_ORDER, Overage.STOP, None, None, False, False, END
)


def rows(found):
    return {str(row.label): (str(row.old), str(row.new), row.change.value) for row in found}


def test_equal_sides_have_no_difference():
    assert difference.line_difference(SHOWN, SHOWN) == ()
    assert difference.terms_difference(TERMS, TERMS) == ()


def test_old_and_new_stand_beside_each_other():
    dearer = replace(PER_ORDER, rate=D(13))
    new = replace(SHOWN, quantity=D("1200"), price_terms=dearer, until_on=date(2027, 6, 30))
    found = rows(difference.line_difference(SHOWN, new))
    assert found["Quantity"] == ("100 单", "1,200 单", "up")
    assert found["Last day"] == ("2027-02-28", "2027-06-30", "up")
    assert found["Price"][2] == "up" and set(found) == {"Quantity", "Price", "Last day"}


def test_a_new_line_is_told_whole_and_a_gone_one_in_a_row():
    assert {row.change.value for row in difference.line_difference(None, SHOWN)} == {"new"}
    assert rows(difference.line_difference(SHOWN, None)) == {"Line": ("100 单", "None", "gone")}


def test_each_promise_that_differs_is_told():
    new = replace(
        TERMS, ends_on=date(2026, 12, 31), payment_days=45, payment_from="invoice", pickup_days=(1, 3),
        deemed_confirmation_days=7, no_minimum_order=False, minimum_order="每单 10 件",
    )  # fmt: skip
    assert rows(difference.terms_difference(TERMS, new)) == {
        "Last day": ("2027-02-28", "2026-12-31", "down"),
        "Payment": ("30 days after the statement", "45 days after the invoice", "changed"),
        "Pick-up days": ("—", "Monday, Wednesday", "changed"),
        "Deemed confirmed": ("never by silence", "after 7 days without an answer", "changed"),
        "Minimum order": ("none", "每单 10 件", "changed"),
    }


def test_a_changed_clause_is_told_with_both_its_texts():
    old = replace(
        TERMS, clauses=({"title_zh": "保密", "body_zh": "旧"}, {"title_zh": "甲", "body_zh": "x"})
    )
    new = replace(
        TERMS, clauses=({"title_zh": "保密", "body_zh": "新"}, {"title_zh": "乙", "body_zh": "y"})
    )
    assert rows(difference.terms_difference(old, new)) == {
        "Clause “保密”": ("旧", "新", "changed"),
        "Clause “乙”": ("None", "y", "new"),
        "Clause “甲”": ("x", "None", "gone"),
    }


ALLOWED = {
    "draft": {"submit", "send", "void"},
    "pending_approval": {"approve", "return", "void"},
    "pending_signature": {"sign", "return", "void"},
    "active": {"suspend", "complete", "terminate"},
    "suspended": {"resume", "terminate"},
}


@pytest.mark.parametrize("state", list(ContractState))
@pytest.mark.parametrize("step", list(ContractStep))
def test_any_move_that_the_table_does_not_list_is_refused(state, step):
    if step in ALLOWED.get(state, set()):
        assert STEPS.next(state, step) in ContractState
    else:
        with pytest.raises(NotAllowedNow):
            STEPS.next(state, step)


def test_an_amendment_in_force_is_final():
    assert AMENDMENT_STEPS.actions(AmendmentState.IN_FORCE) == ()
    assert AMENDMENT_STEPS.actions(AmendmentState.VOID) == ()


def test_only_an_active_contract_expires_and_only_after_its_last_day():
    active, suspended = ContractState.ACTIVE, ContractState.SUSPENDED
    assert state_on(active, END, END) is active
    assert state_on(active, END, date(2027, 3, 1)) is ContractState.EXPIRED
    assert state_on(suspended, END, date(2027, 3, 1)) is suspended
