"""What a run asks the database: a handful of statements a party, however much it used, each by an index."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

import pytest
from sqlalchemy import event

from portal.access.viewer import SYSTEM
from portal.billing.actions.drafting import draft_party
from portal.billing.actions.gathering import gather
from portal.catalogue.rules.storage import Method, StoragePolicy
from portal.contracts.rules.kinds import Allowance
from portal.db.base import db
from portal.usage.actions import recording
from portal.usage.models import UsageRecord
from tests.billing_worlds import FEBRUARY, D, moved, settles, used
from tests.cast import Cast
from tests.chain import entitled, granted, handling
from tests.factories import item

pytestmark = pytest.mark.both_databases

LARGE = (
    "usage_record", "statement_line", "billed_once", "entitlement_entry", "entitlement", "stock_day",
    "stock_movement", "stock_lot", "receivable_posting", "credit", "contract_line",
)  # fmt: skip
MOST = 24
"""Statements for one party with something of everything; most have half of it."""


@contextmanager
def sent() -> Iterator[list[tuple[str, Any]]]:
    """The selects and updates that are sent to the database, with their values."""
    found: list[tuple[str, Any]] = []

    def note(_c: Any, _cursor: Any, statement: str, values: Any, _x: Any, _many: bool) -> None:
        if statement.startswith(("SELECT", "UPDATE", "DELETE")):
            found.append((statement, values))

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def plan(statement: str, values: Any) -> str:
    connection = db.session.connection()
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        words = "EXPLAIN"
    else:
        words = "EXPLAIN QUERY PLAN"
    rows = connection.exec_driver_sql(f"{words} {statement}", values)
    return "\n".join(" ".join(map(str, row)) for row in rows)


def read_whole(found: str) -> set[str]:
    """The large tables that a plan reads from one end to the other."""
    scanned = re.findall(r"SCAN (\w+)(?! USING)", found) + re.findall(r"Seq Scan on (\w+)", found)
    return set(scanned) & set(LARGE)


@pytest.fixture
def world(cast: Cast, now: datetime) -> Cast:
    """Usage, reversed usage, a shortfall, stock, interest: whatever a run may ask for."""
    settles(cast.harbour, late_fee_percent=D("0.05"))
    bought = entitled(cast, now, quantity=D(3), until_on=date(2026, 2, 20))
    entitled(cast, now, quantity=D(1000))
    for _each in range(3):
        used(bought, "2", now)
    granted(
        cast,
        now,
        quantity=D(9),
        item=handling("LBL"),
        charges_shortfall=True,
        allowance=Allowance.MONTH,
    )
    policy = StoragePolicy(Method.DAILY, "MTQ", rate=D(1), currency="CNY", free_days=2)
    goods = item(
        "STORAGE", "仓储费", unit="MTQ.DAY", category="storage", load="none", tax_class="service_6"
    )
    entitled(cast, now, quantity=None, item=goods, storage_policy=policy.to_json())
    moved(cast.harbour, "in", "10", date(2026, 2, 3), now)
    return cast


def test_every_statement_of_a_draft_goes_by_an_index(world: Cast, now: datetime) -> None:
    with sent() as first:
        draft_party(world.harbour.id, FEBRUARY, None, SYSTEM, now)
    row = db.session.query(UsageRecord).first()
    assert row is not None
    recording.reverse(row, "wrong", SYSTEM, now)
    with sent() as again:
        draft_party(world.harbour.id, FEBRUARY, None, SYSTEM, now)
    whole = {table: each for each in (*first, *again) for table in read_whole(plan(*each))}
    assert not whole


def test_the_number_of_statements_does_not_grow_with_the_usage(world: Cast, now: datetime) -> None:
    with sent() as few:
        gather(world.harbour.id, FEBRUARY, SYSTEM, date(2026, 3, 2))
    bought = entitled(world, now, quantity=None, item=handling("MORE"))
    for _each in range(40):
        used(bought, "1", now)
    with sent() as many:
        gather(world.harbour.id, FEBRUARY, SYSTEM, date(2026, 3, 2))
    assert len(many) == len(few) <= MOST
