"""Rules, bills and points for tests, by the same actions as everybody's."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from portal.access.viewer import SYSTEM
from portal.billing.actions import owing
from portal.billing.models import Receivable
from portal.billing.rules.states import StatementState
from portal.customers.models import Customer
from portal.db.base import db
from portal.loyalty.actions import adjusting, ledger, redeeming
from portal.loyalty.actions.adjusting import RuleFacts
from portal.loyalty.actions.ledger import Cause
from portal.loyalty.models import PointsEntry, PointsRule
from portal.loyalty.queries.points import account_of
from portal.loyalty.rules.kinds import EntryKind
from portal.receivables.actions import allocating
from portal.receivables.models import Receipt
from tests.cast import Cast, viewer
from tests.money import received
from tests.statements import a_line, a_statement

D = Decimal
IN_2028 = date(2028, 3, 31)


def a_rule(now: datetime, **changes: Any) -> PointsRule:
    """From the second of March 2026 on: a point for each full CNY 10, each worth CNY 0.05, from 100 on."""
    values: dict[str, Any] = {
        "from_on": date(2026, 3, 2), "per_amount": D(10), "value": D("0.05"), "minimum": 100,
    } | changes  # fmt: skip
    return adjusting.set_rule(RuleFacts(**values), SYSTEM, now)


def a_bill(customer: Customer, net: str, now: datetime, **line: Any) -> Receivable:
    """A confirmed statement with one charge that comes to `net` before its tax of 6 %, and what is owed for it."""
    gross = str(D(net) * D("1.06"))
    statement = a_statement(customer, [a_line(gross, **line)], StatementState.CONFIRMED, now=now)
    found = owing.of_statement(statement)
    assert found is not None
    return found


def paid(bill: Receivable, customer: Customer, now: datetime) -> Receipt:
    """All of it comes in today."""
    money = received(customer, str(bill.open_amount), now)
    allocating.allocate(money, None, date(2026, 3, 2), SYSTEM, now)
    db.session.flush()
    return money


def points(
    customer: Customer, count: int, now: datetime, ends: date | None = IN_2028
) -> PointsEntry:
    """So many points as a bonus, usable up to `ends`."""
    account = ledger.hold(customer.id, now)
    key = f"test-{customer.id}-{db.session.query(PointsEntry).count()}"
    return ledger.add(account, EntryKind.BONUS, count, ends, Cause(key), SYSTEM, now)


def balance(customer: Customer) -> int:
    """What the account says now."""
    db.session.flush()
    db.session.expire_all()
    found = account_of(customer.id, SYSTEM)
    return found.balance if found else 0


def points_ids(cast: Cast, now: datetime) -> dict[str, int]:
    """Ids of rules, and of points that Harbour Foods redeemed."""
    rule = a_rule(now)
    points(cast.harbour, 500, now)
    row = redeeming.redeem(cast.harbour, 100, viewer(cast.lin), now)
    return {"points_rule_id": rule.id, "redemption_id": row.id}
