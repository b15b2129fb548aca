"""Plans and lines of commission on plain values (REQUIREMENTS K11)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.catalogue.rules.exchange import ExchangeRate, no_rate
from portal.commissions.rules.lines import Earned, Given, Payment, Whole, decided, earned
from portal.commissions.rules.plans import (
    Band,
    Plan,
    bands_from,
    bands_to,
    checked,
    commission_of,
    in_force,
    percent_for,
)
from portal.commissions.rules.states import RUNS, RunState, RunStep
from portal.kernel.errors import Invalid, InvalidMany, NotAllowedNow
from portal.receivables.rules.commission import Part

D = Decimal
DAY = date(2026, 3, 10)
FIVE = Plan(1, None, "sales", date(2026, 1, 1), (Band(D(0), D(5)), Band(D(1000), D(8))))
OWN = Plan(2, 7, None, date(2026, 2, 1), (Band(D(0), D(3)),))
WHOLE = Whole(D(1060), "CNY", {7: Part(D(1060), D(1000), D(1000), D(400))})


def pay(
    number: int, amount: str, reverses: int | None = None, statement: int = 1, on: date = DAY
) -> Payment:
    return Payment(number, statement, 1, on, D(amount), reverses)


def worked(*payments: Payment, before: str = "0", **more: object) -> list[Earned]:
    values = {"wholes": {1: WHOLE}, "paid_before": {1: D(before)}, "given": {}, **more}
    lines = earned(payments, rate_of=lambda _code, _on: None, firm_currency="CNY", **values)  # type: ignore[arg-type]
    return decided(lines, lambda _owner: FIVE, "CNY")


@pytest.mark.parametrize(("margin", "percent"), [
    ("-1", "0"), ("0", "5"), ("999.99", "5"), ("1000", "8"), ("50000", "8"),
])  # fmt: skip
def test_a_margin_at_the_threshold_has_reached_it(margin: str, percent: str) -> None:
    assert percent_for(FIVE, D(margin)) == D(percent)


def test_without_a_plan_or_under_the_lowest_threshold_there_is_nothing() -> None:
    assert percent_for(None, D(500)) == 0
    assert percent_for(Plan(1, None, "sales", DAY, (Band(D(100), D(5)),)), D("99.99")) == 0


def test_a_persons_own_plan_counts_before_the_roles_and_only_once_it_has_begun() -> None:
    assert in_force([FIVE, OWN], 7, {"sales"}, date(2026, 2, 1)) is OWN
    assert in_force([FIVE, OWN], 7, {"sales"}, date(2026, 1, 31)) is FIVE
    assert in_force([FIVE, OWN], 8, {"sales"}, DAY) is FIVE
    assert in_force([FIVE, OWN], 8, {"finance"}, DAY) is None


@pytest.mark.parametrize("bands", [
    [Band(D(-1), D(5))], [Band(D(0), D("100.01"))], [Band(D(0), D(5)), Band(D(0), D(6))],
    [Band(D(n), D(1)) for n in range(7)],
])  # fmt: skip
def test_thresholds_out_of_reason_are_told_at_their_field(bands: list[Band]) -> None:
    with pytest.raises(InvalidMany) as refused:
        checked(bands)
    assert set(refused.value.errors) == {"bands"}


def test_bands_come_back_from_json_exactly_and_in_order() -> None:
    bands = (Band(D("0"), D("2.5")), Band(D("1000.50"), D("3")))
    assert bands_from(reversed(bands_to(bands))) == bands


def test_commission_is_rounded_half_up_and_a_negative_margin_takes_back_as_much() -> None:
    assert commission_of(D("0.10"), D(5), "CNY") == D("0.01")
    assert commission_of(D("-0.10"), D(5), "CNY") == D("-0.01")
    assert commission_of(D("100"), D(5), "JPY") == D(5)


def test_a_payment_earns_its_part_of_the_margin() -> None:
    (line,) = worked(pay(1, "530"))
    assert (line.part, line.base) == (Part(D(530), D(500), D(500), D(200)), D(300))
    assert (line.percent, line.commission, line.plan_id) == (D(5), D(15), 1)


def test_the_months_margin_of_all_lines_decides_the_percent_of_each() -> None:
    wholes = {1: WHOLE, 2: WHOLE}
    lines = worked(pay(1, "1060"), pay(2, "1060", statement=2), wholes=wholes, paid_before={})
    assert [(each.percent, each.commission) for each in lines] == [(D(8), D(48)), (D(8), D(48))]


def test_what_is_paid_and_undone_in_one_run_comes_to_nothing() -> None:
    lines = worked(pay(1, "530"), pay(2, "-530", reverses=1))
    assert [each.commission for each in lines] == [D(15), D(-15)]
    assert lines[1].before == D(530)


def test_what_an_earlier_run_gave_is_taken_back_at_its_own_percent_and_lowers_no_band() -> None:
    earlier = Given(9, 7, Part(D(530), D(500), D(500), D(200)), D(300), None, D(10), D(30), 4)
    lines = worked(
        pay(3, "-530", reverses=1), pay(4, "1060", statement=2), before="530", given={1: [earlier]},
        wholes={1: WHOLE, 2: Whole(D(1060), "CNY", {7: Part(D(1060), D(1000), D(1000), D(0))})},
    )  # fmt: skip
    assert (lines[0].commission, lines[0].percent, lines[0].plan_id) == (D(-30), D(10), 4)
    assert lines[0].reverses_line_id == 9 and lines[1].percent == D(8)


def test_undoing_what_was_paid_before_the_first_plan_takes_nothing_back() -> None:
    assert worked(pay(3, "-530", reverses=1), before="530") == []


def test_a_margin_in_another_currency_is_converted_on_the_day_of_payment() -> None:
    dollars = Whole(D(106), "USD", {7: Part(D(106), D(100), D(100), D(60))})
    rate = ExchangeRate("USD", "CNY", DAY, D("7.1"))
    (line,) = earned([pay(1, "106")], {1: dollars}, {}, {}, lambda _code, _on: rate, "CNY")
    assert (line.base, line.rate) == (D("284.00"), D("7.1"))


def test_without_a_rate_of_exchange_nothing_is_worked_out() -> None:
    def missing(code: str, on: date) -> ExchangeRate:
        raise no_rate(code, "CNY", on)

    with pytest.raises(Invalid):
        earned([pay(1, "106")], {1: Whole(D(106), "USD", {7: Part()})}, {}, {}, missing, "CNY")


def test_what_nobody_is_in_charge_of_earns_nobody_anything() -> None:
    lines = worked(pay(1, "1060"), wholes={1: Whole(D(1060), "CNY", {0: WHOLE.parts[7]})})
    assert [(each.owner_id, each.commission) for each in lines] == [(0, D(0))]


@given(st.lists(st.integers(1, 40_000), min_size=1, max_size=8))
def test_a_bill_paid_in_parts_earns_in_all_exactly_its_margin(parts: list[int]) -> None:
    amounts = [D(each) / 100 for each in parts]
    gross = sum(amounts, D(0))
    theirs = {
        7: Part(gross, D(333), D(333), D("77.77")),
        8: Part(D(0), D("11.11"), D("11.11"), D(0)),
    }
    whole = Whole(gross, "CNY", theirs)
    payments = [Payment(at, 1, 1, DAY, amount) for at, amount in enumerate(amounts)]
    lines = earned(payments, {1: whole}, {}, {}, lambda _code, _on: None, "CNY")
    assert sum(each.base for each in lines) == D(333) - D("77.77") + D("11.11")


@pytest.mark.parametrize(("state", "step"), [
    (RunState.APPROVED, RunStep.REBUILD), (RunState.APPROVED, RunStep.APPROVE), (RunState.DRAFT, RunStep.PAY),
    (RunState.PAID, RunStep.REBUILD), (RunState.PAID, RunStep.PAY), (RunState.PAID, RunStep.APPROVE),
])  # fmt: skip
def test_what_is_approved_never_goes_back(state: RunState, step: RunStep) -> None:
    with pytest.raises(NotAllowedNow):
        RUNS.next(state, step)
