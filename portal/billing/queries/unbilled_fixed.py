"""What settles commitments and bears interest: lapses, overage drawn, receivables with their postings and disputes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import func, select, true
from sqlalchemy.orm import aliased

from portal.access.scope import visible
from portal.access.viewer import Viewer
from portal.billing.models import Dispute, Receivable, ReceivablePosting, StatementLine
from portal.billing.rules.kinds import LineKind
from portal.billing.rules.late_fees import Change, DisputedSpan, Overdue
from portal.billing.rules.states import DisputeState
from portal.contracts.models import LedgerEntry
from portal.contracts.rules.kinds import EntryKind
from portal.db.base import db
from portal.kernel.clock import business_day

ZERO = Decimal(0)


class OverDrawn(NamedTuple):
    """A draw beyond an entitlement's quantity that was not given back."""

    entitlement_id: int
    occurred_on: date
    over: Decimal


def lapsed(entitlement_ids: Iterable[int], viewer: Viewer) -> dict[int, Decimal]:
    """Entitlement → what was left of it and lapsed."""
    wanted = sorted(set(entitlement_ids))
    if not wanted:
        return {}
    statement = visible(
        select(LedgerEntry.entitlement_id, func.sum(LedgerEntry.granted_change)),
        LedgerEntry,
        viewer,
    ).where(LedgerEntry.entitlement_id.in_(wanted), LedgerEntry.kind == EntryKind.LAPSE.value)
    rows = db.session.execute(statement.group_by(LedgerEntry.entitlement_id))
    return {row_id: -change for row_id, change in rows}  # fmt: skip


def over_drawn(entitlement_ids: Iterable[int], viewer: Viewer) -> dict[int, list[OverDrawn]]:
    """Entitlement → its draws beyond the quantity in the order of their days, those given back left out."""
    wanted = sorted(set(entitlement_ids))
    found: dict[int, list[OverDrawn]] = {}
    if not wanted:
        return found
    back = aliased(LedgerEntry)
    given_back = select(back.id).where(back.reverses_id == LedgerEntry.id)
    statement = (
        visible(
            select(LedgerEntry.entitlement_id, LedgerEntry.occurred_on, LedgerEntry.over_change),
            LedgerEntry,
            viewer,
        )
        .where(
            LedgerEntry.entitlement_id.in_(wanted),
            LedgerEntry.kind == EntryKind.CONSUME.value,
            LedgerEntry.over_change > ZERO,
            ~given_back.exists(),
        )
        .order_by(LedgerEntry.occurred_on, LedgerEntry.id)
    )
    for row in db.session.execute(statement):
        found.setdefault(row[0], []).append(OverDrawn(*row))
    return found


def overdue(
    party_id: int, until: date, viewer: Viewer, known_at: datetime | None = None
) -> list[tuple[Any, Overdue]]:
    """(receivable, what bears interest) of all that fell due before a day, by id; as it was known at an instant."""
    columns = (
        Receivable.id, Receivable.reference, Receivable.currency, Receivable.due_on, Receivable.statement_id,
    )  # fmt: skip
    statement = visible(select(*columns), Receivable, viewer).where(
        Receivable.customer_id == party_id, Receivable.due_on < until
    )
    rows = db.session.execute(statement.order_by(Receivable.id)).all()
    if not rows:
        return []
    changes = _changes([row.id for row in rows], viewer, known_at)
    on_statements = [row.statement_id for row in rows if row.statement_id is not None]
    disputes = _disputes(on_statements, viewer, known_at)
    interest = _interest(on_statements, viewer)
    return [
        (
            row,
            Overdue(
                row.id, row.currency, row.due_on, tuple(changes.get(row.id, ())),
                tuple(disputes.get(row.statement_id, ())), interest.get(row.statement_id, ZERO),
            ),
        )
        for row in rows
    ]  # fmt: skip


def _changes(
    receivable_ids: list[int], viewer: Viewer, known_at: datetime | None
) -> dict[int, list[Change]]:
    P = ReceivablePosting
    statement = visible(select(P.receivable_id, P.on, P.change), P, viewer).where(
        P.receivable_id.in_(receivable_ids), true() if known_at is None else P.at <= known_at
    )
    found: dict[int, list[Change]] = {}
    for row_id, on, change in db.session.execute(statement.order_by(P.on, P.id)):
        found.setdefault(row_id, []).append(Change(on, change))
    return found


def _disputes(
    statement_ids: list[int], viewer: Viewer, known_at: datetime | None
) -> dict[int, list[DisputedSpan]]:
    D = Dispute
    columns = (D.statement_id, D.raised_at, D.decided_at, D.disputed_amount)
    statement = visible(select(*columns), D, viewer).where(
        D.statement_id.in_(statement_ids),
        D.state != DisputeState.WITHDRAWN.value,
        true() if known_at is None else D.raised_at <= known_at,
    )
    found: dict[int, list[DisputedSpan]] = {}
    for row_id, raised, decided, amount in db.session.execute(statement.order_by(D.id)):
        if decided is not None and known_at is not None and decided > known_at:
            decided = None
        until = business_day(decided) if decided is not None else None
        found.setdefault(row_id, []).append(DisputedSpan(business_day(raised), until, amount))
    return found


def _interest(statement_ids: list[int], viewer: Viewer) -> dict[int, Decimal]:
    """Statement → what of it is late fees, which bear none themselves."""
    L = StatementLine
    statement = visible(select(L.statement_id, func.sum(L.gross_amount)), L, viewer).where(
        L.statement_id.in_(statement_ids),
        L.kind == LineKind.LATE_FEE.value,
        L.until_revision.is_(None),
    )
    rows = db.session.execute(statement.group_by(L.statement_id))
    return {row_id: gross for row_id, gross in rows}  # noqa: C416
