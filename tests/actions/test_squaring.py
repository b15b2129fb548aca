"""What was paid too much goes back; a credit balance pays for what is owed; both undone to the cent."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from portal.access.viewer import SYSTEM
from portal.billing.models import Receivable
from portal.billing.rules.states import StatementState
from portal.db import audit
from portal.db.base import db
from portal.kernel.errors import Invalid, InvalidMany, NotAllowedNow, StaleEdit
from portal.receivables.actions import allocating, deposits, netting, receipts, refunds
from portal.receivables.actions.refunds import RefundFacts
from portal.receivables.queries.accounts import account
from portal.receivables.queries.netting import nettings_of
from portal.receivables.queries.open_items import ageing
from portal.receivables.rules.allocation import Wish
from portal.receivables.rules.kinds import ReceiptKind
from tests.cast import Cast, viewer
from tests.money import open_of, owed, posted, received
from tests.statements import a_line, a_statement

D = Decimal
TODAY = date(2026, 3, 2)
FEB = date(2026, 2, 1)
BACK = RefundFacts(D(30), TODAY, "多付", "招商银行 6225", "OUT-1")


def credit_of(cast: Cast, now: datetime, amount: str = "-100", **more: Any) -> Receivable:
    return owed(cast.harbour, amount, FEB, now, **more)


def balance(cast: Cast, currency: str = "CNY") -> Decimal:
    return account(cast.harbour.id, currency, date(2026, 1, 1), TODAY, SYSTEM).closing


def test_a_refund_is_a_numbered_document_and_leaves_what_is_owed_alone(
    cast: Cast, now: datetime
) -> None:
    item, receipt = owed(cast.harbour, "70", FEB, now), received(cast.harbour, "100", now)
    allocating.allocate(receipt, None, TODAY, SYSTEM, now)
    before = posted(item)
    row = refunds.refund(receipt, BACK, viewer(cast.finance), now)
    assert (row.number, row.amount, row.paid_to) == ("RF-2026-000001", 30, "招商银行 6225")
    assert open_of(receipt) == 0 and posted(item) == before
    assert balance(cast) == 0
    assert audit.timeline(receipt, public_only=True)[0].event == "receipt.refunded"


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        (RefundFacts(D("30.01"), TODAY, "多付"), "amount"),
        (RefundFacts(D(0), TODAY, "多付"), "amount"),
        (RefundFacts(D("1.005"), TODAY, "多付"), "amount"),
        (RefundFacts(D(1), TODAY + timedelta(days=1), "多付"), "on"),
        (RefundFacts(D(1), TODAY - timedelta(days=1), "多付"), "on"),
        (RefundFacts(D(1), TODAY, " "), "reason"),
        (RefundFacts(D(1), TODAY, "多付", "x" * 121), "paid_to"),
    ],
)
def test_a_refund_that_cannot_be_is_told_at_its_field(
    cast: Cast, now: datetime, facts: RefundFacts, field: str
) -> None:
    receipt = received(cast.harbour, "30", now)
    with pytest.raises(InvalidMany) as refused:
        refunds.refund(receipt, facts, SYSTEM, now)
    assert set(refused.value.errors) == {field} and open_of(receipt) == 30


def test_what_is_used_up_or_a_deposit_is_not_refunded_here(cast: Cast, now: datetime) -> None:
    receipt = received(cast.harbour, "30", now)
    refunds.refund(receipt, BACK, SYSTEM, now)
    held = received(cast.harbour, "30", now, kind=ReceiptKind.DEPOSIT)
    for row in (receipt, held):
        with pytest.raises(NotAllowedNow):
            refunds.refund(row, BACK, SYSTEM, now)
    assert deposits.refund(held, D(30), TODAY, "退押金", SYSTEM, now).number == "DR-2026-000001"


def test_an_undone_refund_is_left_again_once_and_only_then_the_receipt_is_cancelled(
    cast: Cast, now: datetime
) -> None:
    receipt = received(cast.harbour, "100", now)
    row = refunds.refund(receipt, BACK, SYSTEM, now)
    with pytest.raises(NotAllowedNow, match="refunds"):
        receipts.cancel(receipt, "错", SYSTEM, now)
    back = refunds.undo(row, "银行退回", SYSTEM, now)
    assert (back.number, back.amount, open_of(receipt)) == ("RF-2026-000002", -30, 100)
    for again in (row, back):
        with pytest.raises(NotAllowedNow):
            refunds.undo(again, "再来", SYSTEM, now)
    with pytest.raises(Invalid):
        refunds.undo(row, " ", SYSTEM, now)
    assert balance(cast) == -100
    receipts.cancel(receipt, "错", SYSTEM, now)


def test_a_credit_pays_for_the_oldest_first_and_the_account_stays(
    cast: Cast, now: datetime
) -> None:
    late, later = owed(cast.harbour, "60", FEB, now), owed(cast.harbour, "90", TODAY, now)
    credit = credit_of(cast, now)
    before = balance(cast)
    made = netting.net(credit, None, TODAY, viewer(cast.finance), now)
    assert [(each.receivable_id, each.amount) for each in made] == [(late.id, 60), (later.id, 40)]
    assert (open_of(credit), open_of(late), open_of(later)) == (0, 0, 50)
    assert posted(credit) == [("issue", D(-100)), ("netting", D(60)), ("netting", D(40))]
    assert posted(late) == [("issue", D(60)), ("netting", D(-60))]
    assert late.settled_on == credit.settled_on == TODAY
    assert balance(cast) == before == 50


def test_a_statement_that_came_to_a_credit_is_set_against_another(
    cast: Cast, now: datetime
) -> None:
    minus = a_statement(cast.harbour, [a_line("-40")], StatementState.PUBLISHED)
    plus = a_statement(
        cast.harbour, [a_line("100")], StatementState.PUBLISHED, ends_on=date(2026, 2, 27)
    )
    rows = {row.statement_id: row for row in db.session.scalars(select(Receivable))}
    netting.net(rows[minus.id], None, TODAY, SYSTEM, now)
    assert (open_of(rows[minus.id]), open_of(rows[plus.id])) == (0, 60)


def test_by_hand_only_what_was_asked_for_is_set_off(cast: Cast, now: datetime) -> None:
    late, later = owed(cast.harbour, "60", FEB, now), owed(cast.harbour, "90", TODAY, now)
    credit = credit_of(cast, now)
    netting.net(credit, [Wish(later.id, D(25))], TODAY, SYSTEM, now)
    assert (open_of(credit), open_of(late), open_of(later)) == (-75, 60, 65)


@pytest.mark.parametrize("amount", ["60.01", "0", "-1", "0.001"])
def test_no_more_than_is_open_is_set_off(cast: Cast, now: datetime, amount: str) -> None:
    item, credit = owed(cast.harbour, "60", FEB, now), credit_of(cast, now)
    with pytest.raises(InvalidMany) as refused:
        netting.net(credit, [Wish(item.id, D(amount))], TODAY, SYSTEM, now)
    assert list(refused.value.errors) == [f"amount-{item.id}"]


def test_no_more_than_the_credit_is_set_off(cast: Cast, now: datetime) -> None:
    item, credit = owed(cast.harbour, "600", FEB, now), credit_of(cast, now)
    with pytest.raises(Invalid) as refused:
        netting.net(credit, [Wish(item.id, D(101))], TODAY, SYSTEM, now)
    assert refused.value.field == "amount"


def test_another_customers_or_currencys_items_are_left_alone(cast: Cast, now: datetime) -> None:
    other, dollars = owed(cast.nordwind, "60", FEB, now), owed(cast.harbour, "9", FEB, now, currency="USD")  # fmt: skip
    credit = credit_of(cast, now)
    with pytest.raises(NotAllowedNow, match="owes nothing"):
        netting.net(credit, None, TODAY, SYSTEM, now)
    for row in (other, dollars):
        with pytest.raises(InvalidMany):
            netting.net(credit, [Wish(row.id, D(1))], TODAY, SYSTEM, now)
    assert (open_of(other), open_of(dollars), open_of(credit)) == (60, 9, -100)


def test_the_same_page_sent_twice_sets_off_once(cast: Cast, now: datetime) -> None:
    item, credit = owed(cast.harbour, "60", FEB, now), credit_of(cast, now)
    read = credit.version
    wish = [Wish(item.id, D(10))]
    netting.net(credit, wish, TODAY, SYSTEM, now, seen=read)
    with pytest.raises(StaleEdit):
        netting.net(credit, wish, TODAY, SYSTEM, now, seen=read)
    assert open_of(item) == 50


@pytest.mark.parametrize("amount", ["100", "-100"])
def test_only_a_credit_and_no_day_to_come(cast: Cast, now: datetime, amount: str) -> None:
    owed(cast.harbour, "60", FEB, now)
    row = credit_of(cast, now, amount)
    refusal: type[Exception] = NotAllowedNow if amount == "100" else Invalid
    with pytest.raises(refusal):
        netting.net(row, None, TODAY + timedelta(days=amount == "-100"), SYSTEM, now)


def test_undone_both_sides_are_open_again_once(cast: Cast, now: datetime) -> None:
    item, credit = owed(cast.harbour, "60", FEB, now), credit_of(cast, now)
    (made,) = netting.net(credit, None, TODAY, SYSTEM, now)
    back = netting.undo(made, "客户要求", SYSTEM, now)
    assert (open_of(credit), open_of(item), back.amount) == (-100, 60, -60)
    assert item.settled_on is None and credit.settled_on is None
    for again in (made, back):
        with pytest.raises(NotAllowedNow):
            netting.undo(again, "再来", SYSTEM, now)
    with pytest.raises(Invalid):
        netting.undo(made, "", SYSTEM, now)
    assert nettings_of(credit, SYSTEM) == nettings_of(item, SYSTEM) == [made, back]
    assert balance(cast) == -40


def test_on_any_day_the_ages_know_what_was_set_off_by_then(cast: Cast, now: datetime) -> None:
    owed(cast.harbour, "60", FEB, now)
    credit = credit_of(cast, now)
    aged = lambda day: ageing(SYSTEM, day)[0].aged  # noqa: E731
    netting.net(credit, None, date(2026, 2, 20), SYSTEM, now)
    assert (aged(date(2026, 2, 19)).overdue, aged(date(2026, 2, 19)).not_due) == (60, -100)
    for day in (date(2026, 2, 20), TODAY):
        assert (aged(day).overdue, aged(day).not_due, aged(day).total) == (0, -40, -40)


def test_another_customers_people_set_nothing_off(cast: Cast, now: datetime) -> None:
    owed(cast.harbour, "60", FEB, now)
    credit = credit_of(cast, now)
    assert nettings_of(credit, viewer(cast.erik)) == []
    with pytest.raises(NotAllowedNow):
        netting.net(credit, None, TODAY, viewer(cast.erik), now)
