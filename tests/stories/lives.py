"""A small world of statements, and everything that people can do to them, chosen by numbers: for random stories."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TypeVar

from sqlalchemy import select

from portal.access.viewer import SYSTEM
from portal.billing.actions import (
    confirming,
    crediting,
    deciding,
    disputing,
    owing,
    publishing,
    reviewing,
    revising,
)
from portal.billing.actions.owing import Source
from portal.billing.actions.rows import live_lines, repeat_sums, store
from portal.billing.models import Credit, Dispute, Receivable, Statement, StatementLine
from portal.billing.rules.credits import credit_line
from portal.billing.rules.kinds import PostingKind
from portal.billing.rules.statement_lines import negative_of
from portal.billing.rules.states import CreditState
from portal.db.base import db
from portal.kernel.errors import PortalError
from portal.kernel.money import round_money
from portal.kernel.text import t
from tests.cast import Cast, viewer
from tests.factories import exchange
from tests.statements import a_line, a_statement

D = Decimal
CENT = D("0.01")
TODAY = date(2026, 3, 2)
MOST = 40
"""Statements in one world."""


@dataclass
class World:
    """Statements in two currencies; `paid` and `written_off` are kept by hand, to check the books against."""

    cast: Cast
    now: datetime
    statements: list[Statement] = field(default_factory=list)
    paid: dict[str, Decimal] = field(default_factory=dict)
    written_off: dict[str, Decimal] = field(default_factory=dict)
    done: int = 0

    def __post_init__(self) -> None:
        exchange("USD", "7.1", date(2026, 2, 1))
        self.desk, self.lin = viewer(self.cast.finance), viewer(self.cast.lin)
        self.boss, self.admin = viewer(self.cast.finance_manager), viewer(self.cast.administrator)

    def act(self, verb: str, first: int, second: int) -> bool:
        """Do it, or be refused and change nothing; whether it was done."""
        try:
            with db.session.begin_nested():
                VERBS[verb](self, first, second)
                db.session.flush()
        except PortalError:
            db.session.expire_all()
            return False
        self.done += 1
        return True

    def draft(self, first: int, second: int) -> None:
        """A new month's statement in either currency; granted credits of its currency come with it."""
        if len(self.statements) >= MOST:
            raise Nothing()
        currency = ("CNY", "USD")[first % 2]
        starts_on = date(2024, 1, 1) + timedelta(days=28 * len(self.statements))
        amounts = [
            D(second * 37 % 9000 + 1 + each * 11) / D("1.3") for each in range(1 + second % 5)
        ]
        drafts = [
            a_line(str(round_money(amount)), name_zh=f"费用{at}", currency=currency, on=starts_on)
            for at, amount in enumerate(amounts)
        ]
        row = a_statement(
            self.cast.harbour, drafts, currency=currency, starts_on=starts_on, ends_on=starts_on + timedelta(days=27)
        )  # fmt: skip
        waiting = select(Credit).where(
            Credit.state == CreditState.GRANTED.value, Credit.currency == currency
        )
        carried = list(db.session.scalars(waiting))
        store(row, [credit_line(each, row.ends_on) for each in carried])
        crediting.place([each.id for each in carried], row, self.desk, self.now)
        repeat_sums(row)
        self.statements.append(row)

    def one(self, number: int) -> Statement:
        """Some statement; mostly one with which something can still be done."""
        moving = [each for each in self.statements if each.state not in ("confirmed", "void")]
        return pick(moving if moving and number % 5 else self.statements, number // 5)

    def line(self, first: int, second: int) -> StatementLine:
        return pick(live_lines(self.one(first)), second)

    def dispute(self, number: int) -> Dispute:
        """Some dispute; mostly one with which something can still be done."""
        rows = db.session.scalars(select(Dispute).order_by(Dispute.id)).all()
        moving = [each for each in rows if each.state in ("open", "pending_approval")]
        return pick(moving if moving and number % 5 < 3 else rows, number // 5)

    def credit(self, number: int) -> Credit:
        return pick(db.session.scalars(select(Credit).order_by(Credit.id)).all(), number)

    def owed(self, number: int) -> Receivable:
        return pick(db.session.scalars(select(Receivable).order_by(Receivable.id)).all(), number)


class Nothing(PortalError):
    """There is nothing of the kind yet."""

    def __init__(self) -> None:
        super().__init__(t("There is nothing of the kind yet."))


T = TypeVar("T")


def pick(rows: Sequence[T], number: int) -> T:
    """One of the rows; Nothing when there are none."""
    if not rows:
        raise Nothing()
    return rows[number % len(rows)]


def share(whole: Decimal, number: int) -> Decimal:
    """Some of an amount, a cent at least and all of it at most."""
    return max(round_money(whole * (number % 100 + 1) / 100), CENT)


def review(world: World, first: int, second: int) -> None:
    reviewing.review(world.one(first), world.desk, world.now)


def return_(world: World, first: int, second: int) -> None:
    reviewing.return_(world.one(first), "再看", world.desk, world.now)


def publish(world: World, first: int, second: int) -> None:
    publishing.publish(world.one(first), world.desk, world.now)


def void(world: World, first: int, second: int) -> None:
    reviewing.void(world.one(first), "作废", world.desk, world.now)


def bring_out(world: World, first: int, second: int) -> None:
    row = world.one(first)
    reviewing.review(row, world.desk, world.now)
    publishing.publish(row, world.desk, world.now)


def confirm(world: World, first: int, second: int) -> None:
    line, row = world.line(first, second), world.one(first)
    confirming.confirm(row, [line.id], row.revision_no, world.lin, world.now)


def confirm_all(world: World, first: int, second: int) -> None:
    row = world.one(first)
    confirming.confirm(row, None, row.revision_no, world.lin, world.now)


def dispute(world: World, first: int, second: int) -> None:
    line = world.line(first, second)
    amount = share(line.gross_amount, second * 13)
    number = line.statement.revision_no
    disputing.raise_(line, "rate", amount, "价格不对", number, world.lin, world.now)


def withdraw(world: World, first: int, second: int) -> None:
    disputing.withdraw(world.dispute(first), world.lin, world.now)


def raise_again(world: World, first: int, second: int) -> None:
    disputing.raise_again(world.dispute(first), "还是不对", world.lin, world.now)


def accept(world: World, first: int, second: int) -> None:
    row, who = world.dispute(first), (world.desk, world.boss, world.admin)[second % 3]
    amount = None if second % 4 == 0 else share(deciding.grantable(row), second)
    deciding.accept(row, amount, "按合同", who, world.now)


def reject(world: World, first: int, second: int) -> None:
    deciding.reject(world.dispute(first), "按合同", (world.desk, world.boss)[second % 2], world.now)


def approve(world: World, first: int, second: int) -> None:
    deciding.approve(world.dispute(first), (world.boss, world.admin)[second % 2], world.now)


def return_grant(world: World, first: int, second: int) -> None:
    deciding.return_(world.dispute(first), "再看", (world.boss, world.admin)[second % 2], world.now)


def revise(world: World, first: int, second: int) -> None:
    """A line leaves, comes, or is replaced; one that was confirmed gets its negative copy."""
    row, line = world.one(first), world.line(first, second)
    new = a_line(
        str(second % 500 + 1), currency=row.currency, name_zh="更正", served=world.cast.harbour
    )
    if line.state == "open":
        ended, added = ([line], [new]) if second % 3 else ([line], [])
    else:
        ended, added = [], [negative_of(line, line.id, told=row.number), new]
    revising.revise(row, ended, added, "数量录错", world.desk, world.now)


def goodwill(world: World, first: int, second: int) -> None:
    currency = ("CNY", "USD")[first % 2]
    ask = crediting.Ask(D(second % 400 + 1), "补偿", name_zh="补偿", currency=currency)
    crediting.propose(world.cast.harbour, ask, "goodwill", None, world.desk, world.now)


def decide_credit(world: World, first: int, second: int) -> None:
    credit = world.credit(first)
    if second % 3:
        crediting.approve(credit, world.boss, world.now)
    else:
        crediting.refuse(credit, "不行", world.boss, world.now)


def pay(world: World, first: int, second: int) -> None:
    """A receipt is allocated: at most what is open."""
    row = world.owed(first)
    if row.open_amount <= 0:
        raise Nothing()
    amount = min(share(row.open_amount, second), row.open_amount)
    key, source = f"allocation:{world.done}:{row.id}", Source("allocation", 1)
    owing.post(row, PostingKind.ALLOCATION, key, TODAY, -amount, source, SYSTEM, world.now)
    world.paid[row.currency] = world.paid.get(row.currency, D(0)) + amount


def unpay(world: World, first: int, second: int) -> None:
    """An allocation is undone."""
    row = world.owed(first)
    held = world.paid.get(row.currency, D(0))
    amount = min(share(row.amount - row.open_amount, second), held)
    if amount <= 0:
        raise Nothing()
    key, source = f"undone:{world.done}:{row.id}", Source("allocation", 1)
    owing.post(row, PostingKind.ALLOCATION_UNDONE, key, TODAY, amount, source, SYSTEM, world.now)
    world.paid[row.currency] = held - amount


def write_off(world: World, first: int, second: int) -> None:
    row = world.owed(first)
    before = row.open_amount
    owing.write_off(row, share(abs(row.open_amount), second), "零头", world.boss, world.now)
    gone = before - row.open_amount
    world.written_off[row.currency] = world.written_off.get(row.currency, D(0)) + gone


def draft(world: World, first: int, second: int) -> None:
    world.draft(first, second)


VERBS: dict[str, Callable[[World, int, int], None]] = {
    each.__name__: each
    for each in (
        draft, bring_out, review, return_, publish, void, confirm, confirm_all, dispute, withdraw, raise_again, accept,
        reject, approve, return_grant, revise, goodwill, decide_credit, pay, unpay, write_off,
    )
}  # fmt: skip
OFTEN = (
    "accept",
    "bring_out",
    "confirm",
    "dispute",
    "dispute",
    "draft",
    "raise_again",
    "reject",
    "revise",
)
VERBS_AS_THEY_COME = (*sorted(VERBS), *OFTEN)
"""What moves things forward comes more often than what ends them."""
