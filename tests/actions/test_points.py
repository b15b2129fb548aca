"""Points on both databases: earned by settled bills, taken back, redeemed once, expired once (REQUIREMENTS K8)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from portal.access.permissions import Permission
from portal.access.scope import set_viewer
from portal.access.viewer import SYSTEM
from portal.billing.actions import crediting, owing
from portal.billing.models import Credit
from portal.billing.rules.states import CreditState
from portal.customers.models import Customer
from portal.db.base import db
from portal.jobs import loyalty as job
from portal.kernel.errors import Forbidden, Invalid, InvalidMany, NotAllowedNow
from portal.loyalty.actions import adjusting, ledger, redeeming
from portal.loyalty.models import PointsEntry
from portal.loyalty.queries.points import account_of
from portal.loyalty.rules.kinds import EntryKind, RedemptionState
from portal.receivables.actions import allocating
from portal.receivables.models import Allocation, Receipt
from tests.cast import Cast, viewer
from tests.loyalty import a_bill, a_rule, balance, paid, points

D = Decimal


def _run(now: datetime) -> str:
    db.session.commit()
    set_viewer(SYSTEM)
    return job.settle(now)


def _ledger(customer: Customer) -> list[tuple[str, int]]:
    wanted = select(PointsEntry.kind, PointsEntry.points).where(
        PointsEntry.customer_id == customer.id
    )
    return [(kind, count) for kind, count in db.session.execute(wanted.order_by(PointsEntry.id))]


def _unpaid(now: datetime) -> None:
    for row in db.session.scalars(select(Allocation).where(Allocation.reverses_id.is_(None))):
        allocating.undo(row, "记错", SYSTEM, now)


def test_a_settled_bill_earns_once_however_often_the_job_runs(cast: Cast, now: datetime) -> None:
    a_rule(now)
    paid(a_bill(cast.harbour, "1234", now), cast.harbour, now)
    assert _run(now) == "1 earned, 0 taken back, 0 points expired"
    assert _run(now) == "0 earned, 0 taken back, 0 points expired"
    assert (balance(cast.harbour), _ledger(cast.harbour)) == (123, [("earn", 123)])


def test_a_bill_that_is_paid_in_part_earns_nothing_yet(cast: Cast, now: datetime) -> None:
    a_rule(now)
    a_bill(cast.harbour, "1234", now)
    assert _run(now).startswith("0 earned")


def test_a_bill_that_is_open_again_gives_its_points_back_and_may_earn_again(
    cast: Cast, now: datetime
) -> None:
    a_rule(now)
    bill = a_bill(cast.harbour, "1000", now)
    paid(bill, cast.harbour, now)
    _run(now)
    _unpaid(now)
    _run(now)
    assert balance(cast.harbour) == 0
    receipt = db.session.scalars(select(Receipt)).one()
    allocating.allocate(receipt, None, date(2026, 3, 2), SYSTEM, now)
    _run(now)
    assert _ledger(cast.harbour) == [("earn", 100), ("take_back", -100), ("earn", 100)]


def test_points_that_were_redeemed_before_are_owed_and_paid_by_the_next(
    cast: Cast, now: datetime
) -> None:
    a_rule(now)
    paid(a_bill(cast.harbour, "2000", now), cast.harbour, now)
    _run(now)
    redeeming.redeem(cast.harbour, 150, viewer(cast.lin), now)
    _unpaid(now)
    _run(now)
    account = account_of(cast.harbour.id, SYSTEM)
    assert account is not None and (account.balance, account.owed) == (0, 150)
    points(cast.harbour, 200, now)
    assert (balance(cast.harbour), account.owed) == (50, 0)


def test_what_is_written_off_was_not_paid(cast: Cast, now: datetime) -> None:
    a_rule(now)
    bill = a_bill(cast.harbour, "1000", now)
    owing.write_off(bill, bill.open_amount, "破产", viewer(cast.finance_manager), now)
    assert _run(now).startswith("0 earned")


def test_redeeming_makes_one_credit_that_waits_for_the_next_statement(
    cast: Cast, now: datetime
) -> None:
    a_rule(now)
    points(cast.harbour, 500, now)
    row = redeeming.redeem(cast.harbour, 300, viewer(cast.lin), now)
    credit = db.session.scalars(select(Credit)).one()
    assert (credit.id, credit.gross_amount, credit.customer_id) == (
        row.credit_id, D("15.000"), cast.harbour.id,
    )  # fmt: skip
    assert (credit.state, credit.source_type, balance(cast.harbour)) == (
        CreditState.GRANTED, "points", 200,
    )  # fmt: skip


def test_a_branch_of_a_group_redeems_on_the_groups_bill(cast: Cast, now: datetime) -> None:
    a_rule(now)
    group = cast.nordwind
    group.kind = "group"
    cast.harbour.kind, cast.harbour.parent_id, cast.harbour.billing = "branch", group.id, "group"
    points(cast.harbour, 500, now)
    db.session.commit()
    set_viewer(viewer(cast.lin))
    redeeming.redeem(cast.harbour, 100, viewer(cast.lin), now)
    set_viewer(SYSTEM)
    assert db.session.scalars(select(Credit.customer_id)).one() == group.id


def test_more_than_there_is_cannot_be_redeemed(cast: Cast, now: datetime) -> None:
    a_rule(now)
    points(cast.harbour, 120, now)
    with pytest.raises(Invalid):
        redeeming.redeem(cast.harbour, 121, viewer(cast.lin), now)
    assert balance(cast.harbour) == 120


def test_points_past_their_last_day_are_not_redeemed(cast: Cast, now: datetime) -> None:
    a_rule(now)
    points(cast.harbour, 500, now, ends=date(2026, 3, 1))
    with pytest.raises(Invalid):
        redeeming.redeem(cast.harbour, 100, viewer(cast.lin), now)


def test_who_may_not_redeem_is_refused(cast: Cast, now: datetime) -> None:
    a_rule(now)
    assert not viewer(cast.clerk).may(Permission.POINTS_REDEEM)
    with pytest.raises(Forbidden):
        redeeming.redeem(cast.harbour, 100, viewer(cast.clerk), now)


def test_a_cancelled_credit_gives_the_points_back_with_their_days(
    cast: Cast, now: datetime
) -> None:
    a_rule(now)
    points(cast.harbour, 100, now, ends=date(2026, 3, 10))
    points(cast.harbour, 100, now)
    row = redeeming.redeem(cast.harbour, 150, viewer(cast.lin), now)
    redeeming.cancel(row, "客户改主意", viewer(cast.finance), now)
    assert balance(cast.harbour) == 200
    back = select(PointsEntry.points, PointsEntry.expires_on).where(
        PointsEntry.kind == EntryKind.GIVE_BACK.value
    )
    assert set(map(tuple, db.session.execute(back))) == {
        (100, date(2026, 4, 1)), (50, date(2028, 3, 31)),
    }  # fmt: skip
    assert db.session.scalars(select(Credit.state)).one() == CreditState.CANCELLED


def test_a_redemption_is_cancelled_once(cast: Cast, now: datetime) -> None:
    a_rule(now)
    points(cast.harbour, 100, now)
    row = redeeming.redeem(cast.harbour, 100, viewer(cast.lin), now)
    redeeming.cancel(row, "撤回", viewer(cast.finance), now)
    with pytest.raises(NotAllowedNow):
        redeeming.cancel(row, "撤回", viewer(cast.finance), now)
    assert (balance(cast.harbour), row.state) == (100, RedemptionState.CANCELLED)


def test_a_credit_on_a_statement_is_not_cancelled(cast: Cast, now: datetime) -> None:
    a_rule(now)
    points(cast.harbour, 100, now)
    row = redeeming.redeem(cast.harbour, 100, viewer(cast.lin), now)
    credit = crediting.held(row.credit_id or 0)
    credit.state = CreditState.PLACED.value
    with pytest.raises(NotAllowedNow):
        redeeming.cancel(row, "撤回", viewer(cast.finance), now)


def test_what_is_left_of_a_lot_expires_once(cast: Cast, now: datetime) -> None:
    a_rule(now)
    points(cast.harbour, 300, now, ends=date(2026, 3, 31))
    redeeming.redeem(cast.harbour, 100, viewer(cast.lin), now)
    later = now + timedelta(days=40)
    assert _run(later).endswith("200 points expired")
    assert _run(later).endswith("0 points expired")
    assert _ledger(cast.harbour)[-1] == ("expire", -200)


def test_an_adjustment_needs_its_reason_and_enough_points(cast: Cast, now: datetime) -> None:
    with pytest.raises(InvalidMany) as refused:
        adjusting.adjust(cast.harbour, -1, "", viewer(cast.finance), now)
    assert set(refused.value.errors) == {"change", "reason"}
    adjusting.adjust(cast.harbour, 40, "开业赠送", viewer(cast.finance), now)
    adjusting.adjust(cast.harbour, -15, "更正", viewer(cast.finance), now)
    assert balance(cast.harbour) == 25


def test_rules_do_not_reach_into_the_past(cast: Cast, now: datetime) -> None:
    with pytest.raises(InvalidMany) as refused:
        a_rule(now, from_on=date(2026, 3, 1), per_amount=D(0), minimum=0)
    assert set(refused.value.errors) == {"from_on", "per_amount", "minimum"}


def test_the_ledger_is_never_edited(cast: Cast, now: datetime) -> None:
    entry = points(cast.harbour, 10, now)
    entry.points = 20
    with pytest.raises(TypeError, match="append-only"):
        db.session.flush()
    db.session.rollback()


def test_a_repeated_cause_changes_nothing(cast: Cast, now: datetime) -> None:
    account = ledger.hold(cast.harbour.id, now)
    cause = ledger.Cause("campaign-gift-1")
    one = ledger.add(account, EntryKind.BONUS, 10, None, cause, SYSTEM, now)
    assert ledger.add(account, EntryKind.BONUS, 10, None, cause, SYSTEM, now).id == one.id
    assert balance(cast.harbour) == 10
