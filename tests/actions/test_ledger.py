"""The ledger in the database: columns that are sums of entries, keys that are written once, rows that are held."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from portal.access.scope import set_viewer
from portal.access.viewer import SYSTEM
from portal.contracts.actions import ledger
from portal.contracts.actions.ledger import Exhausted, Source
from portal.contracts.models import Entitlement, LedgerEntry
from portal.contracts.rules.kinds import Allowance, Overage
from portal.db import audit
from portal.db.base import db
from portal.kernel.errors import Invalid, NotAllowedNow, NotFound
from tests.cast import Cast, viewer
from tests.chain import entitled, granted

pytestmark = pytest.mark.both_databases

D = Decimal
DAY = date(2026, 3, 2)
USAGE = Source("usage", 7, "WMS/7")


def sums(entitlement: Entitlement) -> tuple[Decimal, ...]:
    """What the entries add up to."""
    columns = (LedgerEntry.quantity_change, LedgerEntry.granted_change, LedgerEntry.reserved_change,
               LedgerEntry.used_change, LedgerEntry.over_change)  # fmt: skip
    statement = select(*(func.sum(each) for each in columns))
    return tuple(
        db.session.execute(statement.where(LedgerEntry.entitlement_id == entitlement.id)).one()
    )


def columns(entitlement: Entitlement) -> tuple[Decimal, ...]:
    """What the row says."""
    return (entitlement.remaining, entitlement.granted, entitlement.reserved, entitlement.used,
            entitlement.over_used)  # fmt: skip


def test_a_line_for_the_whole_contract_is_granted_once(cast: Cast, now: datetime) -> None:
    entitlement = entitled(cast, now, quantity=D(5))
    assert columns(entitlement) == (5, 5, 0, 0, 0)
    assert ledger.grant_line(entitlement.line, SYSTEM, now) == []
    assert [each.event for each in audit.timeline(entitlement, public_only=True)] == [
        "entitlement.granted"
    ]


def test_a_quantity_for_each_month_is_granted_for_each_month(cast: Cast, now: datetime) -> None:
    rows = granted(cast, now, quantity=D(40), allowance=Allowance.MONTH)
    assert [row.period_no for row in rows] == list(range(1, 13))
    assert {row.remaining for row in rows} == {40}
    assert rows[1].ends_on == date(2026, 2, 28)


def test_a_line_of_a_branch_is_granted_to_the_branch(cast: Cast, now: datetime) -> None:
    entitlement = entitled(cast, now, branch_id=cast.nordwind.id)
    entry = db.session.scalar(select(LedgerEntry))
    assert entitlement.customer_id == cast.nordwind.id == entry.customer_id


def test_a_life_of_draws_leaves_columns_that_are_sums_of_entries(cast: Cast, now: datetime) -> None:
    e = entitled(cast, now, quantity=D(10), overage=Overage.SAME_PRICE)
    ledger.reserve(e, D(4), USAGE, "r", SYSTEM, now, DAY)
    ledger.release(e, D(1), USAGE, "l", SYSTEM, now, DAY)
    drawn = ledger.consume(e, D("12.5"), USAGE, "c", SYSTEM, now, DAY, reserved=D(3))
    assert (drawn.within, drawn.over) == (10, D("2.5"))
    ledger.reverse(drawn.entry, Source("usage", 8), "v", SYSTEM, now)
    ledger.adjust(e, D(-2), "Agreed by mail", Source("staff", 1), "a", SYSTEM, now)
    assert columns(e) == sums(e) == (8, 8, 0, 0, 0)
    last = db.session.scalars(select(LedgerEntry).order_by(LedgerEntry.id.desc())).first()
    assert last is not None and last.remaining_after == e.remaining


def test_a_repeated_key_gives_the_entry_and_changes_nothing(cast: Cast, now: datetime) -> None:
    e = entitled(cast, now)
    first = ledger.consume(e, D(2), USAGE, "once", SYSTEM, now, DAY)
    again = ledger.consume(e, D(2), USAGE, "once", SYSTEM, now, DAY)
    assert again.entry.id == first.entry.id and (again.within, again.over) == (2, 0)
    assert e.remaining == 3
    back = ledger.reverse(first.entry, USAGE, "back", SYSTEM, now)
    assert ledger.reverse(first.entry, USAGE, "back", SYSTEM, now).id == back.id
    assert columns(e) == sums(e) == (5, 5, 0, 0, 0)


def test_a_key_of_another_entry_is_a_mistake_of_the_program(cast: Cast, now: datetime) -> None:
    e = entitled(cast, now)
    ledger.reserve(e, D(1), USAGE, "k", SYSTEM, now, DAY)
    with pytest.raises(ValueError, match="stands for another"):
        ledger.consume(e, D(1), USAGE, "k", SYSTEM, now, DAY)


def test_a_draw_is_given_back_once(cast: Cast, now: datetime) -> None:
    e = entitled(cast, now)
    drawn = ledger.consume(e, D(2), USAGE, "c", SYSTEM, now, DAY)
    back = ledger.reverse(drawn.entry, USAGE, "v", SYSTEM, now)
    for entry, key in ((drawn.entry, "w"), (back, "x")):
        with pytest.raises(NotAllowedNow):
            ledger.reverse(entry, USAGE, key, SYSTEM, now)
    assert back.reverses_id == drawn.entry.id and back.occurred_on == DAY


def test_what_was_drawn_out_of_a_reservation_comes_back_as_left(cast: Cast, now: datetime) -> None:
    e = entitled(cast, now)
    ledger.reserve(e, D(5), USAGE, "r", SYSTEM, now, DAY)
    drawn = ledger.consume(e, D(5), USAGE, "c", SYSTEM, now, DAY, reserved=D(5))
    ledger.reverse(drawn.entry, USAGE, "v", SYSTEM, now)
    assert columns(e) == (5, 5, 0, 0, 0)


def test_a_refused_draw_writes_nothing(cast: Cast, now: datetime) -> None:
    e = entitled(cast, now)
    with pytest.raises(Exhausted):
        ledger.consume(e, D(6), USAGE, "c", SYSTEM, now, DAY)
    assert columns(e) == sums(e)


def test_an_adjustment_needs_a_reason_and_the_customer_reads_it(cast: Cast, now: datetime) -> None:
    e = entitled(cast, now)
    with pytest.raises(Invalid) as refused:
        ledger.adjust(e, D(1), " ", Source("staff", 1), "a", viewer(cast.sales_manager), now)
    assert refused.value.field == "reason"
    ledger.adjust(e, D(1), "赠送", Source("staff", 1), "a", viewer(cast.sales_manager), now)
    newest = audit.timeline(e, public_only=True)[0]
    assert (newest.event, newest.reason, newest.after["granted"]) == (
        "entitlement.adjusted", "赠送", "6",
    )  # fmt: skip


def test_another_customers_entitlement_cannot_be_held(cast: Cast, now: datetime) -> None:
    e = entitled(cast, now).id
    db.session.commit()
    set_viewer(viewer(cast.erik))
    with pytest.raises(NotFound):
        ledger.lock([e])
    set_viewer(SYSTEM)


def test_the_database_itself_refuses_a_balance_below_zero(cast: Cast, now: datetime) -> None:
    e = entitled(cast, now)
    e.used, e.remaining = D(6), D(-1)
    with pytest.raises(IntegrityError):
        db.session.flush()
    db.session.rollback()


def test_an_entry_is_never_edited(cast: Cast, now: datetime) -> None:
    entitled(cast, now)
    entry = db.session.scalar(select(LedgerEntry))
    entry.reason = "x"
    with pytest.raises(TypeError, match="append-only"):
        db.session.flush()
    db.session.rollback()
