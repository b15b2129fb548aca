"""Bundles at the desk."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import g, redirect, url_for

from portal.access.guards import fetch, requires
from portal.access.permissions import Permission as P
from portal.catalogue.actions import bundles as actions
from portal.catalogue.forms.catalogue import BundleForm
from portal.catalogue.models import Bundle
from portal.catalogue.queries import items as queries
from portal.catalogue.views.catalogue_lists import BUNDLES
from portal.catalogue.views.doors import catalogue as bp
from portal.catalogue.views.drawing import item_tabs
from portal.kernel import clock
from portal.kernel.errors import Invalid, InvalidMany
from portal.kernel.text import Text
from portal.web.clashes import begun, edited
from portal.web.forms import attempted, form_page
from portal.web.listing import list_page
from portal.web.pages import page
from portal.web.words import say

COLUMNS = ("code", "name_zh", "name_en", "note")


@bp.get("/bundles")
@requires(P.CATALOGUE_SEE)
def bundles() -> Any:
    """What is always sold together."""
    tabs = item_tabs("desk_catalogue.bundles")
    return list_page(BUNDLES, queries.bundle_list(), "catalogue/bundles.html", tabs=tabs)


@bp.get("/bundles/<int:bundle_id>")
@requires(P.CATALOGUE_SEE)
def bundle(bundle_id: int) -> Any:
    """One bundle and its items."""
    return page("catalogue/bundle.html", bundle=fetch(Bundle, bundle_id))


@bp.route("/bundles/new", methods=["GET", "POST"])
@requires(P.BUNDLE_EDIT)
def new_bundle() -> Any:
    """Put a bundle together."""
    form = BundleForm()
    if form.validate_on_submit():
        row = attempted(form, lambda: _created(form))
        if row is not None:
            return redirect(url_for(".bundle", bundle_id=row.id))
    return form_page("catalogue/bundle_edit.html", form, bundle=None, clashes=())


@bp.route("/bundles/<int:bundle_id>/edit", methods=["GET", "POST"])
@requires(P.BUNDLE_EDIT)
def edit_bundle(bundle_id: int) -> Any:
    """Change a bundle."""
    row = fetch(Bundle, bundle_id)
    lines = [{"code": line.item.code, "quantity": line.quantity} for line in row.lines]
    shown = {name: getattr(row, name) for name in (*COLUMNS, "active")}
    form = begun(BundleForm(data={**shown, "lines": [*lines, *({} for _n in range(3))]}), row)
    clashes: Any = ()
    if form.validate_on_submit():
        saved, clashes = edited(form, row, lambda: _changed(form, row), beyond=True)
        if saved:
            return redirect(url_for(".bundle", bundle_id=bundle_id))
    return form_page("catalogue/bundle_edit.html", form, bundle=row, clashes=clashes)


def _values(form: BundleForm) -> dict[str, Any]:
    values: dict[str, Any] = {name: form[name].data or "" for name in COLUMNS}
    return values | {"active": bool(form.active.data)}


def _created(form: BundleForm) -> Bundle:
    with _told_at_lines(form):
        return actions.create_bundle(_values(form), form.wanted(), g.viewer, clock.now())


def _changed(form: BundleForm, row: Bundle) -> Bundle:
    seen = form.seen_version
    with _told_at_lines(form):
        return actions.change_bundle(row, _values(form), form.wanted(), seen, g.viewer, clock.now())


@contextmanager
def _told_at_lines(form: BundleForm) -> Iterator[None]:
    """Messages named `lines-2-code` go to that line's field; the others on to the form's own."""
    try:
        yield
    except InvalidMany as error:
        rest = {name: text for name, text in error.errors.items() if not _at_line(form, name, text)}
        if rest:
            raise InvalidMany(rest) from error
        raise Invalid(error.text) from error


def _at_line(form: BundleForm, name: str, text: Text) -> bool:
    part, _dash, rest = name.partition("-")
    number, _dash, field = rest.partition("-")
    if part != "lines" or not number.isdecimal() or int(number) >= len(form.lines):
        return False
    at = form.lines[int(number)].form[field]
    at.errors = [*at.errors, say(text)]
    return True
