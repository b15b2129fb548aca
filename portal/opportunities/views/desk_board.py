"""The board, and moving an opportunity to another stage from it or from its page."""

from __future__ import annotations

from typing import Any

from flask import flash, g, redirect, request, url_for
from flask_babel import gettext as _

from portal.access.guards import fetch, requires
from portal.access.permissions import Permission as P
from portal.db.base import db
from portal.kernel import clock
from portal.kernel.errors import Invalid
from portal.kernel.text import t
from portal.opportunities.actions import course
from portal.opportunities.models import Opportunity, SalesStage
from portal.opportunities.views.board_page import PAGE, context
from portal.opportunities.views.choosing import chosen
from portal.opportunities.views.door import bp, seen, to_page
from portal.web.links import ours_or
from portal.web.pages import page, refused
from portal.web.stepping import STALE_TOO, done_or_stale, reason_of
from portal.web.words import name_of


@bp.get("/opportunities/board")
@requires(P.OPPORTUNITY_SEE)
def board() -> Any:
    """The open ones by stage."""
    return page(PAGE, **context())


@bp.post("/opportunities/<int:opportunity_id>/move")
@requires(P.OPPORTUNITY_EDIT)
def move(opportunity_id: int) -> Any:
    """To another stage. What the stage asks for and is not there is told on the page; from the board: on the card."""
    row = fetch(Opportunity, opportunity_id)
    if "board" not in request.form:
        there = to_page(opportunity_id)
        return done_or_stale(there, _("Moved to another stage."), lambda: _moved(row))
    try:
        moved = _moved(row)
    except STALE_TOO as error:
        why = reason_of(error)
        db.session.rollback()
        return refused(PAGE, **context(fetch(Opportunity, opportunity_id), why))
    flash(
        _("%(title)s: now “%(stage)s”.", title=moved.title, stage=name_of(moved.stage)), "success"
    )
    back = ours_or(request.form["board"], url_for("desk_opportunities.board"))
    return redirect(back, 303)


def _moved(row: Opportunity) -> Opportunity:
    stage_id = chosen(request.form.get("stage_id"))
    stage = db.session.get(SalesStage, stage_id) if stage_id else None
    if stage is None:
        raise Invalid(t("Choose one of the list."), "stage_id")
    return course.move(row, stage, seen(), g.viewer, clock.now())
