"""Very many statement lines into their table, and the usage that they bill: in bulk, in a handful of statements."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, cast

from sqlalchemy import Table, delete, select, update

from portal.billing.models import BilledOnce, Statement, StatementLine
from portal.billing.rules.content import LINE_FIELDS, Kept
from portal.billing.rules.line_draft import Mark
from portal.billing.rules.states import LineState
from portal.db.base import db
from portal.db.bulk import insert_kept
from portal.usage.models import UsageRecord
from portal.usage.rules.states import UsageState

LINES = cast(Table, StatementLine.__table__)
ONCE = cast(Table, BilledOnce.__table__)
FIRST_REVISION = 1
COLUMNS = (*LINE_FIELDS, "customer_id", "statement_id", "from_revision", "state", "serial")


def write_lines(
    statement: Statement, lines: Sequence[Kept], marks: Sequence[Sequence[Mark]]
) -> None:
    """The lines of a draft that has none, numbered from 1, with what is billed once with each.

    IntegrityError when a draw, a credit or a day is billed elsewhere already.
    """
    always = (statement.customer_id, statement.id, FIRST_REVISION, LineState.OPEN.value)
    numbered = enumerate(lines, start=1)
    insert_kept(LINES, COLUMNS, ((*line, *always, serial) for serial, line in numbered))
    marked = {serial: once for serial, once in enumerate(marks, start=1) if once}
    if not marked:
        return
    ids = _ids(statement)
    rows = (
        (statement.customer_id, kind.value, subject, on.isoformat(), ids[serial])
        for serial, once in marked.items()
        for kind, subject, on in once
    )
    insert_kept(ONCE, ("customer_id", "kind", "subject_id", "on", "line_id"), rows)


def take_usage(statement: Statement) -> int:
    """Make the usage of the statement's lines its own; how many records that were still free."""
    lines = select(StatementLine.usage_id).where(
        StatementLine.statement_id == statement.id, StatementLine.usage_id.is_not(None)
    )
    taken: Any = db.session.execute(
        update(UsageRecord)
        .where(
            UsageRecord.id.in_(lines),
            UsageRecord.statement_id.is_(None),
            UsageRecord.state == UsageState.MATCHED.value,
        )
        .values(statement_id=statement.id)
        .execution_options(synchronize_session=False)
    )
    return int(taken.rowcount)


def clear_lines(statement: Statement) -> None:
    """Take all lines off a draft; their usage and days are free again. Credits stay with the draft."""
    of_draft = StatementLine.statement_id == statement.id
    lines = select(StatementLine.id).where(of_draft)
    gone: Iterable[Any] = (
        update(UsageRecord)
        .where(UsageRecord.statement_id == statement.id)
        .values(statement_id=None),
        delete(BilledOnce).where(BilledOnce.line_id.in_(lines)),
        delete(StatementLine).where(of_draft),
    )
    for each in gone:
        db.session.execute(each.execution_options(synchronize_session=False))


def _ids(statement: Statement) -> dict[int, int]:
    """Serial → id of the statement's lines."""
    asked = select(StatementLine.serial, StatementLine.id).where(
        StatementLine.statement_id == statement.id
    )
    return {serial: line_id for serial, line_id in db.session.execute(asked)}  # noqa: C416
