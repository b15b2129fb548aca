"""What a customer does with a request: writes, takes it back, has it opened again."""

from __future__ import annotations

from functools import partial
from typing import Any

from flask import Response, flash, g, redirect, request
from flask_babel import gettext as _

from portal.access.guards import requires
from portal.access.permissions import Permission as P
from portal.kernel import clock
from portal.kernel.errors import Invalid, InvalidMany
from portal.kernel.text import t
from portal.service_requests.actions import course, talking
from portal.service_requests.forms.my import ReplyForm
from portal.service_requests.models import ServiceRequest
from portal.service_requests.views.claim_first import check_no_claim
from portal.service_requests.views.my_door import door as bp
from portal.service_requests.views.my_door import request_of
from portal.service_requests.views.my_request_page import back_to, context
from portal.web.flask_app import once
from portal.web.forms import attempted, form_page
from portal.web.words import say

AT = "/requests/<int:request_id>"


@bp.post(f"{AT}/reply")
@once
@requires(P.REQUEST_RAISE)
def reply(request_id: int) -> Any:
    """Add something, with files; to what is closed it makes another request, linked to this one."""
    row, form = request_of(request_id), ReplyForm()
    if form.validate_on_submit():
        into = attempted(form, partial(_written, row, form))
        if into is not None:
            flash(_said(row, into), "success")
            return redirect(back_to(into, None if into.id != row.id else "talk"), 303)
    return form_page("service_requests/my_show.html", form, **context(row))


@bp.post(f"{AT}/withdraw")
@requires(P.REQUEST_RAISE)
def withdraw(request_id: int) -> Response:
    """We do not need it any more."""
    row = request_of(request_id)
    if _reasoned(partial(_withdrawn, row)):
        flash(_("Taken back. Nobody works on it any more."), "success")
    return redirect(back_to(row), 303)  # type: ignore[return-value]


@bp.post(f"{AT}/close")
@requires(P.REQUEST_RAISE)
def close(request_id: int) -> Response:
    """It is solved."""
    row = request_of(request_id)
    course.close(row, g.viewer, clock.now())
    flash(_("Closed. Thank you for telling us."), "success")
    return redirect(back_to(row), 303)  # type: ignore[return-value]


@bp.post(f"{AT}/reopen")
@requires(P.REQUEST_RAISE)
def reopen(request_id: int) -> Response:
    """It is not solved after all."""
    row = request_of(request_id)
    if _reasoned(partial(course.reopen, row, _reason(), g.viewer, clock.now())):
        flash(_("Opened again: we go on with it."), "success")
    return redirect(back_to(row), 303)  # type: ignore[return-value]


def _written(row: ServiceRequest, form: ReplyForm) -> ServiceRequest:
    return talking.write(row, form.text.data or "", form.files.uploads, g.viewer, clock.now())


def _said(row: ServiceRequest, into: ServiceRequest) -> str:
    if into.id == row.id:
        return _("Sent. We answer here and by mail.")
    said = t(
        "%(old)s is over, so this became a request of its own: %(number)s. The two are linked.",
        old=row.number, number=into.number,
    )  # fmt: skip
    return say(said)


def _reason() -> str:
    return request.form.get("reason", "")


def _withdrawn(row: ServiceRequest) -> None:
    check_no_claim(row)
    course.withdraw(row, _reason(), g.viewer, clock.now())


def _reasoned(verb: partial[Any]) -> bool:
    """Whether the step was taken; a reason that is missing or too long is told on the page."""
    try:
        verb()
    except (Invalid, InvalidMany) as error:
        flash(say(error.text), "error")
        return False
    return True
