"""A billing run of 300 customers is killed at any moment, again and again: in the end it is as if it had not been."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import delete, func, select, update

from portal.access.viewer import SYSTEM
from portal.billing.actions import runs
from portal.billing.models import BilledOnce, Statement, StatementLine, StatementRun
from portal.billing.rules.content import LINE_FIELDS
from portal.contracts.models import ContractLine
from portal.db import audit
from portal.db.audit import AuditEntry
from portal.db.base import db
from portal.db.series import NumberSeries
from portal.jobs import statements as job
from portal.kernel import clock
from portal.usage.models import UsageRecord
from tests.bench import at_size, chain_at_size
from tests.bench.at_size import write
from tests.stories import killing

pytestmark = pytest.mark.both_databases

MANY, FEW = 300, 100
USED_BY_EACH = 4
LAST = at_size.TODAY - timedelta(days=1)
Everything = dict[str, list[tuple[Any, ...]]]


@pytest.fixture
def world(database: None, customers: int) -> Iterator[None]:
    """Customers with usage of two services each, thirty of them with a monthly fee."""
    with clock.frozen(at_size.NOW):
        at_size.people_and_customers(customers)
        chain_at_size.build(customers, customers * 2, customers * USED_BY_EACH)
        write(ContractLine, (_fee(number, customers) for number in range(1, 31)))
        db.session.commit()
        yield


def _fee(number: int, customers: int) -> dict[str, Any]:
    line = customers * 2 + number
    return {
        "id": line, "root_id": line, "contract_id": number, "customer_id": number, "position": 9,
        "item_id": chain_at_size.FIRST_ITEM, "name_zh": "系统费", "quantity": None, "unit": "MON", "main_unit": "MON",
        "rate": Decimal(310), "from_on": chain_at_size.FIRST, "until_on": chain_at_size.LAST,
        "price_terms": {"basis": "per_unit", "unit": "MON", "currency": "CNY", "rate": "310"},
    }  # fmt: skip


def in_line() -> int:
    """A run over everything, waiting for its worker."""
    row = runs.start(chain_at_size.FIRST, LAST, SYSTEM, clock.now())
    db.session.commit()
    return row.id


def forget() -> None:
    """As if nothing had been billed."""
    db.session.rollback()
    for model in (BilledOnce, StatementLine, Statement, StatementRun, NumberSeries, AuditEntry):
        db.session.execute(delete(model.__table__))
    db.session.execute(update(UsageRecord).values(statement_id=None))
    db.session.commit()


def everything() -> Everything:
    """Every row that a run writes, without the ids that databases give."""
    db.session.rollback()
    S, L, B = Statement, StatementLine, BilledOnce
    of_line = (S.number, L.serial)
    of_statement, mark = S.id == L.statement_id, (B.kind, B.subject_id, B.on)
    sums = (S.line_count, S.net_amount, S.tax_amount, S.gross_amount, S.content_hash, S.state)
    asked = {
        "statements": select(S.number, S.customer_id, S.currency, S.starts_on, S.ends_on, *sums),
        "lines": select(*of_line, *(getattr(L, name) for name in LINE_FIELDS)).join(S, of_statement),
        "marks": select(*of_line, *mark).join(L, L.id == B.line_id).join(S, of_statement),
        "usage": select(UsageRecord.id, S.number).outerjoin(S, S.id == UsageRecord.statement_id),
        "series": select(NumberSeries.kind, NumberSeries.year, NumberSeries.last_serial),
        "events": select(AuditEntry.event, AuditEntry.subject_type, AuditEntry.after),
    }  # fmt: skip
    return {name: sorted(map(repr, db.session.execute(each))) for name, each in asked.items()}


def counts(run_id: int) -> dict[str, int]:
    db.session.rollback()
    return dict(runs.row_of(run_id).counts)


def killed_runs(expected: Everything, figures: dict[str, int]) -> None:
    """Kill the worker at random moments until enough are dead, starting over whenever a run comes to its end."""
    pick, dead = random.Random(20260302), 0
    while dead < killing.KILLS:
        forget()
        run_id, longest = in_line(), pick.choice((0.1, 0.3, 1.0))
        while dead < killing.KILLS and runs.row_of(run_id).state != "done":
            worker = killing.process(lambda at=run_id: job.work(at))  # type: ignore[misc]
            dead += killing.killed(worker, pick.uniform(0, longest))
            db.session.rollback()
        assert killing.finished(killing.process(lambda at=run_id: job.work(at)))  # type: ignore[misc]
        assert everything() == expected and counts(run_id) == figures


@pytest.mark.parametrize("customers", [MANY])
def test_a_run_killed_again_and_again_ends_as_an_undisturbed_one(
    world: None, customers: int
) -> None:
    run_id = in_line()
    assert killing.finished(killing.process(lambda: job.work(run_id)))
    expected, figures = everything(), counts(run_id)
    assert figures["drafted"] == customers and len(expected["lines"]) > customers * USED_BY_EACH
    numbers = list(db.session.scalars(select(Statement.number).order_by(Statement.number)))
    year = LAST.year
    assert numbers == [f"ST-{year}-{serial:06d}" for serial in range(1, customers + 1)]
    killed_runs(expected, figures)
    assert audit.first_broken_link() is None


@pytest.mark.parametrize("customers", [FEW])
def test_two_runs_at_once_bill_nothing_twice(world: None, customers: int) -> None:
    alone = in_line()
    assert killing.finished(killing.process(lambda: job.work(alone)))
    expected = {name: rows for name, rows in everything().items() if name != "events"}
    forget()
    both = [in_line(), in_line()]
    workers = [killing.process(lambda at=each: job.work(at)) for each in both]  # type: ignore[misc]
    ended = [killing.finished(each) for each in workers]
    assert ended == [True, True]
    assert {name: rows for name, rows in everything().items() if name != "events"} == expected
    figures = [counts(each) for each in both]
    assert sum(each.get("drafted", 0) for each in figures) == customers
    assert sum(each.get("unchanged", 0) for each in figures) == customers
    assert db.session.scalar(select(func.count(StatementRun.id))) == 2
