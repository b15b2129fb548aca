"""Goods of a return counted at the desk or in the warehouse: once, and again by somebody else."""

from __future__ import annotations

from functools import partial
from typing import Any

from flask import Response, flash, g, url_for
from flask_babel import gettext as _

from portal.access.guards import fetch, requires
from portal.access.permissions import Permission as P
from portal.kernel import clock
from portal.kernel.units import unit_word
from portal.service_requests.actions import goods as actions
from portal.service_requests.forms.found import CountAgainForm, CountForm
from portal.service_requests.found_labels import COUNTS
from portal.service_requests.models import RequestLine, ServiceRequest
from portal.service_requests.queries.people import names
from portal.service_requests.views.found_door import goods_door as bp
from portal.web.forms import tried
from portal.web.pages import page, refused
from portal.web.stepping import done, to
from portal.web.words import say

PAGE = "service_requests/goods_count.html"


@bp.get("/request-lines/<int:line_id>")
@requires(P.TASK_WORK)
def show(line_id: int) -> Any:
    """One line with the form of its next count."""
    line = _line(line_id)
    return page(PAGE, **_context(line), form=_form(line))


@bp.post("/request-lines/<int:line_id>/check")
@requires(P.TASK_WORK)
def check(line_id: int) -> Any:
    """The first count."""
    line, form = _line(line_id), CountForm()
    verb = lambda: actions.check(  # noqa: E731
        line, form.quantity.data, form.cause.data or "", g.viewer, clock.now()
    )
    return _counted(line, form, verb)


@bp.post("/request-lines/<int:line_id>/check-again")
@requires(P.TASK_WORK)
def check_again(line_id: int) -> Any:
    """The second count."""
    line, form = _line(line_id), CountAgainForm()
    verb = lambda: actions.check_again(  # noqa: E731
        line, form.quantity.data, form.note.data or "", g.viewer, clock.now()
    )
    return _counted(line, form, verb)


@bp.post("/request-lines/<int:line_id>/anew")
@requires(P.TASK_WORK)
def anew(line_id: int) -> Response:
    """The counts differ: two people begin again."""
    line = _line(line_id)
    verb = partial(actions.count_anew, line, g.viewer, clock.now())
    return done(to("desk_goods.show", line_id=line_id), _("Both counts are taken back."), verb)


def _counted(line: RequestLine, form: Any, verb: Any) -> Any:
    """To the request, or the page again with what was typed."""
    if form.validate_on_submit() and tried(form, verb) is not None:
        flash(_("Counted."), "success")
        return to("desk_requests.show", request_id=line.request_id, anchor="goods")
    return refused(PAGE, **_context(line), form=form)


def _line(line_id: int) -> RequestLine:
    return fetch(RequestLine, line_id)


def _form(line: RequestLine) -> CountForm | CountAgainForm:
    if line.checked_quantity is not None and line.checked_by != g.viewer.user_id:
        return CountAgainForm()
    return CountForm(data={"quantity": line.checked_quantity, "cause": line.cause})


def _context(line: RequestLine) -> dict[str, Any]:
    counted = actions.counted(line)
    viewer = g.viewer
    return {
        "line": line,
        "unit": say(unit_word(line.unit)),
        "row": fetch(ServiceRequest, line.request_id),
        "counted": counted,
        "label": COUNTS[counted.state],
        "names": names((line.checked_by, line.second_by)),
        "first": line.second_quantity is None and line.checked_by in (None, viewer.user_id),
        "second": line.checked_by not in (None, viewer.user_id)
        and line.second_by in (None, viewer.user_id),
        "back": url_for("desk_requests.show", request_id=line.request_id, anchor="goods"),
    }
