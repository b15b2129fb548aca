"""Random worlds of usage, corrections and periods: what is billed and what is not add up to what was used, to the cent.

The prices are worked out here once more, by hand: 28.50 a pallet within what was bought, 40.00 beyond it.
"""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from itertools import count

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from portal.access.viewer import SYSTEM
from portal.billing.actions import publishing, reviewing, verifying
from portal.billing.actions.drafting import draft_party
from portal.billing.models import Statement, StatementLine
from portal.billing.rules.states import StatementState as S
from portal.contracts.models import Entitlement, LedgerEntry
from portal.contracts.rules.kinds import Allowance, Overage
from portal.db.base import db
from portal.kernel.period import Period
from portal.usage.actions import recording
from portal.usage.actions.recording import UsageFact
from portal.usage.models import UsageRecord
from tests.billing_worlds import FEBRUARY, JANUARY
from tests.cast import Cast, customer
from tests.chain import granted
from tests.factories import per_unit

D = Decimal
CENT = D("0.01")
WITHIN, BEYOND = D("28.5"), D(40)
FIRST = date(2026, 1, 1)
PERIODS = (JANUARY, FEBRUARY, Period(date(2026, 1, 5), date(2026, 1, 11)))
VERBS = ("use", "use", "use", "reverse", "draft", "draft", "review", "return", "publish", "void")
STEPS = st.lists(
    st.tuples(st.sampled_from(VERBS), st.integers(0, 99), st.integers(1, 999)), min_size=4, max_size=40
)  # fmt: skip


class World:
    """A group with a branch on its bill and one with its own, and another customer; each step is one action."""

    def __init__(self, cast: Cast, now: datetime) -> None:
        self.now, self.numbers = now, count(1)
        group = cast.harbour
        billed_there = customer(
            "HB-NB", "宁波", "", kind="branch", parent_id=group.id, billing="group"
        )
        by_itself = customer("HB-SZ", "苏州", "", kind="branch", parent_id=group.id, billing="own")
        self.people = (group, billed_there, by_itself, cast.nordwind)
        self.parties = (group, by_itself, cast.nordwind)
        terms = per_unit("XPX", "CNY", "40").to_json()
        more = {
            "overage_terms": terms,
            "overage": Overage.OVERAGE_PRICE,
            "allowance": Allowance.MONTH,
        }
        for owner, bought in ((group, 5), (group, 3), (by_itself, 2), (cast.nordwind, 4)):
            self.item_id = granted(cast, now, quantity=D(bought), customer=owner, **more)[0].item_id
        db.session.flush()

    def act(self, verb: str, which: int, how_much: int) -> None:
        getattr(self, verb)(which, how_much)
        db.session.flush()

    def use(self, which: int, how_much: int) -> None:
        fact = UsageFact(
            self.people[which % 4].id, D(how_much) / 100, "XPX", FIRST + timedelta(days=which * 7 % 58), "test",
            f"U{next(self.numbers)}", item_id=self.item_id,
        )  # fmt: skip
        recording.record(fact, SYSTEM, self.now)

    def reverse(self, which: int, _how_much: int) -> None:
        asked = select(UsageRecord).where(UsageRecord.state == "matched", UsageRecord.quantity > 0)
        rows = list(db.session.scalars(asked.order_by(UsageRecord.id)))
        if rows:
            recording.reverse(rows[which % len(rows)], "counted twice", SYSTEM, self.now)

    def draft(self, which: int, how_much: int) -> None:
        period = PERIODS[how_much % 3]
        draft_party(self.parties[which % 3].id, period, None, SYSTEM, self.now)

    def review(self, which: int, _how_much: int) -> None:
        for row in self._one(which, S.DRAFT):
            reviewing.review(row, SYSTEM, self.now)

    def return_(self, which: int, _how_much: int) -> None:
        for row in self._one(which, S.UNDER_REVIEW):
            reviewing.return_(row, "look again", SYSTEM, self.now)

    def publish(self, which: int, how_much: int) -> None:
        self.review(which, how_much)
        for row in self._one(which, S.UNDER_REVIEW):
            publishing.publish(row, SYSTEM, self.now)

    def void(self, which: int, _how_much: int) -> None:
        for row in self._one(which, S.UNDER_REVIEW):
            reviewing.void(row, "wrong period", SYSTEM, self.now)

    def _one(self, which: int, state: S) -> list[Statement]:
        asked = select(Statement).where(Statement.state == state.value).order_by(Statement.id)
        rows = list(db.session.scalars(asked))
        return [rows[which % len(rows)]] if rows else []


setattr(World, "return", World.return_)


def rounded(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, ROUND_HALF_UP)


def prices() -> dict[int, Decimal]:
    """Usage → what it costs, from the ledger alone; a reversal costs what it takes back, below zero."""
    found: Counter[int] = Counter()
    asked = select(LedgerEntry.source_id, LedgerEntry.used_change, LedgerEntry.over_change)
    for usage_id, used, over in db.session.execute(asked.where(LedgerEntry.source_type == "usage")):
        found[usage_id] += rounded(used * WITHIN) + rounded(over * BEYOND)  # type: ignore[assignment]
    return {usage_id: D(price) for usage_id, price in found.items()}


def billed() -> dict[int, Decimal]:
    """Usage → the gross of its live lines."""
    found: Counter[int] = Counter()
    asked = select(StatementLine).where(StatementLine.usage_id.is_not(None))
    for line in db.session.scalars(asked.where(StatementLine.until_revision.is_(None))):
        found[line.usage_id or 0] += line.gross_amount  # type: ignore[assignment]
    return {usage_id: D(gross) for usage_id, gross in found.items()}


def books_agree() -> None:
    """Σ billed + unbilled = Σ usage priced, record by record; no draw has two live lines."""
    worth, on_lines = prices(), billed()
    rows = db.session.execute(select(UsageRecord.id, UsageRecord.statement_id, UsageRecord.state))
    for row in rows:
        if row.statement_id is None:
            assert row.id not in on_lines
        else:
            assert on_lines[row.id] == worth[row.id]
    unbilled = sum((worth[each] for each in worth if each not in on_lines), D(0))
    assert sum(on_lines.values(), D(0)) + unbilled == sum(worth.values(), D(0))
    draws = [
        (line.usage_id, line.entitlement_id, line.part)
        for line in db.session.scalars(
            select(StatementLine).where(
                StatementLine.usage_id.is_not(None), StatementLine.until_revision.is_(None)
            )
        )
    ]
    assert len(draws) == len(set(draws))


def sums_agree() -> None:
    used = select(Entitlement.used, Entitlement.over_used)
    assert all(a >= 0 and b >= 0 for a, b in db.session.execute(used))
    for statement in db.session.scalars(select(Statement)):
        live = [
            line.gross_amount
            for line in db.session.scalars(
                select(StatementLine).where(StatementLine.statement_id == statement.id)
            )
        ]
        assert sum(live, D(0)) == statement.gross_amount and len(live) == statement.line_count


@settings(max_examples=25)
@given(STEPS)
def test_what_is_billed_and_what_is_not_add_up_to_what_was_used(
    cast: Cast, now: datetime, steps: list[tuple[str, int, int]]
) -> None:
    try:
        world = World(cast, now)
        for step in steps:
            world.act(*step)
            books_agree()
        sums_agree()
        for party in world.parties:
            for period in (FEBRUARY, FEBRUARY):
                drafted = draft_party(party.id, period, None, SYSTEM, now)
        assert all(each.outcome in ("unchanged", "waiting") for each in drafted)
        books_agree()
        assert verifying.verify() == []
    finally:
        db.session.rollback()
