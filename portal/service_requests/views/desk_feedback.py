"""Customer feedback sheets 客户信息反馈单 at the desk: sent, read, printed, answered."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Response, flash, g
from flask_babel import gettext as _

from portal.access.guards import requires
from portal.access.permissions import Permission as P
from portal.db import audit
from portal.kernel import clock
from portal.service_requests.actions import feedback as actions
from portal.service_requests.actions.feedback import Asked
from portal.service_requests.forms.found import AnswerForm, SheetForm
from portal.service_requests.models import FeedbackSheet, ServiceRequest
from portal.service_requests.queries import defects as queries
from portal.service_requests.queries.people import names
from portal.service_requests.views.found_door import (
    asked_request,
    choose_request,
    or_nobody,
    people_for,
    sheet_of,
)
from portal.service_requests.views.found_door import feedback_door as bp
from portal.service_requests.views.found_printing import print_sheet
from portal.service_requests.views.sheet_list import SHEET_LIST, label_of
from portal.web.flask_app import once
from portal.web.forms import form_page, tried
from portal.web.listing import list_page
from portal.web.pages import page, refused
from portal.web.stepping import to
from portal.web.timeline import happenings

PAGE = "service_requests/feedback_show.html"
USUAL_DAYS = timedelta(days=3)


@bp.get("/feedback-sheets")
@requires(P.REQUEST_SEE)
def index() -> Any:
    """Every sheet, the next due first."""
    return list_page(SHEET_LIST, queries.sheets(g.viewer), "service_requests/feedback_index.html")


@bp.route("/feedback-sheets/new", methods=["GET", "POST"])
@once
@requires(P.REQUEST_WORK)
def new() -> Any:
    """Send one about a request."""
    row = asked_request()
    if row is None:
        return choose_request()
    form = _form(row)
    if form.validate_on_submit():
        sheet = tried(form, lambda: actions.send(row, _asked(form), g.viewer, clock.now()))
        if sheet is not None:
            flash(_("%(number)s is sent.", number=sheet.number), "success")
            return to("desk_feedback.show", sheet_id=sheet.id)
    return form_page("service_requests/feedback_form.html", form, row=row)


@bp.get("/feedback-sheets/<int:sheet_id>")
@requires(P.REQUEST_SEE)
def show(sheet_id: int) -> Any:
    """One sheet, with its answer or the form for it."""
    return page(PAGE, **_context(sheet_of(sheet_id)), form=AnswerForm())


@bp.get("/feedback-sheets/<int:sheet_id>/paper")
@requires(P.REQUEST_SEE)
def paper(sheet_id: int) -> Response:
    """It as PDF, for those who pin it to the wall."""
    return print_sheet(sheet_of(sheet_id))


@bp.post("/feedback-sheets/<int:sheet_id>/answer")
@requires(P.REQUEST_NOTE)
def answer(sheet_id: int) -> Any:
    """Answer it."""
    sheet, form = sheet_of(sheet_id), AnswerForm()
    verb = lambda: actions.answer(sheet, form.answer.data or "", g.viewer, clock.now())  # noqa: E731
    if form.validate_on_submit() and tried(form, verb) is not None:
        flash(_("Answered. Whoever sent it is told by mail."), "success")
        return to("desk_feedback.show", sheet_id=sheet_id)
    return refused(PAGE, **_context(sheet), form=form)


def _form(row: ServiceRequest) -> SheetForm:
    form = SheetForm(data={"text": row.text, "due_on": clock.today() + USUAL_DAYS})
    form.recipient_id.choices = or_nobody(people_for(P.REQUEST_NOTE, row.customer_id))
    return form


def _asked(form: SheetForm) -> Asked:
    return Asked(
        form.department.data or "", form.recipient_id.data, form.text.data or "", form.due_on.data
    )


def _context(sheet: FeedbackSheet) -> dict[str, Any]:
    return {
        "sheet": sheet,
        "label": label_of(sheet),
        "names": names((sheet.recipient_id, sheet.sent_by, sheet.answered_by)),
        "may_answer": sheet.answered_at is None and actions.may_answer(sheet, g.viewer),
        "entries": happenings(audit.timeline(sheet, public_only=False)),
    }
