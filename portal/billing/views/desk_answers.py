"""The desk records what a customer answered on paper, by mail or telephone, to the revision that it had before it."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from flask import Response, flash, g, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from portal.access.guards import requires
from portal.access.permissions import Permission as P
from portal.billing.actions import answering_for
from portal.billing.forms.answers import ConfirmForForm, DisputeForForm, dispute_for_form
from portal.billing.models import Dispute, Statement, StatementLine
from portal.billing.queries.statements import open_line_ids
from portal.billing.views.desk_door import statement_door as bp
from portal.billing.views.desk_door import statement_of, to_statement
from portal.billing.views.line_words import drawn_line
from portal.billing.views.my_answers import each_line, uploads
from portal.billing.views.my_door import ids_in, lines_named
from portal.kernel import clock
from portal.kernel.errors import NotAllowedNow
from portal.kernel.text import Text, t
from portal.web.flask_app import once
from portal.web.forms import attempted, form_page
from portal.web.words import say

AT = "/statements/<int:statement_id>/revisions/<int:number>"
Lines = Sequence[StatementLine]


@bp.route(f"{AT}/confirm-for", methods=["GET", "POST"])
@once
@requires(P.STATEMENT_PUBLISH)
def confirm_for(statement_id: int, number: int) -> Any:
    """All that is open, or the ticked lines, was confirmed outside the portal."""
    statement = statement_of(statement_id)
    lines, is_all = _chosen(statement)
    problem = _problem(statement, number, lines)
    if problem is not None:
        return _back(statement, problem)
    form = ConfirmForForm(data={"said_on": clock.today()})
    if form.validate_on_submit():
        count = attempted(form, lambda: _confirmed(form, statement, None if is_all else lines))
        if count is not None:
            lines_said = ngettext(
                "%(num)s line is confirmed.", "%(num)s lines are confirmed.", count
            )
            flash(f"{lines_said} {_('The customer is told.')}", "success")
            return to_statement(statement_id)
    return form_page("billing/desk_confirm_for.html", form, **_shown(statement, lines, is_all))


@bp.route(f"{AT}/dispute-for", methods=["GET", "POST"])
@once
@requires(P.STATEMENT_PUBLISH)
def dispute_for(statement_id: int, number: int) -> Any:
    """The ticked lines were disputed outside the portal."""
    statement = statement_of(statement_id)
    lines, is_all = _chosen(statement)
    problem = _problem(statement, number, [] if is_all else lines, disputed=True)
    if problem is not None:
        return _back(statement, problem)
    form = dispute_for_form(lines, channel="phone", said_on=clock.today())
    if form.validate_on_submit():
        made = attempted(form, lambda: _disputed(form, lines, number))
        if made:
            return _to_dispute(statement, made)
    drawn = [(drawn_line(line), form.amount(line)) for line in lines]
    return form_page("billing/desk_dispute_for.html", form, statement=statement, drawn=drawn)


def _chosen(statement: Statement) -> tuple[list[StatementLine], bool]:
    """The ticked lines; without any everything that is open, where that was asked for, and whether it was."""
    ids = ids_in(request.values.getlist("line"))
    is_all = not ids and bool(request.values.get("all"))
    return lines_named(statement, open_line_ids(statement) if is_all else ids), is_all


def _problem(
    statement: Statement, number: int, lines: Lines, *, disputed: bool = False
) -> Text | None:
    """Why there is nothing to record; None where there is."""
    if number != statement.revision_no:
        return t("A newer revision has replaced the one that you read. Look at it first.")
    if not lines:
        return t("Choose lines first: tick them, then record what the customer says to them.")
    if any(not drawn_line(line).can_answer for line in lines):
        return t("One of these lines has been answered already.")
    if disputed and any(line.gross_amount <= 0 for line in lines):
        return t("Only a line that charges something can be disputed.")
    return None


def _confirmed(form: ConfirmForForm, statement: Statement, lines: Lines | None) -> int:
    heard = form.heard(form.no_paper.data or "")
    ids = None if lines is None else [line.id for line in lines]
    said = statement, ids, statement.revision_no, heard
    return answering_for.confirm_for(*said, g.viewer, clock.now(), uploads(form.files.data))


def _disputed(form: DisputeForForm, lines: Lines, number: int) -> list[Dispute]:
    files, heard, now = uploads(form.files.data), form.heard(), clock.now()

    def one(line: StatementLine) -> Dispute:
        amount = form.amount(line).data or Decimal(0)
        said = line, form.reason.data, amount, form.text.data or "", number, heard
        return answering_for.dispute_for(*said, g.viewer, now, files)

    return each_line(lines, one)


def _shown(statement: Statement, lines: Lines, is_all: bool) -> dict[str, Any]:
    return {
        "statement": statement,
        "is_all": is_all,
        "count": len(lines),
        "gross": sum((line.gross_amount for line in lines), Decimal(0)),
        "drawn": [] if is_all else [drawn_line(line) for line in lines],
    }


def _back(statement: Statement, problem: Text) -> Response:
    if request.method == "POST":
        raise NotAllowedNow(problem)
    flash(say(problem), "warning")
    return to_statement(statement.id, "lines")


def _to_dispute(statement: Statement, made: Sequence[Dispute]) -> Response:
    if len(made) > 1:
        flash(_("%(count)s disputes are recorded. The customer is told.", count=len(made)), "success")  # fmt: skip
        return to_statement(statement.id)
    flash(_("Dispute %(number)s is recorded. The customer is told.", number=made[0].number), "success")  # fmt: skip
    url = url_for("desk_disputes.show", dispute_id=made[0].id)
    return redirect(url, 303)  # type: ignore[return-value]
