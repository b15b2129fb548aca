"""What requests are about, in two levels: looked at, added, changed."""

from __future__ import annotations

from typing import Any

from flask import flash, g, redirect, request, url_for
from flask_babel import gettext as _

from portal.access.guards import fetch, requires
from portal.access.permissions import Permission as P
from portal.kernel import clock
from portal.kernel.errors import StaleEdit
from portal.service_requests.actions import categories as actions
from portal.service_requests.forms.desk_words import CategoryForm
from portal.service_requests.models import RequestCategory
from portal.service_requests.queries.choices import categories
from portal.service_requests.rules.kinds import KIND_WORDS
from portal.service_requests.views.request_door import category_door as bp
from portal.web.forms import attempted, form_page
from portal.web.pages import page
from portal.web.stepping import as_id
from portal.web.words import name_of, say

TEMPLATE = "service_requests/desk_category.html"


@bp.get("/request-categories")
@requires(P.REQUEST_WORK)
def index() -> Any:
    """Both levels in the firm's order."""
    known = categories().values()
    levels = [
        (above, [each for each in known if each.parent_id == above.id])
        for above in known
        if above.parent_id is None
    ]
    return page("service_requests/desk_categories.html", levels=levels, kinds=KIND_WORDS)


@bp.route("/request-categories/new", methods=["GET", "POST"])
@requires(P.SERVICE_SET)
def new() -> Any:
    """Another one, of the first level or below one of it."""
    form = _form(CategoryForm(parent_id=as_id(request.args.get("below"))))
    if form.validate_on_submit() and attempted(
        form, lambda: actions.add(form.facts, g.viewer, clock.now())
    ):
        return _saved()
    return form_page(TEMPLATE, form, category=None)


@bp.route("/request-categories/<int:category_id>", methods=["GET", "POST"])
@requires(P.SERVICE_SET)
def edit(category_id: int) -> Any:
    """Say it anew; requests keep it."""
    row = fetch(RequestCategory, category_id)
    form = _form(CategoryForm(obj=row))
    if form.validate_on_submit() and attempted(form, lambda: _changed(row, form)):
        return _saved()
    return form_page(TEMPLATE, form, category=row)


def _form(form: CategoryForm) -> CategoryForm:
    first = [(str(c.id), name_of(c)) for c in categories().values() if c.parent_id is None]
    form.parent_id.choices = [("", _("Nothing: first level")), *first]
    return form


def _changed(row: RequestCategory, form: CategoryForm) -> bool:
    try:
        actions.change(row, form.facts, form.seen_version, g.viewer, clock.now())
    except StaleEdit as error:
        flash(say(error.text), "error")
        form.version.data = str(row.version)
        return False
    return True


def _saved() -> Any:
    flash(_("Saved."), "success")
    return redirect(url_for("desk_request_categories.index"), 303)
