"""Very many statement lines into their table, and the usage that they bill: in bulk, in a handful of statements."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, cast

from sqlalchemy import Table, delete, insert, select, update

from portal.billing.models import BilledOnce, Statement, StatementLine
from portal.billing.rules.content import LINE_FIELDS
from portal.billing.rules.statement_lines import LineDraft
from portal.billing.rules.states import LineState
from portal.db.base import db
from portal.usage.models import UsageRecord
from portal.usage.rules.states import UsageState

AT_ONCE = 2000
LINES = insert(cast(Table, StatementLine.__table__))
ONCE = insert(cast(Table, BilledOnce.__table__))
"""Straight into the tables: the mapper has nothing to do here."""
FIRST_REVISION = 1


def write_lines(statement: Statement, drafts: Sequence[LineDraft]) -> None:
    """The lines of a draft that has none, numbered from 1, with what is billed once with them.

    IntegrityError when a draw, a credit or a day is billed elsewhere already.
    """
    always = {
        "customer_id": statement.customer_id, "statement_id": statement.id, "from_revision": FIRST_REVISION,
        "until_revision": None, "replaces_id": None, "state": LineState.OPEN.value, "decided_by": None,
        "decided_at": None,
    }  # fmt: skip
    for part in _parts(enumerate(drafts, start=1)):
        db.session.execute(LINES, [_columns(draft, serial, always) for serial, draft in part])
    marked = {serial: draft.once for serial, draft in enumerate(drafts, start=1) if draft.once}
    ids = _ids(statement, marked)
    rows = (
        {"customer_id": statement.customer_id, "kind": kind.value, "subject_id": subject, "on": on,
         "line_id": ids[serial]}
        for serial, once in marked.items()
        for kind, subject, on in once
    )  # fmt: skip
    for some in _parts(rows):
        db.session.execute(ONCE, some)


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
    for gone in (
        update(UsageRecord).where(UsageRecord.statement_id == statement.id).values(statement_id=None),
        delete(BilledOnce).where(BilledOnce.line_id.in_(lines)),
        delete(StatementLine).where(of_draft),
    ):  # fmt: skip
        db.session.execute(gone.execution_options(synchronize_session=False))


def _columns(draft: LineDraft, serial: int, always: dict[str, Any]) -> dict[str, Any]:
    columns = {name: getattr(draft, name) for name in LINE_FIELDS}
    return {**columns, **always, "serial": serial}


def _ids(statement: Statement, serials: Iterable[int]) -> dict[int, int]:
    """Serial → id of the statement's lines, where any are wanted."""
    if not serials:
        return {}
    asked = select(StatementLine.serial, StatementLine.id).where(
        StatementLine.statement_id == statement.id
    )
    return {serial: line_id for serial, line_id in db.session.execute(asked)}  # noqa: C416


def _parts(rows: Iterable[Any]) -> Iterator[list[Any]]:
    waiting = iter(rows)
    while part := list(islice(waiting, AT_ONCE)):
        yield part
