"""The monthly run on real payments: once for ever, taken back, frozen, by two people."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy.exc import IntegrityError

from portal.access.models import Assignment
from portal.access.permissions import Role
from portal.access.scope import set_viewer
from portal.access.viewer import SYSTEM
from portal.commissions.actions import plans, runs
from portal.commissions.models import CommissionLine, CommissionRun, CommissionTake
from portal.commissions.queries import runs as queries
from portal.commissions.rules.states import RunState
from portal.db.base import db
from portal.kernel import clock
from portal.kernel.errors import Forbidden, Invalid, NotAllowedNow
from portal.receivables.actions import allocating
from tests.cast import Cast, staff, viewer
from tests.commissions import APRIL, MARCH, a_bill, a_plan, lines_of, paid, worked_out
from tests.offers import quick_press  # noqa: F401 - a fixture

D = Decimal
pytestmark = pytest.mark.usefixtures("quick_press")


@pytest.fixture
def april(now: datetime) -> datetime:
    return now + timedelta(days=35)


def earned(run: CommissionRun) -> list[Decimal]:
    return [each.commission_amount for each in lines_of(run)]


def test_a_month_counts_what_was_paid_in_it(cast: Cast, now: datetime, april: datetime) -> None:
    a_plan(cast, now)
    paid(a_bill(cast.harbour, "1060"), "530", now)
    run = worked_out(cast, MARCH, april)
    (line,) = lines_of(run)
    assert (line.owner_id, line.paid_amount, line.base_amount) == (cast.sales.id, D(530), D(500))
    assert (line.percent, line.commission_amount, run.commission_amount) == (D(5), D(25), D(25))
    assert (run.number, run.currency, run.line_count) == ("CM-2026-03", "CNY", 1)


def test_no_payment_is_counted_twice(cast: Cast, now: datetime, april: datetime) -> None:
    a_plan(cast, now)
    bill = a_bill(cast.harbour, "1060")
    paid(bill, "530", now)
    first = worked_out(cast, MARCH, april)
    runs.approve(first, viewer(cast.finance_manager), april)
    paid(bill, "530", april)
    second = worked_out(cast, APRIL, april + timedelta(days=30))
    assert (earned(first), earned(second)) == ([D(25)], [D(25)])
    assert lines_of(second)[0].before_amount == D(530)


def test_the_database_itself_refuses_a_payment_twice(
    cast: Cast, now: datetime, april: datetime
) -> None:
    a_plan(cast, now)
    paid(a_bill(cast.harbour, "1060"), "530", now)
    run = worked_out(cast, MARCH, april)
    take = db.session.query(CommissionTake).one()
    columns = ("run_id", "allocation_id", "statement_id", "customer_id", "on", "amount")
    db.session.add(CommissionTake(**{name: getattr(take, name) for name in columns}))
    with pytest.raises(IntegrityError):
        db.session.flush()
    db.session.rollback()
    assert run is not None


def test_a_payment_noted_late_for_an_approved_month_counts_in_the_next(
    cast: Cast, now: datetime, april: datetime
) -> None:
    a_plan(cast, now)
    bill = a_bill(cast.harbour, "1060")
    runs.approve(worked_out(cast, MARCH, april), viewer(cast.finance_manager), april)
    paid(bill, "106", now)
    later = worked_out(cast, APRIL, april + timedelta(days=30))
    assert [(each.on, each.commission_amount) for each in lines_of(later)] == [(now.date(), D(5))]


def test_what_is_undone_later_is_taken_back_from_who_was_given_it(
    cast: Cast, now: datetime, april: datetime
) -> None:
    a_plan(cast, now)
    made = paid(a_bill(cast.harbour, "1060"), "530", now)
    first = worked_out(cast, MARCH, april)
    runs.approve(first, viewer(cast.finance_manager), april)
    with clock.frozen(april):
        allocating.undo(made, "错账", SYSTEM, april)
    theirs = db.session.query(Assignment).filter_by(customer_id=cast.harbour.id).one()
    theirs.user_id = cast.sales_manager.id
    a_plan(cast, april, ("0", "9"), starts_on=date(2026, 5, 1))
    (back,) = lines_of(worked_out(cast, APRIL, april + timedelta(days=30)))
    assert (back.owner_id, back.commission_amount) == (cast.sales.id, D(-25))
    assert back.reverses_id == lines_of(first)[0].id
    (person,) = queries.persons(db.session.get_one(CommissionRun, back.run_id), SYSTEM)
    assert person.percent is None  # what is taken back has the percent of its own month


def test_the_threshold_reached_in_the_month_counts_for_all_of_it(
    cast: Cast, now: datetime, april: datetime
) -> None:
    a_plan(cast, now, ("0", "5"), ("1000", "8"))
    paid(a_bill(cast.harbour, "530"), "530", now)
    paid(a_bill(cast.nordwind, "530"), "530", now)
    assert earned(worked_out(cast, MARCH, april)) == [D(40), D(40)]


def test_what_was_paid_before_the_first_plan_is_left_alone(
    cast: Cast, now: datetime, april: datetime
) -> None:
    a_plan(cast, now, starts_on=APRIL)
    bill = a_bill(cast.harbour, "1060")
    paid(bill, "530", now)
    paid(bill, "530", april)
    run = worked_out(cast, APRIL, april + timedelta(days=30))
    assert [(each.before_amount, each.commission_amount) for each in lines_of(run)] == [
        (D(530), D(25))
    ]


def test_a_draft_is_worked_out_again_and_discarded_its_payments_are_free(
    cast: Cast, now: datetime, april: datetime
) -> None:
    a_plan(cast, now)
    bill = a_bill(cast.harbour, "1060")
    run = worked_out(cast, MARCH, april)
    paid(bill, "530", now)
    with clock.frozen(april):
        runs.rebuild(run, viewer(cast.finance), april)
        assert run.commission_amount == D(25)
        runs.discard(run, viewer(cast.finance), april)
    assert not db.session.query(CommissionTake).count() + db.session.query(CommissionLine).count()
    assert earned(worked_out(cast, MARCH, april)) == [D(25)]


def test_who_worked_it_out_does_not_approve_it_and_sales_do_neither(
    cast: Cast, now: datetime, april: datetime
) -> None:
    a_plan(cast, now)
    with clock.frozen(april):
        run = runs.start(MARCH, viewer(cast.finance_manager), april)
        for user in (cast.finance_manager, cast.finance, cast.sales):
            with pytest.raises(Forbidden):
                runs.approve(run, viewer(user), april)
        with pytest.raises(Forbidden):
            runs.start(MARCH, viewer(cast.sales), april)
    assert run.state == RunState.DRAFT


def test_an_approved_run_is_frozen_paid_out_once_and_its_hash_tells_of_any_change(
    cast: Cast, now: datetime, april: datetime
) -> None:
    a_plan(cast, now)
    paid(a_bill(cast.harbour, "1060"), "530", now)
    run, finance = worked_out(cast, MARCH, april), viewer(cast.finance)
    runs.approve(run, viewer(cast.finance_manager), april)
    for verb in (runs.rebuild, runs.discard):
        with pytest.raises(NotAllowedNow):
            verb(run, finance, april)
    with pytest.raises(Invalid):
        runs.pay(run, april.date() + timedelta(days=1), "", finance, april)
    runs.pay(run, april.date(), "工资 4 月", finance, april)
    assert (run.state, run.content_hash) == (RunState.PAID, runs.content_hash(run))
    lines_of(run)[0].commission_amount += 1
    db.session.flush()
    assert run.content_hash != runs.content_hash(run)


@pytest.mark.parametrize(("month", "field"), [(MARCH, "month"), (date(2026, 1, 1), None)])
def test_a_month_is_worked_out_after_its_end_and_in_its_turn(
    cast: Cast, now: datetime, month: date, field: str | None
) -> None:
    a_plan(cast, now)
    finance = viewer(cast.finance)
    if field is not None:
        with pytest.raises(Invalid):
            runs.start(month, finance, now)
        return
    runs.start(month, finance, now)
    with pytest.raises(NotAllowedNow):
        runs.start(date(2026, 2, 1), finance, now)


def test_a_closed_month_gets_no_other_plan_and_a_used_one_stays(
    cast: Cast, now: datetime, april: datetime
) -> None:
    plan = a_plan(cast, now)
    paid(a_bill(cast.harbour, "1060"), "530", now)
    runs.approve(worked_out(cast, MARCH, april), viewer(cast.finance_manager), april)
    with pytest.raises(Invalid):
        a_plan(cast, april, role=Role.SALES_MANAGER)
    with pytest.raises(NotAllowedNow):
        plans.withdraw(plan, viewer(cast.finance), april)
    later = a_plan(cast, april, starts_on=APRIL)
    plans.withdraw(later, viewer(cast.finance), april)


def test_a_salesperson_sees_their_own_lines_also_of_a_customer_that_went_to_another(
    cast: Cast, now: datetime, april: datetime
) -> None:
    a_plan(cast, now)
    paid(a_bill(cast.harbour, "1060"), "530", now)
    run, stranger = worked_out(cast, MARCH, april), staff("Stranger", Role.SALES)
    db.session.query(Assignment).filter_by(customer_id=cast.harbour.id).delete()
    for user, found in ((cast.sales, 1), (stranger, 0), (cast.finance, 1)):
        set_viewer(viewer(user))
        assert len(queries.persons(run, viewer(user))) == found
    set_viewer(SYSTEM)
