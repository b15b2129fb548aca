"""Two customers become one: no row is lost, no sum changes, published papers stand, and the later of two is told."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select

from portal.access.gate import load
from portal.access.models import Assignment
from portal.access.permissions import Permission
from portal.access.viewer import SYSTEM
from portal.billing.actions import verifying
from portal.billing.models import Receivable, Statement, StatementRun
from portal.billing.rules.states import StatementState
from portal.contracts.models import Entitlement
from portal.customers import queries
from portal.customers.actions import profile
from portal.customers.models import Contact, Customer, Membership, SettlementTerms
from portal.customers.queries.finding import matching
from portal.customers.rules.profile import CustomerFacts
from portal.db import audit, moving
from portal.db.audit import AuditEntry
from portal.db.base import Base, db
from portal.db.work import unit_of_work
from portal.intake.actions import merging
from portal.intake.models import CustomerMerge
from portal.intake.queries.merging import movable
from portal.kernel import clock
from portal.kernel.errors import Forbidden, Invalid, MergedAway, NotAllowedNow, StaleEdit
from portal.warehouse.models import StockLot
from portal.web.flask_app import PortalApp
from tests.actions.test_money_at_once import at_once
from tests.cast import Cast, viewer
from tests.factories import add
from tests.intake import a_duplicate, busy
from tests.statements import a_statement
from tests.stock import goods

D = Decimal
WRITTEN = {"audit_entry", "moved_row", "customer_merge", "number_series", "credit_standing"}


@pytest.fixture
def twins(cast: Cast, now: datetime) -> tuple[Customer, Customer]:
    duplicate = a_duplicate(cast)
    busy(cast, cast.harbour, now)
    busy(cast, duplicate, now, weight=3)
    db.session.commit()
    return cast.harbour, duplicate


def merged(
    cast: Cast, ours: Customer, theirs: Customer, now: datetime, **chosen: bool
) -> CustomerMerge:
    row = merging.merge(
        ours, theirs, chosen, (ours.version, theirs.version), "同一家公司", viewer(cast.sales_manager), now
    )  # fmt: skip
    db.session.commit()
    return row


def rows() -> dict[str, int]:
    tables = (table for table in Base.metadata.sorted_tables if table.name not in WRITTEN)
    counted = (
        (t.name, db.session.execute(select(func.count()).select_from(t)).scalar()) for t in tables
    )
    return {name: int(count or 0) for name, count in counted}


def total(column: Any, owner: Any, *ids: int) -> Decimal:
    return db.session.scalar(select(func.sum(column)).where(owner.in_(ids))) or D(0)


def test_no_row_is_lost_and_no_sum_changes(
    twins: tuple[Customer, Customer], cast: Cast, now: datetime
) -> None:
    ours, theirs = twins
    before, both = rows(), (ours.id, theirs.id)
    left = total(Entitlement.remaining, Entitlement.customer_id, *both)
    open_ = total(Receivable.open_amount, Receivable.customer_id, *both)
    row = merged(cast, ours, theirs, now)
    aside = dict.fromkeys(before, 0)
    for each in row.united:
        aside[each["table"]] = aside.get(each["table"], 0) + 1
    after = rows()
    assert {name: after[name] + aside[name] for name in before if name != "stock_item_size"} == {
        name: n for name, n in before.items() if name != "stock_item_size"
    }
    assert not any(moving.counts(movable(), theirs.id).values())
    assert total(Entitlement.remaining, Entitlement.customer_id, ours.id) == left > 0
    assert total(Receivable.open_amount, Receivable.customer_id, ours.id) == open_ > 0


def test_what_cannot_stand_side_by_side_is_united(
    twins: tuple[Customer, Customer], cast: Cast, now: datetime
) -> None:
    ours, theirs = twins
    clerk = select(Membership).where(Membership.user_id == cast.clerk.id)
    powers = {each.customer_id: set(each.powers) for each in db.session.scalars(clerk)}
    row = merged(cast, ours, theirs, now)
    assert set(db.session.scalars(clerk).one().powers) == powers[ours.id] | powers[theirs.id]
    terms = db.session.scalars(select(SettlementTerms)).one()
    assert (terms.customer_id, terms.payment_days) == (ours.id, 30)
    lots = select(StockLot.lot).where(StockLot.customer_id == ours.id)
    assert set(db.session.scalars(lots)) == {"L1", "L1 (HGSP009)"}
    team = select(Assignment.user_id, Assignment.part).where(Assignment.customer_id == ours.id)
    assert {tuple(each) for each in db.session.execute(team)} == {
        (cast.sales.id, "owner"), (cast.customer_service.id, "team"),
    }  # fmt: skip
    mains = select(func.count()).where(Contact.customer_id == ours.id, Contact.is_main.is_(True))
    assert db.session.scalar(mains) == 1
    tables = {each["table"] for each in row.united}
    assert {"membership", "settlement_terms", "stock_item"} <= tables


def test_the_other_sides_terms_and_values_may_be_chosen(
    twins: tuple[Customer, Customer], cast: Cast, now: datetime
) -> None:
    ours, theirs = twins
    row = merged(cast, ours, theirs, now, settlement_terms=True, name_zh=True)
    assert db.session.scalars(select(SettlementTerms)).one().payment_days == 90
    db.session.refresh(ours)
    assert (ours.name_zh, ours.tax_number, ours.short_name) == (
        "海港食品股份有限公司",
        "T-9",
        "海港食品",
    )
    assert row.before["survivor"]["name_zh"] == "海港食品有限公司"


def test_published_papers_stand_and_prove_right(
    twins: tuple[Customer, Customer], cast: Cast, now: datetime
) -> None:
    ours, theirs = twins
    frozen = {row.number: row.content_hash for row in db.session.scalars(select(Statement))}
    assert not [each for each in verifying.verify() if "hash" in each.field]
    merged(cast, ours, theirs, now + timedelta(hours=1))
    papers = list(db.session.scalars(select(Statement)))
    assert {row.number: row.content_hash for row in papers} == frozen
    assert sorted(row.merged_from_id or 0 for row in papers) == [0, theirs.id]
    assert not [each for each in verifying.verify() if "hash" in each.field]


def test_history_stays_and_is_found_with_the_survivor(
    twins: tuple[Customer, Customer], cast: Cast, now: datetime
) -> None:
    ours, theirs = twins
    merged(cast, ours, theirs, now)
    about = select(AuditEntry).where(AuditEntry.customer_id.in_(queries.ids_of(ours.id)))
    assert {each.customer_id for each in db.session.scalars(about)} == {ours.id, theirs.id}
    assert audit.first_broken_link() is None
    told = [each for each in db.session.scalars(about) if each.event == "customer.merged"]
    assert [each.reason for each in told] == ["同一家公司"]


def test_the_survivor_is_found_by_the_old_names_even_after_an_edit(
    twins: tuple[Customer, Customer], cast: Cast, now: datetime
) -> None:
    ours, theirs = twins
    merged(cast, ours, theirs, now)
    desk = viewer(cast.sales)
    assert [row.id for row in matching("HGSP009", desk)] == [ours.id]
    db.session.refresh(ours)
    facts = CustomerFacts(**{**queries.facts_of(ours), "industry": "食品"})
    profile.change(ours, facts, ours.version, desk, now)
    assert [row.id for row in matching("股份", desk)] == [ours.id]
    assert db.session.get_one(Customer, theirs.id).active is False


def test_a_second_merge_of_the_same_one_is_refused(
    twins: tuple[Customer, Customer], cast: Cast, now: datetime
) -> None:
    ours, theirs = twins
    merged(cast, ours, theirs, now)
    with pytest.raises(NotAllowedNow, match="merged into another customer"):
        merged(cast, cast.nordwind, theirs, now)


def test_of_two_merges_at_once_one_wins(
    app: PortalApp, twins: tuple[Customer, Customer], cast: Cast, now: datetime
) -> None:
    ids = cast.harbour.id, twins[1].id, cast.nordwind.id
    versions = {row.id: row.version for row in db.session.scalars(select(Customer))}
    boss = viewer(cast.sales_manager)

    def deed(into: int) -> Any:
        def done() -> None:
            with unit_of_work():
                both = db.session.get_one(Customer, into), db.session.get_one(Customer, ids[1])
                seen = versions[into], versions[ids[1]]
                merging.merge(*both, {}, seen, "doppelt", boss, clock.now())

        return done

    found = at_once(app, [deed(ids[0]), deed(ids[2])])
    assert found == {"None": 1, "not_allowed_now": 1}
    assert db.session.scalar(select(func.count(CustomerMerge.id))) == 1


def test_whoever_looked_at_an_older_state_is_told(
    twins: tuple[Customer, Customer], cast: Cast, now: datetime
) -> None:
    ours, theirs = twins
    seen = ours.version, theirs.version
    theirs.phone = "010-12345678"
    db.session.commit()
    with pytest.raises(StaleEdit):
        merging.merge(ours, theirs, {}, seen, "doppelt", viewer(cast.sales_manager), now)
    db.session.rollback()


def test_who_edits_the_duplicate_afterwards_is_told(
    twins: tuple[Customer, Customer], cast: Cast, now: datetime
) -> None:
    ours, theirs = twins
    merged(cast, ours, theirs, now)
    with pytest.raises(MergedAway) as told:
        load(Customer, theirs.id, SYSTEM, Permission.CUSTOMER_EDIT)
    assert told.value.survivor_id == ours.id


def test_a_billing_run_or_a_draft_stands_against_it(cast: Cast, now: datetime) -> None:
    theirs = a_duplicate(cast)
    draft = a_statement(theirs, state=StatementState.DRAFT)
    with pytest.raises(NotAllowedNow, match=draft.number):
        merged(cast, cast.harbour, theirs, now)
    db.session.rollback()
    theirs = a_duplicate(cast)
    days = {"starts_on": now.date(), "ends_on": now.date()}
    add(StatementRun(created_at=now, state="running", **days))
    with pytest.raises(NotAllowedNow, match="billing run"):
        merged(cast, cast.harbour, theirs, now)


def test_goods_of_two_sizes_stand_against_it(cast: Cast, now: datetime) -> None:
    theirs = a_duplicate(cast)
    goods(cast.harbour, "A", m3="0.5", kg="1")
    goods(theirs, "A", m3="0.6", kg="1")
    with pytest.raises(NotAllowedNow, match="A"):
        merged(cast, cast.harbour, theirs, now)


def test_branches_follow_and_the_survivor_becomes_a_group(cast: Cast, now: datetime) -> None:
    theirs = a_duplicate(cast, kind="group")
    add(Customer(code="B1", name_zh="分公司", kind="branch", parent_id=theirs.id))
    merged(cast, cast.harbour, theirs, now)
    branch = db.session.scalars(select(Customer).where(Customer.code == "B1")).one()
    assert branch.parent_id == cast.harbour.id
    assert db.session.get_one(Customer, cast.harbour.id).kind == "group"


def test_a_chain_of_merges_leads_to_the_last_one(cast: Cast, now: datetime) -> None:
    first, second = a_duplicate(cast), add(Customer(code="TWO", name_zh="二", kind="organisation"))
    merged(cast, second, first, now)
    merged(cast, cast.harbour, second, now)
    assert db.session.get_one(Customer, first.id).merged_into_id == cast.harbour.id


def test_rows_that_came_too_late_follow(cast: Cast, now: datetime) -> None:
    theirs = a_duplicate(cast)
    merged(cast, cast.harbour, theirs, now)
    late = add(Contact(customer_id=theirs.id, name="Late"))
    assert (merging.sweep(now), merging.sweep(now)) == (1, 0)
    db.session.refresh(late)
    assert late.customer_id == cast.harbour.id


def test_it_needs_a_reason_and_the_right(cast: Cast, now: datetime) -> None:
    theirs = a_duplicate(cast)
    with pytest.raises(Forbidden):
        merging.merge(cast.harbour, theirs, {}, (1, 1), "x", viewer(cast.sales), now)
    with pytest.raises(Invalid):
        merging.merge(cast.harbour, theirs, {}, (1, 1), " ", viewer(cast.sales_manager), now)
