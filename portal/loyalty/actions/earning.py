"""Bills that are paid in full earn points; a bill that is open again gives them back (REQUIREMENTS K8)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, exists, func, select

from portal.access.viewer import SYSTEM
from portal.billing.models import Receivable, ReceivablePosting, StatementLine
from portal.billing.rules.kinds import LineKind, PostingKind, ReceivableKind
from portal.catalogue.models import ServiceItem
from portal.catalogue.queries.rates import exchange_rate
from portal.catalogue.rules.exchange import convert
from portal.customers.models import Customer
from portal.db.base import db
from portal.loyalty.actions import ledger
from portal.loyalty.actions.ledger import Cause
from portal.loyalty.models import PointsAccount, PointsEntry, PointsRule
from portal.loyalty.queries.points import earning_rule
from portal.loyalty.rules.earning import Charge, Rule, earned, last_day
from portal.loyalty.rules.kinds import EntryKind

ABOUT_BILLS = (EntryKind.EARN.value, EntryKind.TAKE_BACK.value)


def to_earn() -> list[int]:
    """Ids of the bills that are settled and have not earned, or gave back what they earned; the oldest first."""
    first = select(func.min(PointsRule.from_on)).scalar_subquery()
    written_off = exists().where(
        ReceivablePosting.receivable_id == Receivable.id,
        ReceivablePosting.kind == PostingKind.WRITE_OFF.value,
    )
    wanted = select(Receivable.id).where(
        Receivable.kind == ReceivableKind.STATEMENT.value,
        Receivable.settled_on >= first,
        Receivable.amount > 0,
        ~written_off,
        _counted(EntryKind.EARN) == _counted(EntryKind.TAKE_BACK),
    )
    return list(db.session.scalars(wanted.order_by(Receivable.settled_on, Receivable.id)))


def to_take_back() -> list[int]:
    """Ids of the bills that have earned and are open again."""
    wanted = select(Receivable.id).where(
        Receivable.settled_on.is_(None),
        _counted(EntryKind.EARN) > _counted(EntryKind.TAKE_BACK),
    )
    return list(db.session.scalars(wanted.order_by(Receivable.id)))


def earn(receivable_id: int, now: datetime) -> PointsEntry | None:
    """The points of a settled bill, once; None where no rule lets it earn, or somebody was quicker."""
    bill = db.session.get_one(Receivable, receivable_id)
    account = ledger.hold(bill.customer_id, now)
    turns, given_back = _turns(bill.id)
    if bill.settled_on is None or turns != given_back:
        return None
    rule = earning_rule(bill.settled_on)
    if rule is None:
        return None
    tier = db.session.get_one(Customer, bill.customer_id).segment
    found = earned(_charges(bill, rule), rule, tier)
    cause = Cause(
        f"earn-{bill.id}-{turns + 1}", bill.reference, receivable_id=bill.id, working=found.working(rule)
    )  # fmt: skip
    ends = last_day(bill.settled_on, rule.months_valid)
    return ledger.add(account, EntryKind.EARN, found.points, ends, cause, SYSTEM, now)


def give_back(receivable_id: int, now: datetime) -> PointsEntry | None:
    """The bill is open again: what it earned last is taken back, once."""
    bill = db.session.get_one(Receivable, receivable_id)
    account = ledger.hold(bill.customer_id, now)
    turns, given_back = _turns(bill.id)
    if bill.settled_on is not None or turns == given_back:
        return None
    last = ledger.of_key(f"earn-{bill.id}-{turns}")
    if last is None:
        return None
    cause = Cause(f"back-{last.id}", bill.reference, receivable_id=bill.id, lot_id=last.id)
    return ledger.take_back(account, last.points, cause, SYSTEM, now)


def accounts_to_expire(now_on: object) -> list[int]:
    """Customers some of whose points are past their last day."""
    wanted = select(PointsAccount.customer_id).where(PointsAccount.next_expiry_on < now_on)
    return list(db.session.scalars(wanted.order_by(PointsAccount.customer_id)))


def _charges(bill: Receivable, rule: Rule) -> list[Charge]:
    """The bill's charges before tax in the rule's currency, at the rate of the day on which it was settled."""
    wanted = (
        select(ServiceItem.category, func.sum(StatementLine.net_amount))
        .outerjoin(ServiceItem, ServiceItem.id == StatementLine.item_id)
        .where(
            StatementLine.statement_id == bill.statement_id,
            StatementLine.until_revision.is_(None),
            StatementLine.kind != LineKind.LATE_FEE.value,
        )
        .group_by(ServiceItem.category)
    )
    rows = db.session.execute(wanted).all()
    if bill.settled_on is None:
        return []
    rate = exchange_rate(bill.currency, rule.currency, bill.settled_on)
    return [
        Charge(category or "", convert(net, bill.currency, rule.currency, rate).converted)
        for category, net in rows
    ]


def _turns(receivable_id: int) -> tuple[int, int]:
    """How often the bill has earned, and how often it gave back."""
    wanted = select(PointsEntry.kind, func.count()).where(
        PointsEntry.receivable_id == receivable_id, PointsEntry.kind.in_(ABOUT_BILLS)
    )
    found = dict(db.session.execute(wanted.group_by(PointsEntry.kind)).all())
    return found.get(EntryKind.EARN.value, 0), found.get(EntryKind.TAKE_BACK.value, 0)


def _counted(kind: EntryKind) -> ColumnElement[int]:
    count = select(func.count()).where(
        PointsEntry.receivable_id == Receivable.id, PointsEntry.kind == kind.value
    )
    return count.correlate(Receivable).scalar_subquery()
