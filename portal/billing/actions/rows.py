"""The rows of a statement: its lines as they are stored, and the sums that it repeats of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import func, select, update

from portal.billing.actions.line_rows import clear_lines
from portal.billing.models import BilledOnce, Statement, StatementLine
from portal.billing.rules.content import content_hash, line_values
from portal.billing.rules.kinds import LineKind
from portal.billing.rules.statement_lines import LineDraft
from portal.billing.rules.states import LineState
from portal.db.base import db
from portal.usage.models import UsageRecord

NOTHING = Decimal(0)
SETTLED = frozenset({LineState.CONFIRMED, LineState.ADJUSTED, LineState.UPHELD})
"""States of a line that the customer has nothing more to say to: it may be billed."""


@dataclass(frozen=True, slots=True)
class Sums:
    """What the live lines of a statement come to; settled + disputed + open = gross."""

    lines: int
    net: Decimal
    tax: Decimal
    gross: Decimal
    settled: Decimal
    disputed: Decimal
    open: Decimal
    states: frozenset[LineState]


def store(
    statement: Statement, drafts: Sequence[LineDraft], *, from_revision: int = 1
) -> list[StatementLine]:
    """Put lines into a statement, numbered on from its last one, with what is billed once with them.

    The usage of a line belongs to the statement from now on. IntegrityError when something is billed elsewhere.
    """
    after = select(func.max(StatementLine.serial)).where(StatementLine.statement_id == statement.id)
    serial = db.session.scalar(after) or 0
    rows = [
        _row(statement, draft, number, from_revision)
        for number, draft in enumerate(drafts, start=serial + 1)
    ]
    db.session.add_all(rows)
    db.session.flush()
    db.session.add_all(
        BilledOnce(
            customer_id=statement.customer_id, kind=kind.value, subject_id=subject, on=on, line_id=row.id
        )
        for row, draft in zip(rows, drafts, strict=True)
        for kind, subject, on in draft.once
    )  # fmt: skip
    _take_usage(statement, [draft.usage_id for draft in drafts if draft.usage_id is not None])
    db.session.flush()
    return rows


def live_lines(statement: Statement) -> list[StatementLine]:
    """The lines that belong to the statement now, in their order."""
    wanted = StatementLine.statement_id == statement.id, StatementLine.until_revision.is_(None)
    return list(
        db.session.scalars(select(StatementLine).where(*wanted).order_by(StatementLine.serial))
    )


def sums_of(statement: Statement) -> Sums:
    """What the live lines of a statement come to, asked of the database."""
    columns = StatementLine.net_amount, StatementLine.tax_amount, StatementLine.gross_amount
    asked = select(StatementLine.state, func.count(), *map(func.sum, columns)).where(
        StatementLine.statement_id == statement.id, StatementLine.until_revision.is_(None)
    )
    found = {
        LineState(row[0]): row[1:]
        for row in db.session.execute(asked.group_by(StatementLine.state))
    }
    gross = {state: values[3] for state, values in found.items()}
    return Sums(
        lines=sum(values[0] for values in found.values()),
        net=sum((values[1] for values in found.values()), NOTHING),
        tax=sum((values[2] for values in found.values()), NOTHING),
        gross=sum(gross.values(), NOTHING),
        settled=sum((gross.get(state, NOTHING) for state in SETTLED), NOTHING),
        disputed=gross.get(LineState.DISPUTED, NOTHING),
        open=gross.get(LineState.OPEN, NOTHING),
        states=frozenset(found),
    )


def repeat_sums(statement: Statement) -> Sums:
    """Write what the live lines come to into the statement."""
    sums = sums_of(statement)
    statement.line_count = sums.lines
    statement.net_amount, statement.tax_amount = sums.net, sums.tax
    statement.gross_amount = sums.gross
    statement.confirmed_amount, statement.disputed_amount = sums.settled, sums.disputed
    return sums


def hash_of(statement: Statement, number: int) -> str:
    """The hash of the statement with its live lines as revision `number`."""
    header = {
        "customer_id": statement.customer_id, "currency": statement.currency, "starts_on": statement.starts_on,
        "ends_on": statement.ends_on, "number": statement.number, "revision_no": number,
    }  # fmt: skip
    return content_hash(header, (line_values(line) for line in live_lines(statement)))


def free_usage(statement: Statement) -> None:
    """Usage whose lines have all left the statement can be billed again."""
    named = select(StatementLine.usage_id).where(
        StatementLine.statement_id == statement.id, StatementLine.usage_id.is_not(None)
    )
    live = named.where(StatementLine.until_revision.is_(None))
    ended = named.where(StatementLine.until_revision.is_not(None))
    db.session.execute(
        update(UsageRecord)
        .where(
            UsageRecord.statement_id == statement.id,
            UsageRecord.id.in_(ended),
            UsageRecord.id.not_in(live),
        )
        .values(statement_id=None)
    )


def drop_lines(statement: Statement) -> list[int]:
    """Take all lines off a statement that was never published; the ids of the credits among them."""
    lines = StatementLine.statement_id == statement.id
    carried = select(StatementLine.credit_id).where(
        lines, StatementLine.kind == LineKind.CREDIT.value
    )
    freed = [each for each in db.session.scalars(carried) if each is not None]
    clear_lines(statement)
    return freed


def _row(statement: Statement, draft: LineDraft, serial: int, from_revision: int) -> StatementLine:
    values = line_values(draft)
    values["working"] = list(draft.working)
    return StatementLine(
        customer_id=statement.customer_id, statement_id=statement.id, serial=serial, from_revision=from_revision,
        state=LineState.OPEN.value, **values,
    )  # fmt: skip


def _take_usage(statement: Statement, usage_ids: Sequence[int]) -> None:
    wanted = sorted(set(usage_ids))
    for at in range(0, len(wanted), 500):
        db.session.execute(
            update(UsageRecord)
            .where(UsageRecord.id.in_(wanted[at : at + 500]))
            .values(statement_id=statement.id)
        )
