"""What storage lines draw from the storage that was bought: posted as usage when their statement is published.

The amount is the policy's, on the line; the usage only keeps the entitlement's ledger right, so it is billed nowhere.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select

from portal.access.viewer import Viewer
from portal.billing.models import Statement, StatementLine
from portal.billing.queries.unbilled import STORAGE_SOURCE
from portal.billing.rules.kinds import LineKind
from portal.contracts.models import ContractLine, Entitlement
from portal.contracts.rules.chains import root_of
from portal.db.base import db
from portal.usage.actions import recording
from portal.usage.actions.recording import UsageFact
from portal.usage.models import UsageRecord
from portal.usage.rules.drawing import other_units
from portal.usage.rules.states import UsageState

ENDED = "storage line replaced by a later revision"


def post(statement: Statement, actor: Viewer, now: datetime) -> list[UsageRecord]:
    """Record what the statement's live storage lines used, once for each line, on its last day.

    What was posted for a line that a revision ended is reversed. Drawn from an entitlement of the line's own chain in
    the line's unit; a line whose chain granted none that fits is left out. What an entitlement has no more of waits in
    the queue of usage like any other. A second call changes nothing.
    """
    posted = []
    lines = _storage_lines(statement)
    _take_back(statement, {_reference(statement, line) for line in lines}, actor, now)
    for line in lines:
        right = _right_of(line)
        if right is None or line.quantity <= 0:
            continue
        posted.append(_recorded(statement, line, right, actor, now))
    db.session.flush()
    return posted


def _recorded(
    statement: Statement, line: StatementLine, right: Entitlement, actor: Viewer, now: datetime
) -> UsageRecord:
    fact = UsageFact(
        customer_id=right.customer_id,
        quantity=line.quantity,
        unit=line.unit,
        used_on=line.ends_on,
        source=STORAGE_SOURCE,
        reference=_reference(statement, line),
        item_id=right.item_id,
        entitlement_id=right.id,
    )
    row = recording.record(fact, actor, now)
    row.statement_id = statement.id
    return row


def _reference(statement: Statement, line: StatementLine) -> str:
    return f"{statement.number}/{line.serial}"


def _take_back(statement: Statement, live: set[str], actor: Viewer, now: datetime) -> None:
    posted = select(UsageRecord).where(
        UsageRecord.statement_id == statement.id,
        UsageRecord.source == STORAGE_SOURCE,
        UsageRecord.state == UsageState.MATCHED.value,
    )
    for row in list(db.session.scalars(posted.order_by(UsageRecord.id))):
        if row.reference not in live:
            recording.reverse(row, ENDED, actor, now).statement_id = statement.id


def _storage_lines(statement: Statement) -> list[StatementLine]:
    wanted = select(StatementLine).where(
        StatementLine.statement_id == statement.id,
        StatementLine.kind == LineKind.STORAGE.value,
        StatementLine.until_revision.is_(None),
    )
    return list(db.session.scalars(wanted.order_by(StatementLine.serial)))


def _right_of(line: StatementLine) -> Entitlement | None:
    """The entitlement of the line's chain whose period the line's last day lies in, in a unit that fits."""
    line_id = line.contract_line_id
    row = db.session.get(ContractLine, line_id) if line_id is not None else None
    if row is None:
        return None
    units = [line.unit, *other_units(line.unit)]
    asked: Any = select(Entitlement).where(
        Entitlement.line_id == root_of(row),
        Entitlement.starts_on <= line.ends_on,
        Entitlement.ends_on >= line.ends_on,
        Entitlement.unit.in_(units),
    )
    found: Entitlement | None = db.session.scalar(asked.order_by(Entitlement.id).limit(1))
    return found
