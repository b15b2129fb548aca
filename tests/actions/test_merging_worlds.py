"""Two customers with random histories become one: each sum stays what it was, and each row is there or set aside."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, literal, select, union_all

from portal.access.models import Assignment
from portal.access.viewer import SYSTEM
from portal.billing.models import Receivable, ReceivablePosting, Statement
from portal.billing.rules.states import StatementState
from portal.campaigns.models import Interest
from portal.care.models import AssetLoan
from portal.claims.models import Claim
from portal.contracts.actions import ledger
from portal.contracts.actions.ledger import Source
from portal.contracts.models import Entitlement, LedgerEntry
from portal.customers.models import (
    Contact,
    Customer,
    HistoryNote,
    Membership,
    SettlementTerms,
    Site,
)
from portal.customers.rules.kinds import Segment as Tier
from portal.db import moving
from portal.db.base import Base, db
from portal.insights.actions import overriding
from portal.insights.models import Classification, ClassificationRun, CustomerMonth, IndexSum
from portal.insights.rules.kinds import Aspect
from portal.intake.actions import merging
from portal.intake.queries.merging import movable
from portal.loyalty.models import PointsAccount, PointsEntry
from portal.opportunities.models import Opportunity
from portal.receivables.actions import allocating
from portal.receivables.models import Receipt
from portal.warehouse.actions import posting
from portal.warehouse.models import StockBilled, StockItem, StockLot, StockMovement
from portal.warehouse.rules.facts import MovementFact
from portal.warehouse.rules.unit_days import MovementKind
from tests.campaigns import an_offer
from tests.care import a_loan, a_note, a_visit
from tests.cast import Cast, viewer
from tests.chain import entitled, handling
from tests.claims import a_claim
from tests.factories import add
from tests.insights import a_month
from tests.intake import a_duplicate
from tests.loyalty import points
from tests.money import owed, received
from tests.opportunities import an_opportunity
from tests.service import a_request
from tests.statements import a_statement
from tests.stock import goods, warehouse

pytestmark = pytest.mark.both_databases

D = Decimal
WRITTEN = {"audit_entry", "moved_row", "customer_merge", "number_series", "credit_standing"}
SIZES = "stock_item_size"
TABLES = [each for each in Base.metadata.sorted_tables if each.name not in WRITTEN | {SIZES}]
SUMS: dict[str, tuple[Any, Any]] = {
    "owed": (Receivable.open_amount, Receivable.customer_id),
    "posted": (ReceivablePosting.change, ReceivablePosting.customer_id),
    "received": (Receipt.amount, Receipt.customer_id),
    "not allocated": (Receipt.open_amount, Receipt.customer_id),
    "left": (Entitlement.remaining, Entitlement.customer_id),
    "drawn": (LedgerEntry.used_change, LedgerEntry.customer_id),
    "pieces": (StockLot.pieces, StockLot.customer_id),
    "moved": (StockMovement.pieces, StockMovement.customer_id),
    "points": (PointsAccount.balance, PointsAccount.customer_id),
    "point entries": (PointsEntry.points, PointsEntry.customer_id),
    "net of months": (CustomerMonth.net_amount, CustomerMonth.customer_id),
    "orders of months": (CustomerMonth.order_count, CustomerMonth.customer_id),
    "counted": (IndexSum.amount, IndexSum.customer_id),
    "hoped for": (Opportunity.amount, Opportunity.customer_id),
    "claimed": (Claim.claimed_amount, Claim.customer_id),
    "lent against": (AssetLoan.deposit, AssetLoan.customer_id),
}
KINDS = (
    "bill", "money", "buy", "store", "point", "month", "contact", "site", "note", "request", "statement", "clerk",
    "visit", "watch", "loan", "deal", "claim", "wish", "count", "classed", "by_hand", "terms", "billed", "colleague",
)  # fmt: skip
ASKED = {"requester_name": "王敏", "requester_phone": "13800138000"}
HISTORY = st.lists(
    st.tuples(st.sampled_from(KINDS), st.booleans(), st.integers(1, 9)), min_size=6, max_size=16
)


class World:
    """What the deeds of a history are, for either customer."""

    def __init__(self, cast: Cast, now: datetime) -> None:
        self.cast, self.now, self.serial = cast, now, 0
        self.boss, self.offers = viewer(cast.sales_manager), dict[int, int]()

    def do(self, kind: str, of: Customer, number: int) -> None:
        self.serial += 1
        deed: Callable[[Customer, int], object] = getattr(self, kind)
        deed(of, number)
        db.session.flush()

    def bill(self, of: Customer, number: int) -> None:
        owed(of, f"{number}.01", self.now.date(), self.now)

    def money(self, of: Customer, number: int) -> None:
        row = received(of, f"{number}0.5", self.now)
        if number % 2:
            allocating.allocate(row, None, self.now.date(), SYSTEM, self.now)

    def buy(self, of: Customer, number: int) -> None:
        bought = entitled(self.cast, self.now, customer=of, quantity=D(number))
        key = Source("staff", bought.id)
        ledger.consume(
            bought, D(number) / 2, key, f"w-{self.serial}", SYSTEM, self.now, date(2026, 3, 2)
        )

    def store(self, of: Customer, number: int) -> None:
        """Lots and goods that both customers may have under the same names."""
        sku = "AB"[number % 2]
        if db.session.query(StockItem).filter_by(customer_id=of.id, sku=sku).first() is None:
            goods(of, sku, m3="0.5", kg="100")
        fact = MovementFact(
            of.id, warehouse("SH").id, MovementKind.IN, date(2026, 2, 2), "test", f"D-{self.serial}",
            lot=f"L{number % 3}", sku=sku, pieces=D(number),
        )  # fmt: skip
        posting.post(fact, SYSTEM, self.now)

    def point(self, of: Customer, number: int) -> None:
        points(of, number * 10, self.now)

    def month(self, of: Customer, number: int) -> None:
        month = date(2025, number, 1)
        if not db.session.query(CustomerMonth).filter_by(customer_id=of.id, month=month).count():
            a_month(of, f"{number}00", month)

    def contact(self, of: Customer, number: int) -> None:
        add(Contact(customer_id=of.id, name=f"联系人{number}", phone=f"1380013800{number}"))

    def site(self, of: Customer, number: int) -> None:
        add(Site(customer_id=of.id, name=f"仓库{number}", address="某路 1 号"))

    def note(self, of: Customer, number: int) -> None:
        add(HistoryNote(customer_id=of.id, happened_at=self.now, subject=f"来电{number}"))

    def visit(self, of: Customer, number: int) -> None:
        a_visit(self.cast, self.now, customer_id=of.id, visitor_id=self.boss.user_id)

    def watch(self, of: Customer, number: int) -> None:
        a_note(of, self.now, text=f"第{number}条")

    def loan(self, of: Customer, number: int) -> None:
        a_loan(of, self.now, f"PR-{self.serial}", deposit=D(number * 100))

    def deal(self, of: Customer, number: int) -> None:
        an_opportunity(self.cast, self.now, customer_id=of.id, amount=D(number * 1000))

    def claim(self, of: Customer, number: int) -> None:
        said = {"customer": of, "claimed_amount": D(number * 100), **ASKED}
        a_claim(self.cast, self.now, by=SYSTEM, **said)

    def wish(self, of: Customer, number: int) -> None:
        """Both may want the same service; each says so once."""
        offer = self.offers.get(number % 2) or self._offered(number % 2)
        if not db.session.query(Interest).filter_by(customer_id=of.id, offer_id=offer).count():
            add(Interest(customer_id=of.id, offer_id=offer, at=self.now))

    def count(self, of: Customer, number: int) -> None:
        where = {"customer_id": of.id, "month": date(2025, number, 1), "name": "shipments"}
        if not db.session.query(IndexSum).filter_by(**where).count():
            add(IndexSum(**where, amount=D(number)))

    def classed(self, of: Customer, number: int) -> None:
        month = date(2025, number, 1)
        run = db.session.query(ClassificationRun).filter_by(month=month).one_or_none()
        run = run or add(ClassificationRun(month=month, created_at=self.now, state="done"))
        if not db.session.query(Classification).filter_by(customer_id=of.id, run_id=run.id).count():
            found = {"tier": "vip", "tier_before": "vip", "state": "active"}
            add(Classification(customer_id=of.id, run_id=run.id, month=month, **found))

    def by_hand(self, of: Customer, number: int) -> None:
        """Only one of an aspect counts: the later one of the same customer ends the earlier."""
        until, tier = self.now.date() + timedelta(days=number), Tier.VIP.value
        overriding.override(of, Aspect.TIER, tier, "试用期", until, self.boss, self.now)

    def terms(self, of: Customer, number: int) -> None:
        if not db.session.query(SettlementTerms).filter_by(customer_id=of.id).count():
            add(SettlementTerms(customer_id=of.id, payment_days=number * 10))

    def billed(self, of: Customer, number: int) -> None:
        if not db.session.query(StockBilled).filter_by(customer_id=of.id).count():
            add(StockBilled(customer_id=of.id, through_on=date(2025, number, 28)))

    def colleague(self, of: Customer, number: int) -> None:
        who = (self.cast.customer_service, self.cast.sales_manager)[number % 2]
        if not db.session.query(Assignment).filter_by(customer_id=of.id, user_id=who.id).count():
            add(Assignment(customer_id=of.id, user_id=who.id))

    def _offered(self, which: int) -> int:
        item = handling(f"SERVICE-{which}")
        self.offers[which] = an_offer(self.cast, self.now, item.id).id
        return self.offers[which]

    def request(self, of: Customer, number: int) -> None:
        more = {"requester_id": None, **ASKED}
        a_request(self.cast, self.now, customer_id=of.id, title=f"问题{number}", **more)

    def statement(self, of: Customer, number: int) -> None:
        first = date(2025, number, 1)
        if not db.session.query(Statement).filter_by(customer_id=of.id, starts_on=first).count():
            span = {"starts_on": first, "ends_on": first.replace(day=28)}
            a_statement(of, state=StatementState.PUBLISHED, **span)

    def clerk(self, of: Customer, number: int) -> None:
        """Who may act for both has both sides' powers afterwards."""
        known = db.session.query(Membership).filter_by(user_id=self.cast.erik.id, customer_id=of.id)
        if known.count() == 0:
            more = {"powers": ["book"], "created_at": self.now}
            add(Membership(user_id=self.cast.erik.id, customer_id=of.id, **more))


def sums(*ids: int) -> dict[str, D]:
    parts = [
        select(literal(name), func.coalesce(func.sum(column), 0)).where(owner.in_(ids))
        for name, (column, owner) in SUMS.items()
    ]
    return {name: D(value) for part in parts for name, value in db.session.execute(part)}


def rows() -> Counter[str]:
    parts = (select(literal(each.name), func.count()).select_from(each) for each in TABLES)
    return Counter({row[0]: row[1] for row in db.session.execute(union_all(*parts))})


def named(customer_id: int) -> Counter[moving.Place]:
    """How many rows of each table that moves name the customer, by table and column."""
    found = moving.counts(movable(), customer_id)
    return Counter({each: n for each, n in found.items() if each.table not in WRITTEN | {SIZES}})


@settings(max_examples=5, phases=[Phase.explicit, Phase.generate])
@given(history=HISTORY)
@example(history=[(kind, is_ours, 1) for kind in KINDS for is_ours in (True, False)])
def test_whatever_two_customers_had_is_all_there_once_they_are_one(
    cast: Cast, now: datetime, history: list[tuple[str, bool, int]]
) -> None:
    try:
        ours, theirs = db.session.merge(cast.harbour), a_duplicate(cast)
        world = World(cast, now)
        for kind, is_ours, number in history:
            world.do(kind, ours if is_ours else theirs, number)
        both, before, held = sums(ours.id, theirs.id), rows(), named(ours.id) + named(theirs.id)
        boss = viewer(cast.sales_manager)
        row = merging.merge(ours, theirs, {}, (ours.version, theirs.version), "同一家", boss, now)
        db.session.flush()
        assert sums(ours.id) == both
        assert not any(moving.counts(movable(), theirs.id).values())
        aside = Counter(each["table"] for each in row.united if each["table"] != SIZES)
        lost = held - named(ours.id)
        assert {place: n for place, n in lost.items() if n != aside[place.table]} == {}
        after = rows()
        assert {
            n: after[n] + aside[n] - before[n] for n in before if after[n] + aside[n] != before[n]
        } == {}
    finally:
        db.session.rollback()
