"""How much of a statement is on tax invoices, and the step between confirmed and billed that follows from it."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from portal.access.viewer import Viewer
from portal.billing.actions.holding import move
from portal.billing.models import Statement
from portal.billing.rules.states import StatementState, StatementStep
from portal.db import audit
from portal.db.base import db


def note_invoiced(statement: Statement, change: Decimal, actor: Viewer, now: datetime) -> None:
    """So much more (or less) of it is invoiced; the statement must be held. Whole: billed; not any more: confirmed."""
    statement.invoiced_amount += change
    statement.updated_at = now
    db.session.flush()
    follow(statement, actor, now)


def follow(statement: Statement, actor: Viewer, now: datetime) -> bool:
    """Take the step to billed, or back from it, where the amounts say so; whether one was taken."""
    gross, invoiced = statement.gross_amount, statement.invoiced_amount
    whole = gross > 0 and invoiced >= gross
    if statement.state == StatementState.CONFIRMED and whole:
        move(statement, StatementStep.BILL, now)
        audit.record(actor, "statement.billed", statement, now, after={"invoiced": invoiced})
        return True
    if statement.state == StatementState.BILLED and not whole:
        move(statement, StatementStep.UNBILL, now)
        audit.record(actor, "statement.unbilled", statement, now, after={"invoiced": invoiced})
        return True
    return False
