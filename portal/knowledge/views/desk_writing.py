"""Writing at the desk: new, edit with a preview, publish, take out of use, look over, files."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, g, redirect, request, url_for
from flask_babel import gettext as _

from portal.access.guards import requires
from portal.access.permissions import Permission as P
from portal.documents.rules.files import ACCEPTED
from portal.kernel import clock
from portal.kernel.edits import EditClash
from portal.kernel.errors import Invalid, InvalidMany, NotAllowedNow
from portal.knowledge.actions import files, publishing, writing
from portal.knowledge.forms.articles import ArticleForm, ReviewForm
from portal.knowledge.models import Article
from portal.knowledge.queries import reading
from portal.knowledge.rules.writing import lines
from portal.knowledge.views.article_list import shelf_choices
from portal.knowledge.views.article_page import file_urls
from portal.knowledge.views.door import desk as bp
from portal.web.clashes import begun, edited
from portal.web.flask_app import once
from portal.web.forms import attempted, form_page
from portal.web.markdown import rendered
from portal.web.pages import page
from portal.web.uploads import received
from portal.web.words import say

AT = "/knowledge/<int:article_id>"
EDIT = "knowledge/desk_edit.html"


@bp.route("/knowledge/new", methods=["GET", "POST"])
@requires(P.KNOWLEDGE_EDIT)
@once
def new() -> Any:
    """Write an article: a draft until it is published."""
    form = _form(ArticleForm(audience="internal"))
    if _asks_for_preview():
        return _previewed(form, None)
    if form.validate_on_submit():
        row = attempted(form, lambda: writing.write(form.written(), g.viewer, clock.now()))
        if row is not None:
            flash(_("Kept as a draft. Publish it when it is ready."), "success")
            return to(row.id)
    return form_page(EDIT, form, article=None, clashes=())


@bp.route(f"{AT}/edit", methods=["GET", "POST"])
@requires(P.KNOWLEDGE_EDIT)
def edit(article_id: int) -> Any:
    """Change an article."""
    row = reading.article(article_id, g.viewer)
    form = begun(_form(ArticleForm(obj=row)), row)
    if _asks_for_preview():
        return _previewed(form, row)
    clashes: Any = ()
    if form.validate_on_submit():
        written, seen = form.written(), form.seen_version
        saved, clashes = edited(
            form, row, lambda: writing.change(row, written, seen, g.viewer, clock.now())
        )
        if saved:
            flash(_("Saved."), "success")
            return to(article_id)
    return form_page(EDIT, form, article=row, clashes=clashes)


@bp.post(f"{AT}/publish")
@requires(P.KNOWLEDGE_EDIT)
def publish(article_id: int) -> Any:
    """Let it be read."""
    return _step(article_id, _("Published."), publishing.publish)


@bp.post(f"{AT}/retire")
@requires(P.KNOWLEDGE_EDIT)
def retire(article_id: int) -> Any:
    """Take it out of use."""
    reason = request.form.get("reason", "")
    return _step(
        article_id,
        _("Out of use. Only those who write articles see it now."),
        lambda row, actor, now: publishing.retire(row, reason, actor, now),
    )


@bp.post(f"{AT}/review")
@requires(P.KNOWLEDGE_EDIT)
def review(article_id: int) -> Any:
    """It was looked over and is right."""
    form = ReviewForm()
    if not form.validate_on_submit():
        flash(_("This is not a day."), "error")
        return to(article_id, is_refused=True)
    return _step(
        article_id,
        _("Looked over."),
        lambda row, actor, now: publishing.review(row, form.review_on.data, actor, now),
    )


@bp.post(f"{AT}/files")
@requires(P.KNOWLEDGE_EDIT)
def add_file(article_id: int) -> Any:
    """Put a file with it."""

    def verb(row: Article, actor: Any, now: Any) -> object:
        return files.attach(row, received(request.files.get("file"), "file", ACCEPTED), actor, now)

    return _step(article_id, _("The file is with the article."), verb)


@bp.post(f"{AT}/files/<int:article_file_id>/remove")
@requires(P.KNOWLEDGE_EDIT)
def remove_file(article_id: int, article_file_id: int) -> Any:
    """Take a file off it."""
    file = reading.file_of(article_file_id, g.viewer)
    return _step(
        article_id,
        _("The file was removed."),
        lambda row, actor, now: files.remove(row, file, actor, now),
    )


def to(article_id: int, *, is_refused: bool = False) -> Response:
    """To the article's page."""
    there = redirect(url_for("desk_knowledge.show", article_id=article_id), 303)
    if is_refused:
        there.headers["X-Refused"] = "1"
    return there  # type: ignore[return-value]


def _step(article_id: int, said: str, verb: Any) -> Response:
    """One step from a button: done and said, or refused with the reason; to the article either way."""
    row = reading.article(article_id, g.viewer, lock=True)
    try:
        verb(row, g.viewer, clock.now())
    except InvalidMany as error:
        for text in error.errors.values():
            flash(say(text), "error")
        return to(article_id, is_refused=True)
    except (Invalid, NotAllowedNow, EditClash) as error:
        flash(say(error.text), "error")
        return to(article_id, is_refused=True)
    flash(said, "success")
    return to(article_id)


def _form(form: ArticleForm) -> ArticleForm:
    """The form with the shelves to choose from."""
    form.category_id.choices = [("", _("none")), *shelf_choices()]
    if not form.is_submitted() and form.category_id.data is not None:
        form.category_id.data = str(form.category_id.data)
    return form


def _asks_for_preview() -> bool:
    return request.method == "POST" and "preview" in request.form


def _previewed(form: ArticleForm, row: Article | None) -> str:
    """The page again with what was typed and how it reads: nothing is refused, nothing is kept.

    With scripts only the preview of it is taken over into the page.
    """
    return page(EDIT, form=form, article=row, clashes=(), preview=_texts(form, row))


def _texts(form: ArticleForm, row: Article | None) -> list[tuple[str, str, Any]]:
    """(language, title, text as HTML) of what was typed."""
    own = reading.files(row.id) if row is not None else []
    urls = file_urls(row.id, own, "desk_knowledge") if row is not None else None
    typed = [
        ("zh-CN", form.title_zh.data, form.body_zh.data),
        ("en", form.title_en.data, form.body_en.data),
    ]
    return [
        (lang, title or "", rendered(lines(body or ""), urls))
        for lang, title, body in typed
        if title or body
    ]
