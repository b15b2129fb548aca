"""What a customer answers to the revision it read: all of it or some lines are confirmed, others disputed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from flask import flash, g, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from portal.access.guards import requires
from portal.access.permissions import Permission as P
from portal.billing.actions import confirming, disputing
from portal.billing.actions.holding import OtherRevision
from portal.billing.forms.my import AMOUNT, ConfirmForm, DisputeForm, dispute_form
from portal.billing.models import Dispute, Statement, StatementLine
from portal.billing.queries.statements import open_line_ids
from portal.billing.rules.confirming import check_confirm, check_dispute
from portal.billing.rules.states import LineState, StatementState
from portal.billing.views.line_words import days, drawn_line
from portal.billing.views.my_door import current, ids_in, line_of, lines_named
from portal.billing.views.my_door import statement_door as bp
from portal.documents.rules.files import ACCEPTED
from portal.kernel import clock
from portal.kernel.errors import Invalid, InvalidMany, NotAllowedNow
from portal.kernel.text import Text, t
from portal.web.flask_app import once
from portal.web.forms import attempted, form_page
from portal.web.pages import page
from portal.web.uploads import Upload, received

AT = "/statements/<int:statement_id>/revisions/<int:number>"
Lines = Sequence[StatementLine]


@bp.route(f"{AT}/confirm", methods=["GET", "POST"])
@once
@requires(P.STATEMENT_CONFIRM)
def confirm(statement_id: int, number: int) -> Any:
    """Say what it means to confirm all of this revision, or the chosen lines; then do it."""
    statement = current(statement_id, number)
    chosen = _chosen(statement)
    if chosen == []:
        return _nothing_chosen(statement)
    form = ConfirmForm()
    if form.validate_on_submit():
        wanted = None if chosen is None else [line.id for line in chosen]
        count = confirming.confirm(statement, wanted, number, g.viewer, clock.now())
        flash(ngettext("%(num)s line is confirmed.", "%(num)s lines are confirmed.", count), "success")  # fmt: skip
        return redirect(_to(statement), 303)
    return page("billing/my_confirm.html", form=form, **_confirmed(statement, chosen))


@bp.route(f"{AT}/dispute", methods=["GET", "POST"])
@once
@requires(P.DISPUTE_RAISE)
def dispute_lines(statement_id: int, number: int) -> Any:
    """Dispute several lines for one reason."""
    statement = current(statement_id, number)
    lines = _chosen(statement)
    return _disputed(statement, lines) if lines else _nothing_chosen(statement)


@bp.get("/statements/lines/<int:line_id>/dispute")
@requires(P.DISPUTE_RAISE)
def dispute(line_id: int) -> Any:
    """The same form for one line, from its page."""
    line = line_of(line_id)
    if line.until_revision is not None:
        raise OtherRevision(line.statement)
    return _disputed(line.statement, [line])


def _disputed(statement: Statement, lines: Lines) -> Any:
    for line in lines:
        check_dispute(StatementState(statement.state), LineState(line.state))
        if line.gross_amount <= 0:
            raise NotAllowedNow(t("Only a line that charges something can be disputed."))
    form = dispute_form(lines)
    if form.validate_on_submit():
        made = attempted(form, lambda: _raised(form, statement, lines))
        if made:
            flash(_told(made), "success")
            return redirect(_after(statement, made), 303)
    drawn = [(drawn_line(line), form.amount(line)) for line in lines]
    return form_page("billing/my_dispute.html", form, statement=statement, drawn=drawn)


def _raised(form: DisputeForm, statement: Statement, lines: Lines) -> list[Dispute]:
    """One dispute for each line."""
    files, number, now = uploads(form.files.data), statement.revision_no, clock.now()

    def one(line: StatementLine) -> Dispute:
        amount = form.amount(line).data or Decimal(0)
        said = line, form.reason.data, amount, form.text.data or "", number
        return disputing.raise_(*said, g.viewer, now, files)

    return each_line(lines, one)


def each_line(lines: Lines, verb: Callable[[StatementLine], Dispute]) -> list[Dispute]:
    """What `verb` makes of each line; InvalidMany with the message at each line's own amount."""
    made: list[Dispute] = []
    wrong: dict[str, Text] = {}
    for line in lines:
        try:
            made.append(verb(line))
        except InvalidMany as error:
            for name, text in error.errors.items():
                wrong[AMOUNT.format(line.id) if name == "amount" else name] = text
    if wrong:
        raise InvalidMany(wrong)
    return made


def uploads(sent: Sequence[Any]) -> list[Upload]:
    """The files of a form that takes several; Invalid at "files" for one that is not kept."""
    named = [each for each in sent or () if getattr(each, "filename", "")]
    if len(named) > disputing.MOST_FILES:
        raise Invalid(t("At most %(most)s files.", most=disputing.MOST_FILES), "files")
    return [received(each, "files", ACCEPTED) for each in named]


def _chosen(statement: Statement) -> list[StatementLine] | None:
    """The lines that were ticked; None: everything that is open, where that was asked for."""
    ids = ids_in(request.values.getlist("line"))
    if not ids and request.values.get("all"):
        return None
    return lines_named(statement, ids) if ids else []


def _confirmed(statement: Statement, chosen: Lines | None) -> dict[str, Any]:
    """What the page says: how many lines, what they come to; NotAllowedNow when one was answered already."""
    lines = lines_named(statement, open_line_ids(statement)) if chosen is None else chosen
    for line in lines:
        check_confirm(StatementState(statement.state), LineState(line.state))
    if not lines:
        raise NotAllowedNow(t("Nothing is left to be confirmed here."))
    return {
        "statement": statement,
        "period": days(statement.starts_on, statement.ends_on),
        "is_all": chosen is None,
        "count": len(lines),
        "gross": sum((line.gross_amount for line in lines), Decimal(0)),
        "drawn": [] if chosen is None else [drawn_line(line) for line in lines],
    }


def _nothing_chosen(statement: Statement) -> Any:
    """Back to the top of the statement, where the word about it stands."""
    flash(_("Choose lines first: tick them, then confirm or dispute them."), "warning")
    return redirect(_to(statement))


def _told(made: Sequence[Dispute]) -> str:
    if len(made) == 1:
        return _("Your dispute %(number)s is with us. We answer here and by mail.", number=made[0].number)  # fmt: skip
    return _("%(count)s lines are disputed. We answer here and by mail.", count=len(made))


def _after(statement: Statement, made: Sequence[Dispute]) -> str:
    if len(made) == 1:
        return url_for("my_disputes.show", dispute_id=made[0].id)
    return _to(statement)


def _to(statement: Statement) -> str:
    return url_for("my_statements.show", statement_id=statement.id)
