"""The firm's clauses: what a new contract starts with."""

from __future__ import annotations

from typing import Any

from flask import flash, g, redirect, url_for
from flask_babel import gettext as _
from sqlalchemy import select

from portal.access.guards import fetch, requires
from portal.access.permissions import Permission as P
from portal.catalogue.labels import CATEGORIES
from portal.contracts.actions import clauses
from portal.contracts.forms.clauses import ClauseForm
from portal.contracts.models import ClauseTemplate
from portal.db.base import db
from portal.kernel import clock
from portal.kernel.errors import StaleEdit
from portal.kernel.text import t
from portal.web.doors import desk
from portal.web.forms import attempted, form_page
from portal.web.pages import page
from portal.web.words import say

bp = desk("clauses", __name__)
EVERY = t("every kind of service")


@bp.get("/clauses")
@requires(P.CONTRACT_SEE)
def index() -> Any:
    """All clauses in the order in which they are printed."""
    statement = select(ClauseTemplate).order_by(
        ClauseTemplate.active.desc(), ClauseTemplate.position, ClauseTemplate.id
    )
    rows = list(db.session.scalars(statement))
    return page("contracts/clauses.html", clauses=rows, scopes={"": EVERY, **CATEGORIES})


@bp.route("/clauses/new", methods=["GET", "POST"])
@requires(P.CLAUSE_EDIT)
def new() -> Any:
    """Write another clause."""
    form = _form()
    if form.validate_on_submit() and attempted(
        form, lambda: clauses.add(form.facts, g.viewer, clock.now())
    ):
        return _saved()
    return form_page("contracts/clause.html", form, clause=None)


@bp.route("/clauses/<int:clause_id>", methods=["GET", "POST"])
@requires(P.CLAUSE_EDIT)
def edit(clause_id: int) -> Any:
    """Say a clause anew; contracts that have it keep their copy."""
    row = fetch(ClauseTemplate, clause_id)
    form = _form(row)
    if form.validate_on_submit() and attempted(form, lambda: _changed(row, form)):
        return _saved()
    return form_page("contracts/clause.html", form, clause=row)


def _form(row: ClauseTemplate | None = None) -> ClauseForm:
    form = ClauseForm(obj=row)
    form.scope.choices = [
        ("", say(EVERY)),
        *((code, say(text)) for code, text in CATEGORIES.items()),
    ]
    return form


def _changed(row: ClauseTemplate, form: ClauseForm) -> bool:
    try:
        clauses.change(row, form.facts, form.seen_version, g.viewer, clock.now())
    except StaleEdit as error:
        flash(say(error.text), "error")
        form.version.data = str(row.version)
        return False
    return True


def _saved() -> Any:
    flash(_("Saved."), "success")
    return redirect(url_for("desk_clauses.index"))
