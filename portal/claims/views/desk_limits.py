"""The table of limits of liability: read by everybody at the desk, changed by who sets service."""

from __future__ import annotations

from functools import partial
from typing import Any

from flask import Response, flash, g, redirect, url_for
from flask_babel import gettext as _
from sqlalchemy import select

from portal.access.guards import requires
from portal.access.permissions import Permission as P
from portal.claims.actions import limits
from portal.claims.actions.limits import NewLimit
from portal.claims.forms.desk import LimitForm
from portal.claims.models import LiabilityLimit
from portal.claims.queries.limits import all_limits
from portal.claims.rules.kinds import LIMIT_WORDS, LimitUnit
from portal.claims.views.door import desk_door as bp
from portal.claims.views.papers import sheet_response
from portal.db.base import db
from portal.kernel import clock
from portal.kernel.errors import NotFound
from portal.service_requests.rules.clock_kinds import MODE_WORDS, Mode
from portal.web.forms import attempted, form_page
from portal.web.stepping import done_at


@bp.route("/claims/limits", endpoint="limits", methods=["GET", "POST"])
@requires(P.CLAIM_SEE)
def limit_table() -> Any:
    """Every limit with its text and days; below it the form of a new one."""
    form = LimitForm()
    if form.validate_on_submit() and attempted(form, partial(_put, form)) is not None:
        flash(_("Counts from its day on."), "success")
        return redirect(url_for(".limits"), 303)
    rows = [
        (row, MODE_WORDS[Mode(row.mode)], LIMIT_WORDS[LimitUnit(row.unit)]) for row in all_limits()
    ]
    may = g.viewer.may(P.SERVICE_SET)
    return form_page("claims/desk_limits.html", form, rows=rows, may=may, today=clock.today())


@bp.post("/claims/limits/<int:limit_id>/switch")
@requires(P.SERVICE_SET)
def switch_limit(limit_id: int) -> Response:
    """Out of the table, or back in."""
    row = db.session.scalar(select(LiabilityLimit).where(LiabilityLimit.id == limit_id))
    if row is None:
        raise NotFound()
    verb = partial(limits.switch, row, g.viewer, clock.now())
    return done_at(url_for(".limits"), _("Changed."), verb)


@bp.get("/claims/paper.css")
@requires(P.CLAIM_SEE)
def paper_sheet() -> Response:
    """What a previewed agreement looks like."""
    return sheet_response()


def _put(form: LimitForm) -> LiabilityLimit:
    new = NewLimit(
        form.code.data or "", form.mode.data, form.unit.data, form.rate.data, form.source.data or "",
        form.from_on.data, form.declared,
    )  # fmt: skip
    return limits.put(new, g.viewer, clock.now())
