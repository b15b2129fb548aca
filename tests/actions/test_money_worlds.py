"""Random months of bills, credits, receipts, mistakes: open is what was issued less what was paid, on any day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from portal.access.viewer import SYSTEM
from portal.billing.actions import owing
from portal.billing.actions.owing import Source
from portal.billing.models import Receivable, ReceivablePosting
from portal.billing.rules.kinds import PostingKind
from portal.customers.models import Customer
from portal.db.base import db
from portal.kernel.errors import PortalError
from portal.kernel.money import round_money
from portal.receivables.actions import allocating, netting, receipts, refunds
from portal.receivables.actions.refunds import RefundFacts
from portal.receivables.models import Allocation, Netting, Receipt, Refund
from portal.receivables.queries.accounts import account
from portal.receivables.queries.open_items import ageing, items, totals
from portal.receivables.rules.ageing import BOUNDS, LONG_BOUNDS, Item, aged, nothing
from portal.receivables.rules.allocation import Wish
from tests.cast import Cast
from tests.money import owed, received

pytestmark = pytest.mark.both_databases

D = Decimal
TODAY = date(2026, 3, 2)
STARTED = TODAY - timedelta(days=120)
CURRENCIES = ("CNY", "USD")

days = st.integers(0, 120).map(lambda n: STARTED + timedelta(days=n))
cents = st.integers(1, 50_000).map(lambda n: D(n).scaleb(-2))
deeds = st.lists(
    st.one_of(
        st.tuples(st.just("bill"), cents, days, st.integers(0, 60), st.sampled_from(CURRENCIES), cents),
        st.tuples(st.just("correct"), st.integers(0, 20), cents, st.booleans()),
        st.tuples(st.just("receive"), cents, days, st.sampled_from(CURRENCIES)),
        st.tuples(st.just("allocate"), st.integers(0, 20), st.integers(0, 20)),
        st.tuples(st.just("hand"), st.integers(0, 20), st.integers(0, 20), cents),
        st.tuples(st.just("undo"), st.integers(0, 20)),
        st.tuples(st.just("cancel"), st.integers(0, 20)),
        st.tuples(st.just("refund"), st.integers(0, 20), cents),
        st.tuples(st.just("give_back"), st.integers(0, 20)),
        st.tuples(st.just("net"), st.integers(0, 20), st.integers(0, 120)),
        st.tuples(st.just("net_undo"), st.integers(0, 20)),
        st.tuples(st.just("write_off"), st.integers(0, 20), cents),
    ),
    min_size=4, max_size=24,
)  # fmt: skip


class World:
    """One customer's books, moved by deeds that may be refused."""

    def __init__(self, who: Customer, now: datetime) -> None:
        self.who, self.now = who, now
        self.issued = dict.fromkeys(CURRENCIES, D(0))
        self.written_off = dict.fromkeys(CURRENCIES, D(0))

    def do(self, kind: str, *told: Any) -> None:
        deed: Callable[..., None] = getattr(self, kind)
        try:
            deed(*told)
        except PortalError:
            db.session.flush()

    def bill(self, amount: D, on: date, term: int, currency: str, disputed: D) -> None:
        owed(self.who, str(amount), on + timedelta(days=term), self.now, currency=currency, issued_on=on,
             disputed=str(disputed))  # fmt: skip
        self.issued[currency] += amount

    def correct(self, which: int, amount: D, less: bool) -> None:
        if (row := self.pick(Receivable, which)) is not None:
            change = -amount if less else amount
            key = f"revision:{row.id}:{db.session.scalar(select(func.count(ReceivablePosting.id)))}"
            source = Source("staff", 0)
            owing.post(row, PostingKind.REVISION, key, TODAY, change, source, SYSTEM, self.now)
            self.issued[row.currency] += change

    def receive(self, amount: D, on: date, currency: str) -> None:
        received(self.who, str(amount), self.now, received_on=on, currency=currency)

    def allocate(self, which: int, later: int) -> None:
        if (row := self.pick(Receipt, which)) is not None:
            on = min(row.received_on + timedelta(days=later), TODAY)
            allocating.allocate(row, None, on, SYSTEM, self.now)

    def hand(self, which: int, of: int, amount: D) -> None:
        row, due = self.pick(Receipt, which), self.pick(Receivable, of)
        if row is None or due is None:
            return
        wish = Wish(due.id, amount)
        if due.currency != row.currency:
            rate = D("0.14") if row.currency == "CNY" else D("7.1")
            settles = round_money(amount * rate * D("1.03"), due.currency)
            wish = Wish(due.id, settles, amount, rate)
        allocating.allocate(row, [wish], row.received_on, SYSTEM, self.now)

    def undo(self, which: int) -> None:
        if (row := self.pick(Allocation, which)) is not None:
            allocating.undo(row, "a mistake", SYSTEM, self.now)

    def cancel(self, which: int) -> None:
        if (row := self.pick(Receipt, which)) is not None:
            receipts.cancel(row, "a mistake", SYSTEM, self.now)

    def refund(self, which: int, amount: D) -> None:
        if (row := self.pick(Receipt, which)) is not None:
            refunds.refund(row, RefundFacts(amount, TODAY, "too much"), SYSTEM, self.now)

    def give_back(self, which: int) -> None:
        if (row := self.pick(Refund, which)) is not None:
            refunds.undo(row, "a mistake", SYSTEM, self.now)

    def net(self, which: int, later: int) -> None:
        if (row := self.pick(Receivable, which)) is not None:
            netting.net(row, None, STARTED + timedelta(days=later), SYSTEM, self.now)

    def net_undo(self, which: int) -> None:
        if (row := self.pick(Netting, which)) is not None:
            netting.undo(row, "a mistake", SYSTEM, self.now)

    def write_off(self, which: int, amount: D) -> None:
        if (row := self.pick(Receivable, which)) is not None:
            posting = owing.write_off(row, amount, "given up", SYSTEM, self.now)
            self.written_off[row.currency] += -posting.change

    def pick(self, model: Any, which: int) -> Any:
        rows = list(db.session.scalars(select(model).order_by(model.id)))
        return rows[which % len(rows)] if rows else None


def total(column: Any, *criteria: Any) -> D:
    return db.session.scalar(select(func.sum(column)).where(*criteria)) or D(0)


def paid(currency: str) -> D:
    """By allocations and their exchange differences, in the receivables' currency."""
    of = select(Receivable.id).where(Receivable.currency == currency)
    mine = Allocation.receivable_id.in_(of)
    return total(Allocation.amount, mine) + total(Allocation.exchange_difference, mine)


def check_sums(world: World) -> None:
    for currency in CURRENCIES:
        left = total(Receivable.open_amount, Receivable.currency == currency)
        assert left == world.issued[currency] - world.written_off[currency] - paid(currency)
        kept = (Receipt.currency == currency, Receipt.state == "kept")
        of = select(Receipt.id).where(Receipt.currency == currency)
        used = total(Allocation.receipt_amount, Allocation.receipt_id.in_(of))
        unused = total(Receipt.open_amount, *kept)
        back = total(Refund.amount, Refund.receipt_id.in_(of))
        assert unused == total(Receipt.amount, *kept) - used - back
        closing = account(world.who.id, currency, STARTED, TODAY, SYSTEM).closing
        assert closing == left - unused
    for row in db.session.scalars(select(Receivable)):
        posted = total(ReceivablePosting.change, ReceivablePosting.receivable_id == row.id)
        assert row.open_amount == posted
        assert (row.settled_on is None) == (row.open_amount != 0)
    made = {row.id: row for row in db.session.scalars(select(Allocation))}
    for row in made.values():
        if row.reverses_id is not None:
            of = made[row.reverses_id]
            names = ("receipt_amount", "amount", "exchange_difference")
            assert all(getattr(row, name) == -getattr(of, name) for name in names)


def check_ages(on: date, bounds: tuple[int, ...]) -> None:
    """The database's ages are those of the pure rule, and come to what was open on that day."""
    found = totals(ageing(SYSTEM, on, bounds))
    for currency in CURRENCIES:
        of = select(Receivable.id).where(Receivable.currency == currency)
        then = total(
            ReceivablePosting.change,
            ReceivablePosting.receivable_id.in_(of),
            ReceivablePosting.on <= on,
        )
        shown = found.get(currency, nothing(bounds))
        listed = [
            Item(each.receivable.due_on, each.open_amount, each.disputed_amount)
            for each in items(SYSTEM, on, currency=currency)
        ]
        assert shown.total == then
        assert shown == aged(listed, on, bounds)


@settings(max_examples=40)
@given(deeds, st.lists(days, min_size=3, max_size=3))
def test_what_is_open_is_what_was_issued_less_what_was_paid_on_any_day(
    cast: Cast, now: datetime, told: list[tuple[Any, ...]], looked_at: list[date]
) -> None:
    try:
        world = World(db.session.get_one(Customer, cast.harbour.id), now)
        for deed in told:
            world.do(*deed)
        check_sums(world)
        for on in (*looked_at, TODAY):
            check_ages(on, BOUNDS)
            check_ages(on, LONG_BOUNDS)
    finally:
        db.session.rollback()
