"""Bills that were paid, and plans, for tests of commission."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from portal.access.permissions import Role
from portal.access.viewer import SYSTEM
from portal.billing.models import Receivable, Statement
from portal.billing.rules.kinds import LineKind
from portal.billing.rules.states import StatementState
from portal.commissions.actions import plans, runs
from portal.commissions.actions.plans import NewPlan
from portal.commissions.models import CommissionLine, CommissionPlan, CommissionRun
from portal.commissions.rules.plans import Band
from portal.customers.models import Customer
from portal.db.base import db
from portal.kernel import clock
from portal.receivables.actions import allocating
from portal.receivables.models import Allocation
from portal.receivables.rules.allocation import Wish
from tests.cast import Cast, viewer
from tests.money import received
from tests.statements import a_line, a_statement

D = Decimal
MARCH, APRIL = date(2026, 3, 1), date(2026, 4, 1)


def a_bill(customer: Customer, *gross: str, **more: Any) -> Statement:
    """A published statement whose lines (6 % inside) cost us nothing: their net is margin."""
    drafts = [a_line(each, kind=LineKind.LATE_FEE) for each in gross]
    return a_statement(customer, drafts, StatementState.PUBLISHED, **more)


def paid(statement: Statement, amount: str, at: datetime) -> Allocation:
    """So much of it is paid on the day of `at`."""
    owed = db.session.query(Receivable).filter_by(statement_id=statement.id).one()
    on, currency = at.date(), statement.currency
    with clock.frozen(at):
        receipt = received(statement.customer, amount, at, received_on=on, currency=currency)
        wish = [Wish(owed.id, D(amount))]
        (made,) = allocating.allocate(receipt, wish, on, SYSTEM, at)
    return made


def a_plan(cast: Cast, now: datetime, *bands: tuple[str, str], **more: Any) -> CommissionPlan:
    """A plan of all sales from March 2026 on, 5 % unless other bands are given."""
    found = [Band(D(over), D(percent)) for over, percent in bands or (("0", "5"),)]
    values = {"starts_on": MARCH, "role": Role.SALES, **more}
    return plans.make(NewPlan(bands=found, **values), viewer(cast.finance), now)


def worked_out(cast: Cast, month: date, at: datetime) -> CommissionRun:
    """A month's draft, by finance."""
    with clock.frozen(at):
        return runs.start(month, viewer(cast.finance), at)


def lines_of(run: CommissionRun) -> list[CommissionLine]:
    """Its lines, in order."""
    db.session.flush()
    found = db.session.query(CommissionLine).filter_by(run_id=run.id)
    return list(found.order_by(CommissionLine.id))
