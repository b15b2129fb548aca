"""What statements are proved by: their lines as stored, the usage they took, the marks of what they billed once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from portal.access.scope import visible
from portal.access.viewer import Viewer
from portal.billing.models import BilledOnce, Credit, Statement, StatementLine, StatementRevision
from portal.billing.queries.unbilled import STORAGE_SOURCE, Draw, UsedRow, used_columns
from portal.billing.rules.content import LINE_FIELDS
from portal.billing.rules.kinds import Once
from portal.billing.rules.states import StatementState
from portal.contracts.models import Entitlement, LedgerEntry
from portal.contracts.rules.kinds import EntryKind
from portal.db.base import db
from portal.usage.models import UsageRecord

STORED = (
    "id", "serial", "statement_id", "from_revision", "until_revision", "customer_id", *LINE_FIELDS,
)  # fmt: skip
AT_ONCE = 200


def all_statements(viewer: Viewer) -> Iterator[Statement]:
    """Every statement that is not void, a settlement party's together, some at a time."""
    wanted = visible(select(Statement.id), Statement, viewer).where(
        Statement.state != StatementState.VOID.value
    )
    ids = list(db.session.scalars(wanted.order_by(Statement.customer_id, Statement.id)))
    for start in range(0, len(ids), AT_ONCE):
        part = ids[start : start + AT_ONCE]
        rows = db.session.scalars(select(Statement).where(Statement.id.in_(part)))
        by_id = {row.id: row for row in rows}
        yield from (by_id[each] for each in part)


def count_statements(viewer: Viewer) -> int:
    """How many there are to be proved."""
    wanted = visible(select(func.count(Statement.id)), Statement, viewer).where(
        Statement.state != StatementState.VOID.value
    )
    return db.session.scalar(wanted) or 0


def stored_lines(statement_id: int) -> list[Any]:
    """All lines that a statement ever published, and of a draft its own, by serial."""
    columns = (getattr(StatementLine, name) for name in STORED)
    asked = select(*columns).where(StatementLine.statement_id == statement_id)
    return list(db.session.execute(asked.order_by(StatementLine.serial)))


def lines_by_id(line_ids: Iterable[int]) -> dict[int, Any]:
    """Lines of any statement, with its `number`."""
    columns = [getattr(StatementLine, name) for name in STORED]
    asked = select(*columns, Statement.number).join(
        Statement, Statement.id == StatementLine.statement_id
    )
    wanted = sorted(set(line_ids))
    if not wanted:
        return {}
    return {row.id: row for row in db.session.execute(asked.where(StatementLine.id.in_(wanted)))}


def revisions(statement_id: int) -> list[StatementRevision]:
    """The published revisions by number."""
    asked = select(StatementRevision).where(StatementRevision.statement_id == statement_id)
    return list(db.session.scalars(asked.order_by(StatementRevision.number)))


def taken_usage(statement_id: int) -> list[UsedRow]:
    """The usage that a statement took, apart from what publishing posted for storage; reversals among it."""
    first = aliased(UsageRecord)
    of_storage = select(first.id).where(
        first.id == UsageRecord.reverses_id, first.source == STORAGE_SOURCE
    )
    asked = select(*used_columns()).where(
        UsageRecord.statement_id == statement_id,
        UsageRecord.source != STORAGE_SOURCE,
        ~of_storage.exists(),
    )
    return [UsedRow(*row) for row in db.session.execute(asked)]


def draws_of(statement_id: int) -> dict[int, list[Draw]]:
    """Usage id → what the ledger says it drew, for all usage that a statement took."""
    taken = select(UsageRecord.id).where(
        UsageRecord.statement_id == statement_id, UsageRecord.reverses_id.is_(None)
    )
    columns = (
        LedgerEntry.source_id, LedgerEntry.entitlement_id, LedgerEntry.used_change, LedgerEntry.over_change,
    )  # fmt: skip
    asked = select(*columns).where(
        LedgerEntry.source_type == "usage",
        LedgerEntry.source_id.in_(taken),
        LedgerEntry.kind == EntryKind.CONSUME.value,
    )
    found: dict[int, list[Draw]] = {}
    for row in db.session.execute(asked.order_by(LedgerEntry.id)):
        found.setdefault(row[0], []).append(Draw(*row))
    return found


def contracts_of_draws(entitlement_ids: Iterable[int]) -> set[int]:
    """The contracts that granted these entitlements."""
    wanted = sorted(set(entitlement_ids))
    if not wanted:
        return set()
    asked = select(Entitlement.contract_id).where(Entitlement.id.in_(wanted))
    return set(db.session.scalars(asked.distinct()))


def marks_of(statement_id: int) -> dict[int, set[tuple[Once, int, date]]]:
    """Line id → what is billed once with it."""
    asked = (
        select(BilledOnce.line_id, BilledOnce.kind, BilledOnce.subject_id, BilledOnce.on)
        .join(StatementLine, StatementLine.id == BilledOnce.line_id)
        .where(StatementLine.statement_id == statement_id)
    )
    found: dict[int, set[tuple[Once, int, date]]] = {}
    for line_id, kind, subject_id, on in db.session.execute(asked):
        found.setdefault(line_id, set()).add((Once(kind), subject_id, on))
    return found


def credits_of(credit_ids: Iterable[int]) -> dict[int, Credit]:
    """Credits by id."""
    wanted = sorted(set(credit_ids))
    return {row.id: row for row in db.session.scalars(select(Credit).where(Credit.id.in_(wanted)))}


def touched_since(entitlement_ids: Iterable[int], at: datetime) -> set[int]:
    """The entitlements whose ledger has gone on since an instant."""
    wanted = sorted(set(entitlement_ids))
    if not wanted:
        return set()
    asked = select(LedgerEntry.entitlement_id).where(
        LedgerEntry.entitlement_id.in_(wanted), LedgerEntry.at > at
    )
    return set(db.session.scalars(asked.distinct()))
