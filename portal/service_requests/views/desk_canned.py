"""Canned replies: what is at hand, how often it was used, written and changed."""

from __future__ import annotations

from typing import Any

from flask import flash, g, redirect, url_for
from flask_babel import gettext as _
from sqlalchemy import select

from portal.access.guards import fetch, requires
from portal.access.permissions import Permission as P
from portal.db.base import db
from portal.kernel import clock
from portal.kernel.errors import StaleEdit
from portal.service_requests.actions import canned
from portal.service_requests.forms.desk_words import CannedForm
from portal.service_requests.models import CannedReply
from portal.service_requests.rules.canned import PLACES
from portal.service_requests.rules.kinds import KIND_WORDS
from portal.service_requests.views.request_door import canned_door as bp
from portal.web.forms import attempted, form_page
from portal.web.pages import page
from portal.web.words import say

TEMPLATE = "service_requests/desk_canned.html"


@bp.get("/canned-replies")
@requires(P.REQUEST_WORK)
def index() -> Any:
    """All of them, the ones used most first."""
    ordered = select(CannedReply).order_by(
        CannedReply.active.desc(), CannedReply.uses.desc(), CannedReply.name
    )
    rows = list(db.session.scalars(ordered))
    return page("service_requests/desk_canned_index.html", replies=rows, kinds=KIND_WORDS)


@bp.route("/canned-replies/new", methods=["GET", "POST"])
@requires(P.REQUEST_WORK)
def new() -> Any:
    """Write another one."""
    form = CannedForm()
    if form.validate_on_submit() and attempted(
        form, lambda: canned.add(form.facts, g.viewer, clock.now())
    ):
        return _saved()
    return form_page(TEMPLATE, form, reply=None, places=PLACES)


@bp.route("/canned-replies/<int:reply_id>", methods=["GET", "POST"])
@requires(P.REQUEST_WORK)
def edit(reply_id: int) -> Any:
    """Say it anew."""
    row = fetch(CannedReply, reply_id)
    form = CannedForm(obj=row)
    if form.validate_on_submit() and attempted(form, lambda: _changed(row, form)):
        return _saved()
    return form_page(TEMPLATE, form, reply=row, places=PLACES)


def _changed(row: CannedReply, form: CannedForm) -> bool:
    try:
        canned.change(row, form.facts, form.seen_version, g.viewer, clock.now())
    except StaleEdit as error:
        flash(say(error.text), "error")
        form.version.data = str(row.version)
        return False
    return True


def _saved() -> Any:
    flash(_("Saved."), "success")
    return redirect(url_for("desk_canned.index"), 303)
