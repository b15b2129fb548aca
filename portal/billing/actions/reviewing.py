"""A draft before the customer sees it: reviewed, returned, voided (DOMAIN R1, section 16)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import func, select

from portal.access.viewer import SYSTEM, Viewer
from portal.billing.actions import crediting
from portal.billing.actions.holding import check_step, held, move, reason_given
from portal.billing.actions.rows import drop_lines, repeat_sums
from portal.billing.models import Statement, StatementLine
from portal.billing.queries.unbilled_stock import covered
from portal.billing.rules.kinds import LineKind
from portal.billing.rules.states import FROZEN, StatementState, StatementStep
from portal.db import audit
from portal.db.base import db
from portal.kernel.errors import Invalid, StaleEdit
from portal.kernel.text import t
from portal.warehouse.models import StockBilled

REVIEWED = sorted({StatementState.UNDER_REVIEW, *FROZEN})
"""States in which the line set does not change any more."""


def review(statement: Statement, actor: Viewer, now: datetime, seen: int | None = None) -> None:
    """The line set is checked and frozen; stock papers of its storage days count after them from now on.

    `seen`: the version that was read; StaleEdit when the draft changed since.
    """
    row = held(statement)
    check_seen(row, seen)
    check_step(row, StatementStep.REVIEW)
    if not row.line_count:
        raise Invalid(t("There is no line on this statement."))
    move(row, StatementStep.REVIEW, now)
    row.reviewed_by, row.reviewed_at = actor.user_id, now
    db.session.flush()
    mark_stock(stored_customers(row))
    after = {"gross": str(row.gross_amount), "lines": row.line_count}
    audit.record(actor, "statement.reviewed", row, now, after=after)


def return_(statement: Statement, reason: str, actor: Viewer, now: datetime) -> None:
    """Back to a draft, with the reason; its lines may be worked out again."""
    why = reason_given(reason, t("Say what should be changed."))
    row = held(statement)
    move(row, StatementStep.RETURN, now)
    row.reviewed_by = row.reviewed_at = None
    db.session.flush()
    mark_stock(stored_customers(row))
    audit.record(actor, "statement.returned", row, now, reason=why)


def void(statement: Statement, reason: str, actor: Viewer, now: datetime) -> None:
    """Give up a statement that was never published: what it billed is free again, its number stays."""
    why = reason_given(reason, t("Say why it is voided."))
    row = held(statement)
    before = {"gross": str(row.gross_amount), "lines": row.line_count}
    move(row, StatementStep.VOID, now)
    row.void_reason = why
    stored = stored_customers(row)
    crediting.free(drop_lines(row), actor, now)
    repeat_sums(row)
    row.content_hash = ""
    db.session.flush()
    mark_stock(stored)
    audit.record(actor, "statement.voided", row, now, before=before, reason=why)


def check_seen(statement: Statement, seen: int | None) -> None:
    """Raise StaleEdit unless the statement is as it was read."""
    if seen is not None and seen != statement.version:
        text = t("This statement has changed since you opened it. Look at it again, then decide.")
        raise StaleEdit(text)


def stored_customers(statement: Statement) -> list[int]:
    """Whose stock the statement bills."""
    wanted = select(StatementLine.served_id).where(
        StatementLine.statement_id == statement.id,
        StatementLine.kind.in_((LineKind.STORAGE.value, LineKind.STORAGE_MINIMUM.value)),
    )
    return list(db.session.scalars(wanted.distinct().order_by(StatementLine.served_id)))


def mark_stock(customer_ids: Iterable[int]) -> None:
    """Keep up to which day the stock of each customer is billed by what was reviewed or published (DOMAIN W13).

    The line of a group charges its branches that have none of their own: their stock is billed with it.
    """
    through_of: dict[int, date | None] = {}
    for owner, people in covered(customer_ids, SYSTEM).items():
        for each in people:
            days = [day for one in {owner, each} if (day := _billed_through(one)) is not None]
            through_of[each] = max(days, default=None)
    for each, through in through_of.items():
        row = db.session.scalar(select(StockBilled).where(StockBilled.customer_id == each))
        if row is not None and through is None:
            db.session.delete(row)
        elif row is not None and through is not None:
            row.through_on = through
        elif through is not None:
            db.session.add(StockBilled(customer_id=each, through_on=through))
    db.session.flush()


def _billed_through(customer_id: int) -> date | None:
    wanted = (
        select(func.max(StatementLine.ends_on))
        .join(Statement, Statement.id == StatementLine.statement_id)
        .where(
            StatementLine.served_id == customer_id, StatementLine.until_revision.is_(None),
            StatementLine.kind.in_((LineKind.STORAGE.value, LineKind.STORAGE_MINIMUM.value)),
            Statement.state.in_(REVIEWED),
        )
    )  # fmt: skip
    return db.session.scalar(wanted)
