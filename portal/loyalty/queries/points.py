"""Rules, accounts and ledgers of points."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple, cast

from sqlalchemy import Select, func, select
from sqlalchemy.orm import contains_eager, joinedload

from portal.access.scope import visible
from portal.access.viewer import Viewer
from portal.accounts.models import User
from portal.billing.models import Receivable, Statement, StatementLine
from portal.billing.rules.states import CUSTOMER_SEES
from portal.customers.models import Customer
from portal.db import whole
from portal.db.base import db
from portal.db.kept import Kept
from portal.db.together import Question, records
from portal.loyalty.models import PointsAccount, PointsEntry, PointsRule, Redemption
from portal.loyalty.rules.earning import Rule, in_force, latest_of
from portal.loyalty.rules.kinds import EntryKind
from portal.loyalty.rules.lots import Lot, Move, lots_after


def rule_rows() -> list[PointsRule]:
    """Every rule, the latest first."""
    return list(db.session.scalars(select(PointsRule).order_by(PointsRule.from_on.desc())))


def rules() -> list[Rule]:
    """Every rule as the arithmetic needs it."""
    return [as_rule(row) for row in rule_rows()]


def as_rule(row: PointsRule) -> Rule:
    """A row as the arithmetic needs it."""
    return Rule(
        row.from_on, row.per_amount, row.value, row.currency,
        {tier: Decimal(factor) for tier, factor in row.factors.items()}, frozenset(row.categories),
        row.months_valid, row.minimum, row.active,
    )  # fmt: skip


def earning_rule(on: date) -> Rule | None:
    """The rule by which bills settled on a day earn."""
    return in_force(rules(), on)


def redeeming_rule(on: date) -> Rule | None:
    """The rule by which points are redeemed on a day."""
    return latest_of(rules(), on)


def rule_shown(on: date) -> Rule | None:
    """The same for a page that only says what points are worth, seldom by a query."""
    return latest_of(_RULES.get(), on)


def accounts(viewer: Viewer) -> Select[Any]:
    """Accounts with their customer, those that the viewer may see."""
    statement = select(PointsAccount).join(Customer, Customer.id == PointsAccount.customer_id)
    statement = statement.options(contains_eager(PointsAccount.customer))
    return visible(statement, PointsAccount, viewer)


class Balance(NamedTuple):
    """What a customer has, and when the first points expire."""

    balance: int
    next_expiry_on: date | None


def balance_asked(customer_id: int, viewer: Viewer) -> Question[Balance | None]:
    """One customer's account to be asked with others; None before the first point."""
    columns: Any = (PointsAccount.balance, PointsAccount.next_expiry_on)
    theirs = visible(select(*columns), PointsAccount, viewer)
    wanted = theirs.where(PointsAccount.customer_id == customer_id)
    return Question(wanted, lambda rows: Balance(*rows[0]) if rows else None)


def account_of(customer_id: int, viewer: Viewer) -> PointsAccount | None:
    """One customer's account; None before the first point."""
    theirs = visible(select(PointsAccount), PointsAccount, viewer)
    return db.session.scalar(theirs.where(PointsAccount.customer_id == customer_id))


def account_asked(customer_id: int, viewer: Viewer) -> Question[list[Any]]:
    """What a card says of that account, to be asked with others: none or one."""
    columns = PointsAccount.balance, PointsAccount.next_expiry_on, PointsAccount.changed_at
    theirs = visible(select(*columns), PointsAccount, viewer)
    return records(theirs.where(PointsAccount.customer_id == customer_id))


def entries(customer_id: int, viewer: Viewer) -> Select[Any]:
    """The ledger of a customer: (entry, who made it, the statement that it is about)."""
    bill = whole.looked_up(Receivable, "statement_id", PointsEntry.receivable_id)
    statement = (
        select(PointsEntry, User.name.label("by_name"), bill.label("statement_id"))
        .outerjoin(User, User.id == PointsEntry.by_id)
        .where(PointsEntry.customer_id == customer_id)
    )
    return visible(cast("Select[Any]", statement), PointsEntry, viewer)


def lots(customer_id: int) -> list[Lot]:
    """What is left and when it expires, in the order in which it is used."""
    return lots_after(moves(customer_id))


def moves(customer_id: int) -> list[Move]:
    """The ledger as the replay needs it."""
    wanted = select(
        PointsEntry.id, PointsEntry.kind, PointsEntry.points, PointsEntry.expires_on, PointsEntry.lot_id
    )  # fmt: skip
    rows = db.session.execute(
        wanted.where(PointsEntry.customer_id == customer_id).order_by(PointsEntry.id)
    )
    return [Move(r.id, EntryKind(r.kind), r.points, r.expires_on, r.lot_id) for r in rows]


def redemptions(customer_id: int, viewer: Viewer, limit: int = 20) -> Sequence[Redemption]:
    """What a customer redeemed, the latest first, with the credit that it became."""
    theirs = visible(select(Redemption), Redemption, viewer).options(joinedload(Redemption.credit))
    wanted = theirs.where(Redemption.customer_id == customer_id)
    return db.session.scalars(wanted.order_by(Redemption.id.desc()).limit(limit)).all()


def statements_with(redeemed: Sequence[Redemption], viewer: Viewer) -> dict[int, Statement]:
    """Credit → the statement on which it stands, of those that are no drafts any more."""
    ids = [each.credit_id for each in redeemed if each.credit_id is not None]
    pair: Any = select(StatementLine.credit_id, Statement)
    joined = pair.join(StatementLine, StatementLine.statement_id == Statement.id)
    wanted = visible(cast("Select[Any]", joined), Statement, viewer).where(
        StatementLine.credit_id.in_(ids),
        StatementLine.until_revision.is_(None),
        Statement.state.in_(CUSTOMER_SEES),
    )
    return {row[0]: row[1] for row in db.session.execute(wanted)} if ids else {}


def sums(viewer: Viewer) -> Mapping[str, int]:
    """Points that are out, points owed, and customers who have some."""
    columns = (
        func.coalesce(func.sum(PointsAccount.balance), 0).label("balance"),
        func.coalesce(func.sum(PointsAccount.owed), 0).label("owed"),
        func.count().label("customers"),
    )
    row = db.session.execute(visible(select(*columns), PointsAccount, viewer)).one()
    return {"balance": int(row.balance), "owed": int(row.owed), "customers": int(row.customers)}


_RULES = Kept(rules, PointsRule)
