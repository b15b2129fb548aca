"""The dashboard by what somebody may do, and the management's weekly letters."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, g, redirect, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select

from portal.access.guards import fetch, requires
from portal.access.permissions import Permission as P
from portal.db.base import db
from portal.insights.actions import digest as actions
from portal.insights.models import DigestChoice, DigestIssue
from portal.insights.rules.digest import reported
from portal.insights.views import digest_page
from portal.insights.views.board import drawn
from portal.insights.views.board_work import PANELS
from portal.kernel import clock
from portal.web import doors
from portal.web.pages import page

bp = doors.desk("dashboards", __name__)
KEPT = 60


@bp.get("/dashboards")
@requires(P.CUSTOMER_SEE)
def index() -> Any:
    """The panels that this viewer's rights open."""
    panels = drawn(make() for make in PANELS)
    return page("insights/dashboard.html", panels=panels, reads=g.viewer.may(P.REPORT_SEE))


@bp.get("/dashboards/digest")
@requires(P.REPORT_SEE)
def digests() -> Any:
    """The letters of the last weeks, and whether one gets them by mail."""
    newest = select(DigestIssue).order_by(DigestIssue.week_on.desc()).limit(KEPT)
    issues = [(each, *reported(each.week_on)) for each in db.session.scalars(newest)]
    wanted = db.session.get(DigestChoice, g.viewer.user_id) is None
    return page("insights/digests.html", issues=issues, wanted=wanted)


@bp.get("/dashboards/digest/<int:digest_id>")
@requires(P.REPORT_SEE)
def digest(digest_id: int) -> Any:
    """One letter as it was."""
    return page("insights/digest.html", **digest_page.context(fetch(DigestIssue, digest_id)))


@bp.post("/dashboards/digest/mail")
@requires(P.REPORT_SEE)
def choose() -> Response:
    """By mail, or not."""
    wanted = request.form.get("wanted") == "yes"
    actions.choose(wanted, g.viewer, clock.now())
    said = _("You get it by mail on Mondays.") if wanted else _("You get no more of it by mail.")
    flash(said, "success")
    return redirect(url_for(".digests"), 303)  # type: ignore[return-value]
