"""The steps of a request at the desk: with one click, or asking first on a page of their own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Any

from flask import Response, flash, g, request
from flask_babel import gettext as _

from portal.access.guards import requires
from portal.access.permissions import Permission as P
from portal.access.viewer import Viewer
from portal.documents.attached import attached_to
from portal.kernel import clock
from portal.kernel.errors import NotAllowedNow, NotFound, StaleEdit
from portal.kernel.text import Text, t
from portal.service_requests.actions import course, handing, joining
from portal.service_requests.models import ServiceRequest
from portal.service_requests.views.request_asking import ASKING, Asking, first_values
from portal.service_requests.views.request_door import request_door as bp
from portal.service_requests.views.request_door import request_of, to_request
from portal.service_requests.views.request_stale import differences
from portal.web.forms import attempted, form_page
from portal.web.stepping import done
from portal.web.words import say

Verb = Callable[[ServiceRequest, Viewer, datetime], Any]
AT_ONCE: Mapping[str, tuple[Verb, Text]] = {
    "accept": (course.accept, t("Accepted. It is yours unless it was somebody's.")),
    "start": (course.start, t("Work has begun.")),
    "resume": (course.resume, t("Work goes on.")),
    "close": (course.close, t("Case closed. Nothing of it changes any more.")),
}
TEMPLATE = "service_requests/desk_step.html"


@bp.post("/requests/<int:request_id>/do/<step>")
@requires(P.REQUEST_WORK)
def take_step(request_id: int, step: str) -> Response:
    """One click, one step."""
    row = request_of(request_id)
    if step not in AT_ONCE:
        raise NotFound()
    verb, said = AT_ONCE[step]
    return done(to_request(request_id), say(said), partial(verb, row, g.viewer, clock.now()))


@bp.route("/requests/<int:request_id>/ask/<step>", methods=["GET", "POST"])
@requires(P.REQUEST_WORK)
def ask_step(request_id: int, step: str) -> Any:
    """A step that asks first."""
    row = request_of(request_id)
    if step not in ASKING:
        raise NotFound()
    asking = ASKING[step]
    form = asking.form(data=first_values(step, row))
    asking.prepare(row, form)
    others: list[tuple[str, str]] = []
    if form.validate_on_submit():
        went, others = _went(asking, row, form)
        if went:
            flash(say(asking.said), "success")
            return to_request(row.merged_into_id or request_id)
    return form_page(TEMPLATE, form, **_around(row, step, asking), differences=others)


@bp.post("/requests/<int:request_id>/unshare/<int:user_id>")
@requires(P.REQUEST_WORK)
def unshare(request_id: int, user_id: int) -> Response:
    """A colleague works on it no more."""
    verb = partial(handing.unshare, request_of(request_id), user_id, g.viewer, clock.now())
    return done(to_request(request_id), _("Not shared any more."), verb)


@bp.post("/requests/<int:request_id>/unlink/<int:other_id>")
@requires(P.REQUEST_WORK)
def unlink(request_id: int, other_id: int) -> Response:
    """Two requests do not belong together after all."""
    row, other = request_of(request_id), request_of(other_id)
    verb = partial(joining.unlink, row, other, g.viewer, clock.now())
    return done(to_request(request_id), _("Not linked any more."), verb)


def _went(
    asking: Asking, row: ServiceRequest, form: Any
) -> tuple[bool, list[tuple[str, str]]]:  # fmt: skip
    """(done, what is stored otherwise than typed): the later of two is told, and may send the form again as it is."""
    verb = partial(asking.do, row, form, g.viewer, clock.now())
    try:
        return attempted(form, lambda: verb() or True) is not None, []
    except NotAllowedNow as error:
        flash(say(error.text), "error")
        return False, []
    except StaleEdit as error:
        flash(say(error.text), "warning")
        form.version.data, form.version.raw_data = str(row.version), None
        return False, differences(form, first_values("change", row))


def _around(row: ServiceRequest, step: str, asking: Asking) -> dict[str, Any]:
    proofs = attached_to(row, g.viewer) if step == "authority" else []
    return {"row": row, "step": step, "asking": asking, "proofs": proofs,
            "words": request.args.get("q", "")[:80]}  # fmt: skip
