"""Worlds for tests of billing: usage drawn from signed contracts, stock, runs worked through as the worker does."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from itertools import count
from typing import Any

from sqlalchemy import select

from portal.access.viewer import SYSTEM
from portal.billing.actions import runs
from portal.billing.models import Statement, StatementLine, StatementRun
from portal.contracts.models import Entitlement
from portal.customers.models import Customer, SettlementTerms
from portal.db.base import db
from portal.jobs import statements as job
from portal.kernel import clock
from portal.kernel.period import Period
from portal.usage.actions import recording
from portal.usage.actions.recording import UsageFact
from portal.usage.models import UsageRecord
from portal.warehouse.actions import posting
from portal.warehouse.models import StockItem
from portal.warehouse.rules.facts import MovementFact
from portal.warehouse.rules.unit_days import MovementKind
from tests.factories import add
from tests.stock import goods, warehouse

D = Decimal
FEBRUARY = Period(date(2026, 2, 1), date(2026, 2, 28))
JANUARY = Period(date(2026, 1, 1), date(2026, 1, 31))
_numbers = count(1)


def used(
    entitlement: Entitlement, quantity: str, now: datetime, *, on: date = date(2026, 2, 10), by: Customer | None = None,
    **more: Any,
) -> UsageRecord:  # fmt: skip
    """Usage of what an entitlement is for, drawn from whatever fits."""
    fact = UsageFact(
        (by or entitlement.customer).id, D(quantity), more.pop("unit", entitlement.unit), on, "test",
        more.pop("reference", f"T{next(_numbers):05d}"), item_id=entitlement.item_id, **more,
    )  # fmt: skip
    return recording.record(fact, SYSTEM, now)


def settles(of: Customer, **values: Any) -> SettlementTerms:
    """Settlement terms of a customer."""
    return add(SettlementTerms(customer_id=of.id, **values))


def moved(
    of: Customer, kind: str, pieces: str, on: date, now: datetime, *, sku: str = "A", lot: str = "", m3: str = "0.024"
) -> None:  # fmt: skip
    """Stock of a customer that came in or left; pieces of 0.024 m³ unless said otherwise."""
    goods_known(of, sku, m3)
    fact = MovementFact(
        of.id, warehouse("SH").id, MovementKind(kind), on, "test", f"M{next(_numbers):05d}", lot=lot, sku=sku,
        pieces=D(pieces),
    )  # fmt: skip
    posting.post(fact, SYSTEM, now)


def goods_known(of: Customer, sku: str, m3: str) -> None:
    """The goods, made once."""
    if (of.id, sku) not in _known():
        goods(of, sku, m3=m3, kg="5")


def _known() -> set[tuple[int, str]]:
    known = select(StockItem.customer_id, StockItem.sku)
    return {(row[0], row[1]) for row in db.session.execute(known)}


def run(period: Period = FEBRUARY, *, now: datetime, only: Customer | None = None) -> StatementRun:
    """A run over a period, worked through to its end by the worker's own code."""
    last = period.end_on or period.start_on
    row = runs.start(period.start_on, last, SYSTEM, now, only=only.id if only else None)
    db.session.commit()
    with clock.frozen(now):
        job.work(row.id)
    return runs.row_of(row.id)


def statements(of: Customer | None = None) -> list[Statement]:
    """Statements by number, of one customer or of all."""
    asked = select(Statement).order_by(Statement.number)
    if of is not None:
        asked = asked.where(Statement.customer_id == of.id)
    return list(db.session.scalars(asked.execution_options(populate_existing=True)))


def lines(*of: Statement) -> list[StatementLine]:
    """The live lines of statements in their order."""
    ids = [each.id for each in of]
    asked = select(StatementLine).where(
        StatementLine.statement_id.in_(ids), StatementLine.until_revision.is_(None)
    )
    return list(
        db.session.scalars(asked.order_by(StatementLine.statement_id, StatementLine.serial))
    )


def told(found: Iterable[StatementLine]) -> list[tuple[str, str, str]]:
    """(kind, reference or day, gross) of lines, to be compared with what was worked out by hand."""
    return [
        (each.kind, each.reference or f"{each.starts_on:%m-%d}", f"{each.gross_amount:.2f}")
        for each in found
    ]
