"""A published line is corrected: the statement gets its next revision, the one before stays readable."""

from __future__ import annotations

from typing import Any

from flask import flash, g
from flask_babel import gettext as _
from sqlalchemy import select

from portal.access.guards import requires
from portal.access.permissions import Permission as P
from portal.billing.actions import revising
from portal.billing.forms.desk import ReviseForm
from portal.billing.models import BilledOnce, StatementLine
from portal.billing.rules.correcting import Correction, corrected
from portal.billing.rules.kinds import Once
from portal.billing.rules.line_draft import LineDraft, Mark
from portal.billing.rules.statement_lines import negative_of
from portal.billing.rules.states import STATEMENT_STEPS, LineState, StatementState, StatementStep
from portal.billing.views.desk_checking import printed_after
from portal.billing.views.desk_door import fresh, line_of, to_statement
from portal.billing.views.desk_door import statement_door as bp
from portal.billing.views.line_words import drawn_line
from portal.db.base import db
from portal.kernel import clock
from portal.kernel.errors import NotFound
from portal.web.forms import attempted, form_page


@bp.route("/statements/lines/<int:line_id>/correct", methods=["GET", "POST"])
@requires(P.STATEMENT_PUBLISH)
def correct(line_id: int) -> Any:
    """End a line, or put another in its place."""
    line = line_of(line_id)
    if line.until_revision is not None:
        raise NotFound()
    statement = line.statement
    STATEMENT_STEPS.next(StatementState(statement.state), StatementStep.REVISE)
    form = _form(line)
    if form.validate_on_submit() and fresh(form, statement):
        row = attempted(form, lambda: _revised(form, line))
        if row is not None:
            printed_after(row)
            said = _("Revision %(number)s is published. The customer is told.", number=row.number)
            flash(said, "success")
            return to_statement(statement.id)
    shown = {"statement": statement, "row": line, "line": drawn_line(line), "beside": _beside(line)}
    return form_page("billing/desk_correct.html", form, **shown)


def _form(line: StatementLine) -> ReviseForm:
    return ReviseForm(
        data={
            "version": str(line.statement.version),
            "quantity": line.quantity,
            "rate": line.rate,
            "amount": None if line.rate is not None else line.amount,
            "note": line.note,
        }
    )


def _beside(line: StatementLine) -> bool:
    """Whether the wrong line stays, with its negative copy: the customer has answered it."""
    return line.state != LineState.OPEN


def _revised(form: ReviseForm, line: StatementLine) -> Any:
    ended = [] if _beside(line) else [line]
    added: list[LineDraft] = []
    if _beside(line):
        told = f"{line.statement.number} / {line.serial}"
        added.append(negative_of(line, line.id, told=told))
    if form.way.data == "replace":
        added.append(_replacement(form, line))
    reason, now = form.reason.data or "", clock.now()
    return revising.revise(line.statement, ended, added, reason, g.viewer, now)


def _replacement(form: ReviseForm, line: StatementLine) -> LineDraft:
    typed = Correction(
        quantity=form.quantity.data if form.quantity.data is not None else line.quantity,
        rate=form.rate.data,
        amount=form.amount.data,
        reason=form.reason.data or "",
        note=form.note.data or "",
    )
    beside = _beside(line)
    marks = () if beside else _marks(line)
    return corrected(line, line.statement.currency, typed, marks, beside=beside)


def _marks(line: StatementLine) -> tuple[Mark, ...]:
    """What the line bills once for ever; its successor bills it in its stead."""
    rows = db.session.scalars(
        select(BilledOnce).where(BilledOnce.line_id == line.id).order_by(BilledOnce.id)
    )
    return tuple((Once(row.kind), row.subject_id, row.on) for row in rows)
