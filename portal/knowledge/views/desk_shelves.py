"""Shelves at the desk, and the editions of an article."""

from __future__ import annotations

from typing import Any

from flask import flash, g, redirect, request, url_for
from flask_babel import gettext as _

from portal.access.guards import requires
from portal.access.permissions import Permission as P
from portal.kernel import clock
from portal.kernel.errors import NotFound
from portal.knowledge.actions import shelving
from portal.knowledge.forms.articles import ShelfForm
from portal.knowledge.queries import reading, shelves
from portal.knowledge.rules.editions import TEXTS, difference
from portal.knowledge.views.article_list import shelf_choices
from portal.knowledge.views.desk_articles import tabs
from portal.knowledge.views.door import desk as bp
from portal.web.clashes import begun, edited
from portal.web.flask_app import once
from portal.web.forms import attempted, form_page
from portal.web.pages import page

EDIT = "knowledge/desk_shelf.html"
LANGUAGES = {"zh": "zh-CN", "en": "en"}


@bp.get("/knowledge/shelves")
@requires(P.KNOWLEDGE_EDIT)
def shelf_list() -> Any:
    """All shelves, those out of use too."""
    stood = shelves.shelves(g.viewer, all_of_them=True)
    return page("knowledge/desk_shelves.html", shelves=stood, tabs=tabs("shelf_list"))


@bp.route("/knowledge/shelves/new", methods=["GET", "POST"])
@requires(P.KNOWLEDGE_EDIT)
@once
def new_shelf() -> Any:
    """A new shelf."""
    form = _form(ShelfForm(active=True))
    if form.validate_on_submit() and attempted(
        form, lambda: shelving.new_shelf(_values(form), g.viewer, clock.now())
    ):
        return redirect(url_for(".shelf_list"), 303)
    return form_page(EDIT, form, shelf=None, clashes=())


@bp.route("/knowledge/shelves/<int:category_id>", methods=["GET", "POST"])
@requires(P.KNOWLEDGE_EDIT)
def shelf(category_id: int) -> Any:
    """Rename, move, take out of use."""
    row = shelves.shelf(category_id)
    form = begun(_form(ShelfForm(obj=row)), row)
    clashes: Any = ()
    if form.validate_on_submit():
        values, seen = _values(form), form.seen_version
        saved, clashes = edited(
            form, row, lambda: shelving.change_shelf(row, values, seen, g.viewer, clock.now())
        )
        if saved:
            flash(_("Saved."), "success")
            return redirect(url_for(".shelf_list"), 303)
    return form_page(EDIT, form, shelf=row, clashes=clashes)


@bp.get("/knowledge/<int:article_id>/editions")
@requires(P.KNOWLEDGE_EDIT)
def editions(article_id: int) -> Any:
    """How it read before, and what each edition changed."""
    article = reading.article(article_id, g.viewer)
    rows = shelves.editions(article_id)
    if not rows:
        return page("knowledge/desk_editions.html", article=article, rows=rows)
    numbers = [row.edition for row, _name in rows]
    after = _number("to", numbers, numbers[0])
    before = _number("from", [0, *numbers], max(after - 1, 0))
    texts = {row.edition: row for row, _name in rows}
    return page(
        "knowledge/desk_editions.html",
        article=article,
        rows=rows,
        before=before,
        after=after,
        parts=_parts(texts.get(before), texts[after]),
    )


def _number(name: str, known: list[int], otherwise: int) -> int:
    """An edition that the address names; NotFound for one that there is not."""
    asked = request.args.get(name, "")
    if not asked:
        return otherwise
    if not asked.isdecimal() or len(asked) > 6 or int(asked) not in known:
        raise NotFound()
    return int(asked)


def _parts(before: Any, after: Any) -> list[tuple[str, str, Any]]:
    """(which text, its language, its lines with what became of each) of the texts that either edition has."""
    words = {
        "title_zh": _("Chinese title"),
        "title_en": _("English title"),
        "body_zh": _("Chinese text"),
        "body_en": _("English text"),
    }
    pairs = [(name, getattr(before, name, "") or "", getattr(after, name)) for name in TEXTS]
    return [
        (words[name], LANGUAGES[name[-2:]], difference(old, new))
        for name, old, new in pairs
        if old or new
    ]


def _form(form: ShelfForm) -> ShelfForm:
    form.parent_id.choices = [("", _("nothing: it stands by itself")), *shelf_choices()]
    if not form.is_submitted() and form.parent_id.data is not None:
        form.parent_id.data = str(form.parent_id.data)
    return form


def _values(form: ShelfForm) -> dict[str, Any]:
    return {
        "name_zh": (form.name_zh.data or "").strip(),
        "name_en": (form.name_en.data or "").strip(),
        "parent_id": int(form.parent_id.data) if form.parent_id.data else None,
        "position": form.position.data or 0,
        "active": form.active.data,
    }
