"""Who may order: limits and lateness hold credit by themselves, people hold, lift and blacklist (DOMAIN E8, K8)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from portal.access.viewer import SYSTEM
from portal.billing.actions import owing
from portal.billing.rules.states import StatementState
from portal.contracts.actions import approving as contract_approving
from portal.customers.models import CreditStanding, Customer
from portal.db.base import db
from portal.kernel.errors import Forbidden, Invalid, NotAllowedNow
from portal.quotations.actions import drafting, issuing
from portal.receivables.actions import allocating, deposits, holds, receipts, standing
from portal.receivables.actions.unbilled import unbilled_sums
from portal.receivables.rules.kinds import ReceiptKind
from portal.shipments.actions import opening
from tests.carriage import booked, boxes_entitled
from tests.cast import Cast, customer, viewer
from tests.contracts import by_hand, firm
from tests.factories import exchange
from tests.money import owed, received, terms
from tests.offers import draft
from tests.statements import a_statement

D = Decimal
TODAY = date(2026, 3, 2)


def worked(who: Customer, now: datetime) -> CreditStanding:
    return standing.work_out(who.id, now)


def held(cast: Cast, now: datetime, late: int = 16) -> CreditStanding:
    """Harbour Foods, on hold for an amount so many days late."""
    owed(cast.harbour, "1000", TODAY - timedelta(days=late), now)
    return worked(cast.harbour, now)


def test_exposure_is_owed_and_unbilled_without_deposits_and_prepayments(
    cast: Cast, now: datetime
) -> None:
    owed(cast.harbour, "1000", TODAY, now)
    received(cast.harbour, "70", now)
    received(cast.harbour, "200", now, kind=ReceiptKind.DEPOSIT)
    drafted = a_statement(cast.harbour, state=StatementState.UNDER_REVIEW).gross_amount
    row = worked(cast.harbour, now)
    assert (row.unbilled_amount, row.exposure_amount) == (drafted, D(730) + drafted)
    assert (row.overdue_days, row.held_since, row.worked_out_at) == (0, None, now)


def test_what_is_used_and_not_billed_counts(cast: Cast, now: datetime) -> None:
    a_statement(cast.harbour)
    assert unbilled_sums(cast.harbour.id, now) == {"CNY": D("157.00")}
    assert unbilled_sums(cast.nordwind.id, now) == {}


def test_other_currencies_count_at_the_day_s_rate_and_without_one_nothing_changes(
    cast: Cast, now: datetime
) -> None:
    owed(cast.harbour, "100", TODAY, now, currency="USD")
    with pytest.raises(Invalid, match="no rate"):
        worked(cast.harbour, now)
    assert standing.refresh(cast.harbour.id, now).worked_out_at is None
    exchange("USD", "7.1", TODAY)
    assert worked(cast.harbour, now).exposure_amount == 710


@pytest.mark.parametrize(("late", "cause"), [(15, None), (16, "overdue")])
def test_credit_is_held_past_the_days_of_grace(
    cast: Cast, now: datetime, late: int, cause: str | None
) -> None:
    row = held(cast, now, late)
    assert (row.hold_reason or None, row.overdue_days, row.overdue_amount) == (cause, late, 1000)


def test_credit_is_held_over_the_limit_and_free_again_when_it_is_paid(
    cast: Cast, now: datetime
) -> None:
    terms(cast.harbour, credit_limit=D(500))
    late = owed(cast.harbour, "501", TODAY, now)
    assert (worked(cast.harbour, now).hold_reason, late.settled_on) == ("over_limit", None)
    received(cast.harbour, "1", now)
    assert standing.standing_of(cast.harbour.id).held_since is None


def test_what_is_disputed_holds_nobody(cast: Cast, now: datetime) -> None:
    owed(cast.harbour, "1000", TODAY - timedelta(days=99), now, disputed="1000")
    row = worked(cast.harbour, now)
    assert (row.held_since, row.overdue_amount, row.exposure_amount) == (None, 0, 1000)


def test_a_customer_on_hold_cannot_book_and_is_told_why_and_whom_to_ask(
    cast: Cast, now: datetime
) -> None:
    entitlement = boxes_entitled(cast, now)
    held(cast, now)
    with pytest.raises(NotAllowedNow) as refused:
        booked(cast, now, entitlement)
    assert str(refused.value.text) == (
        "New orders are on hold since 2026-03-02, until we release them: payments are overdue for longer than "
        "agreed. Please turn to Chen Li, chen.li@farhaven.example."
    )


def test_a_booking_made_before_the_hold_is_not_confirmed_and_none_is_opened_by_us(
    cast: Cast, now: datetime
) -> None:
    entitlement = boxes_entitled(cast, now)
    booking = booked(cast, now, entitlement)
    held(cast, now)
    with pytest.raises(NotAllowedNow, match="on hold"):
        opening.confirm(booking, viewer(cast.customer_service), now)
    line = opening.PlannedLine(entitlement.item_id, "40HQ", D(1), entitlement.id)
    with pytest.raises(NotAllowedNow, match="on hold"):
        opening.open_shipment(
            cast.harbour, [line], opening.Opening(TODAY), viewer(cast.customer_service), now
        )


def test_a_lift_lets_orders_in_to_its_day_and_needs_two_people(cast: Cast, now: datetime) -> None:
    entitlement = boxes_entitled(cast, now)
    row, boss = held(cast, now), viewer(cast.finance_manager)
    lift = holds.propose_lift(cast.harbour, TODAY, "paid tomorrow", viewer(cast.finance), now)
    with pytest.raises(NotAllowedNow, match="already"):
        holds.propose_lift(cast.harbour, TODAY, "again", boss, now)
    with pytest.raises(Forbidden):
        holds.approve_lift(lift, viewer(cast.finance), now)
    holds.approve_lift(lift, boss, now)
    assert (row.lifted_until, row.lift_reason, lift.state) == (TODAY, "paid tomorrow", "approved")
    assert booked(cast, now, entitlement).state == "requested"
    with pytest.raises(NotAllowedNow, match="on hold"):
        booked(cast, now + timedelta(days=1), entitlement)


def test_a_lift_is_refused_with_a_reason_or_withdrawn_by_its_author(
    cast: Cast, now: datetime
) -> None:
    row, desk = held(cast, now), viewer(cast.finance)
    first = holds.propose_lift(cast.harbour, TODAY, "please", desk, now)
    with pytest.raises(Invalid):
        holds.refuse_lift(first, " ", viewer(cast.finance_manager), now)
    holds.refuse_lift(first, "no", viewer(cast.finance_manager), now)
    second = holds.propose_lift(cast.harbour, TODAY, "please", desk, now)
    with pytest.raises(Forbidden):
        holds.withdraw_lift(second, viewer(cast.finance_manager), now)
    holds.withdraw_lift(second, desk, now)
    assert (first.state, second.state, row.lifted_until) == ("refused", "withdrawn", None)


@pytest.mark.parametrize("days", [-1, 93])
def test_a_lift_lasts_from_today_to_three_months(cast: Cast, now: datetime, days: int) -> None:
    held(cast, now)
    with pytest.raises(Invalid) as refused:
        holds.propose_lift(cast.harbour, TODAY + timedelta(days=days), "x", SYSTEM, now)
    assert refused.value.field == "until_on"


def test_a_hold_set_by_hand_stays_until_it_is_released_by_hand(cast: Cast, now: datetime) -> None:
    holds.hold(cast.harbour, "cheque bounced", viewer(cast.finance), now)
    row = worked(cast.harbour, now)
    assert (row.hold_reason, row.held_by) == ("cheque bounced", cast.finance.id)
    with pytest.raises(NotAllowedNow):
        holds.hold(cast.harbour, "again", viewer(cast.finance), now)
    holds.release(cast.harbour, "paid", viewer(cast.finance), now)
    assert (row.held_since, row.hold_reason, row.held_by) == (None, "", None)


def test_an_automatic_hold_is_not_released_by_hand(cast: Cast, now: datetime) -> None:
    held(cast, now)
    with pytest.raises(NotAllowedNow, match="ends by itself"):
        holds.release(cast.harbour, "nice people", viewer(cast.finance), now)
    with pytest.raises(NotAllowedNow, match="not on hold"):
        holds.release(cast.nordwind, "x", viewer(cast.finance), now)


def test_a_hold_of_dunning_lasts_until_nothing_is_overdue(cast: Cast, now: datetime) -> None:
    owed(cast.harbour, "1000", TODAY - timedelta(days=2), now)
    standing.hold_for_dunning(cast.harbour.id, now)
    assert worked(cast.harbour, now).hold_reason == "dunning"
    receipt = received(cast.harbour, "1000", now)
    allocating.allocate(receipt, None, TODAY, SYSTEM, now)
    assert standing.standing_of(cast.harbour.id).held_since is None


def test_a_group_s_hold_keeps_branches_from_booking_that_it_pays_for(
    cast: Cast, now: datetime
) -> None:
    group = customer("GROUP", "海港集团", "Harbour Group", kind="group")
    entitlement = boxes_entitled(cast, now)
    cast.harbour.kind, cast.harbour.parent_id, cast.harbour.billing = "branch", group.id, "group"
    holds.hold(group, "no money", viewer(cast.finance), now)
    with pytest.raises(NotAllowedNow, match="no money"):
        booked(cast, now, entitlement)
    cast.harbour.billing = "own"
    assert booked(cast, now, entitlement).state == "requested"


def test_a_blacklisted_customer_gets_no_quotation_and_no_contract(
    cast: Cast, now: datetime
) -> None:
    firm()
    version = drafting.latest_version(draft(cast, now))
    contract = by_hand(cast, now)
    holds.blacklist(cast.harbour, "fraud", None, viewer(cast.finance_manager), now)
    for refused in (
        lambda: issuing.issue(version, lambda *_: None, viewer(cast.sales), now),
        lambda: contract_approving.submit(contract, "x", viewer(cast.sales), now),
        lambda: contract_approving.send(contract, viewer(cast.sales), now),
    ):
        with pytest.raises(NotAllowedNow, match="blacklisted until further notice: fraud"):
            refused()


def test_a_blacklisted_customer_does_not_read_why(cast: Cast, now: datetime) -> None:
    entitlement = boxes_entitled(cast, now)
    holds.blacklist(cast.harbour, "fraud", date(2026, 6, 30), viewer(cast.finance_manager), now)
    with pytest.raises(NotAllowedNow, match="We take no new orders until 2026-06-30"):
        booked(cast, now, entitlement)
    holds.clear(cast.harbour, "mistaken identity", viewer(cast.finance_manager), now)
    assert booked(cast, now, entitlement).state == "requested"
    with pytest.raises(NotAllowedNow):
        holds.clear(cast.harbour, "again", viewer(cast.finance_manager), now)


def test_money_is_taken_from_held_and_blacklisted_customers(cast: Cast, now: datetime) -> None:
    late = owed(cast.harbour, "1000", TODAY - timedelta(days=99), now)
    holds.hold(cast.harbour, "no money", viewer(cast.finance), now)
    holds.blacklist(cast.harbour, "fraud", None, viewer(cast.finance_manager), now)
    allocating.allocate(received(cast.harbour, "1000", now), None, TODAY, SYSTEM, now)
    assert late.settled_on == TODAY


def test_a_deposit_is_no_income_until_it_is_set_off(cast: Cast, now: datetime) -> None:
    late = owed(cast.harbour, "100", TODAY, now)
    deposit = received(cast.harbour, "500", now, kind=ReceiptKind.DEPOSIT)
    with pytest.raises(NotAllowedNow, match="Nothing of this receipt"):
        allocating.allocate(deposit, None, TODAY, SYSTEM, now)
    move = deposits.set_off(deposit, D(80), TODAY, "end of contract", viewer(cast.finance), now)
    allocating.allocate(deposit, None, TODAY, SYSTEM, now)
    assert (move.number, late.open_amount, deposit.open_amount) == ("DR-2026-000001", 20, 420)
    back = deposits.refund(deposit, D(420), TODAY, "end of contract", viewer(cast.finance), now)
    assert (back.number, deposit.open_amount) == ("DR-2026-000002", 0)


@pytest.mark.parametrize(
    ("amount", "day"), [("500.01", TODAY), ("0", TODAY), ("1", date(2026, 3, 3))]
)
def test_no_more_of_a_deposit_moves_than_we_hold(
    cast: Cast, now: datetime, amount: str, day: date
) -> None:
    deposit = received(cast.harbour, "500", now, kind=ReceiptKind.DEPOSIT)
    with pytest.raises(Invalid):
        deposits.refund(deposit, D(amount), day, "back", SYSTEM, now)
    with pytest.raises(NotAllowedNow, match="not a deposit"):
        deposits.refund(received(cast.harbour, "5", now), D(1), TODAY, "back", SYSTEM, now)


def test_a_deposit_that_moved_is_not_cancelled(cast: Cast, now: datetime) -> None:
    deposit = received(cast.harbour, "500", now, kind=ReceiptKind.DEPOSIT)
    deposits.refund(deposit, D(1), TODAY, "back", SYSTEM, now)
    with pytest.raises(NotAllowedNow, match="refunded or set off"):
        receipts.cancel(deposit, "mistake", SYSTEM, now)


def test_a_credit_balance_lowers_the_exposure(cast: Cast, now: datetime) -> None:
    owing.opening(cast.harbour, "CR-1", "CNY", TODAY, TODAY, D(-30), SYSTEM, now)
    owed(cast.harbour, "100", TODAY, now)
    assert worked(cast.harbour, now).exposure_amount == 70
    db.session.flush()
