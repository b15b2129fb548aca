"""What is not billed yet: usage, what was taken back, credits; and what is billed once already, beside usage.

A draft is written anew each time it is gathered, so what lies on the drafts of the same party and period counts as
not billed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Text, or_, select, type_coerce

from portal.access.scope import visible
from portal.access.viewer import Viewer
from portal.billing.models import BilledOnce, Credit, Statement, StatementLine
from portal.billing.rules.content import LINE_FIELDS
from portal.billing.rules.kinds import Once
from portal.billing.rules.states import FROZEN, CreditState, StatementState
from portal.contracts.models import LedgerEntry
from portal.contracts.rules.kinds import EntryKind
from portal.db.base import db
from portal.kernel.period import Period
from portal.usage.models import UsageRecord
from portal.usage.rules.states import UsageState

STORAGE_SOURCE = "storage"
"""Usage that publishing posts for storage lines: its price is the storage policy's, on the line itself."""
AT_ONCE = 2000
"""Rows fetched together: a party may have more usage than memory should hold twice."""
IDS_AT_ONCE = 5000
"""Ids in one statement: what needs a second look is few."""


class UsedRow(NamedTuple):
    """One usage record, matched and not billed."""

    id: int
    customer_id: int
    contract_id: int
    entitlement_id: int
    quantity: Decimal
    over_quantity: Decimal
    unit: str
    used_on: date
    reference: str
    note: str
    shipment_id: int | None
    draws: int
    reverses_id: int | None
    facts: str
    """JSON text: hardly any line needs them."""


class Draw(NamedTuple):
    """What one usage drew from one entitlement, in the entitlement's unit."""

    usage_id: int
    entitlement_id: int
    used: Decimal
    over: Decimal


class Live(NamedTuple):
    """The statement that a party has for a period in one currency."""

    id: int
    number: str
    state: str
    currency: str
    content_hash: str

    @property
    def is_draft(self) -> bool:
        """Whether it may still be written anew."""
        return self.state == StatementState.DRAFT


def live_statements(party_id: int, period: Period, viewer: Viewer) -> dict[str, Live]:
    """Currency → the party's statement of exactly this period."""
    columns = (getattr(Statement, name) for name in Live._fields)
    statement = visible(select(*columns), Statement, viewer).where(
        Statement.customer_id == party_id,
        Statement.starts_on == period.start_on,
        Statement.ends_on == period.end_on,
        Statement.state != StatementState.VOID.value,
        Statement.merged_from_id.is_(None),
    )
    return {row.currency: Live(*row) for row in db.session.execute(statement)}


def used(
    customer_ids: Iterable[int], until: date, drafts: Iterable[int], viewer: Viewer
) -> Iterator[UsedRow]:
    """Matched usage up to a day that no statement has, or only one of `drafts`; streamed, in no order."""
    free = (
        UsageRecord.customer_id.in_(sorted(customer_ids)),
        UsageRecord.statement_id.is_(None),
        UsageRecord.used_on <= until,
    )
    yield from _streamed(free, viewer)
    on_drafts = sorted(drafts)
    if on_drafts:
        yield from _streamed((UsageRecord.statement_id.in_(on_drafts),), viewer)


def _streamed(criteria: Iterable[ColumnElement[bool]], viewer: Viewer) -> Iterator[UsedRow]:
    statement = select(*used_columns())
    wanted = visible(statement, UsageRecord, viewer).where(
        UsageRecord.state == UsageState.MATCHED.value,
        UsageRecord.source != STORAGE_SOURCE,
        *criteria,
    )
    rows = db.session.execute(wanted.execution_options(yield_per=AT_ONCE))
    for part in rows.partitions():
        yield from map(UsedRow._make, part)


def used_columns() -> list[Any]:
    """The columns of a `UsedRow`."""
    columns: list[Any] = [getattr(UsageRecord, name) for name in UsedRow._fields[:-1]]
    return [*columns, type_coerce(UsageRecord.facts, Text)]


def draws_of(usage_ids: Iterable[int], viewer: Viewer) -> dict[int, list[Draw]]:
    """Usage id → its draws in the order of the ledger: for those that were split, or drawn in another unit."""
    wanted, found = sorted(set(usage_ids)), dict[int, list[Draw]]()
    columns = (
        LedgerEntry.source_id, LedgerEntry.entitlement_id, LedgerEntry.used_change, LedgerEntry.over_change,
    )  # fmt: skip
    statement = visible(select(*columns), LedgerEntry, viewer).where(
        LedgerEntry.source_type == "usage", LedgerEntry.kind == EntryKind.CONSUME.value
    )
    for at in range(0, len(wanted), IDS_AT_ONCE):
        some = LedgerEntry.source_id.in_(wanted[at : at + IDS_AT_ONCE])
        for row in db.session.execute(statement.where(some).order_by(LedgerEntry.id)):
            found.setdefault(row[0], []).append(Draw(*row))
    return found


BILLED_LINE = (
    "id", "serial", "statement_id", "replaces_id", "from_revision", *LINE_FIELDS,
)  # fmt: skip


def billed_lines(usage_ids: Iterable[int], viewer: Viewer) -> dict[int, list[Any]]:
    """Usage id → its live lines on published statements, with the statement's `number` and `currency`."""
    wanted = sorted(set(usage_ids))
    found: dict[int, list[Any]] = {}
    if not wanted:
        return found
    columns = [getattr(StatementLine, name) for name in BILLED_LINE]
    statement = (
        visible(select(*columns, Statement.number, Statement.currency), StatementLine, viewer)
        .join(Statement, Statement.id == StatementLine.statement_id)
        .where(
            StatementLine.usage_id.in_(wanted),
            StatementLine.until_revision.is_(None),
            Statement.state.in_(sorted(FROZEN)),
        )
        .order_by(StatementLine.id)
    )
    for row in db.session.execute(statement):
        found.setdefault(row.usage_id, []).append(row)
    return found


def billed_days(
    kinds: Iterable[Once], subjects: Iterable[int], drafts: Iterable[int], viewer: Viewer
) -> dict[tuple[Once, int], set[date]]:
    """(kind, subject) → the days that are billed once already, those on `drafts` left out."""
    wanted, on_drafts = sorted(set(subjects)), sorted(drafts)
    found: dict[tuple[Once, int], set[date]] = {}
    if not wanted:
        return found
    columns = (BilledOnce.kind, BilledOnce.subject_id, BilledOnce.on)
    statement = visible(select(*columns), BilledOnce, viewer).where(
        BilledOnce.kind.in_(sorted(kinds)), BilledOnce.subject_id.in_(wanted)
    )
    if on_drafts:
        lines = select(StatementLine.id).where(StatementLine.statement_id.in_(on_drafts))
        statement = statement.where(BilledOnce.line_id.not_in(lines))
    for kind, subject_id, on in db.session.execute(statement):
        found.setdefault((Once(kind), subject_id), set()).add(on)
    return found


def waiting_credits(party_id: int, drafts: Iterable[int], viewer: Viewer) -> list[Credit]:
    """The party's credits that were granted and are on no statement, or only on one of `drafts`; by id."""
    on_drafts = sorted(drafts)
    free: ColumnElement[bool] = Credit.state == CreditState.GRANTED.value
    if on_drafts:
        placed = select(StatementLine.credit_id).where(
            StatementLine.statement_id.in_(on_drafts), StatementLine.credit_id.is_not(None)
        )
        free = or_(free, Credit.id.in_(placed))
    statement = visible(select(Credit), Credit, viewer).where(Credit.customer_id == party_id, free)
    return list(db.session.scalars(statement.order_by(Credit.id)))
