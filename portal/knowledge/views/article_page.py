"""One article as both doors show it: its text in the reader's language, its files, the reader's own verdict."""

from __future__ import annotations

from typing import Any

from flask import flash, g, redirect, request, url_for
from flask_babel import gettext as _

from portal.documents.archive import archive
from portal.kernel import clock
from portal.kernel.errors import Invalid, NotFound
from portal.kernel.text import t
from portal.knowledge.actions.judging import judge
from portal.knowledge.forms.articles import VerdictForm
from portal.knowledge.models import Article, ArticleFile
from portal.knowledge.queries import reading
from portal.knowledge.queries.finding import body_of
from portal.web.exports import download
from portal.web.forms import attempted
from portal.web.markdown import FileUrl, rendered

ANSWERS = {"yes": True, "no": False}


def text_of(article: Article, files: list[ArticleFile], door: str) -> Any:
    """The article's text as HTML, its pictures and links to files among them."""
    return rendered(body_of(article, g.viewer), file_urls(article.id, files, door))


def file_urls(article_id: int, files: list[ArticleFile], door: str) -> FileUrl:
    """Addresses of the article's own files behind a door, by the file's id."""
    own = {file.id for file in files}

    def url(file_id: int) -> str | None:
        if file_id not in own:
            return None
        return url_for(f"{door}.file", article_id=article_id, article_file_id=file_id)

    return url


def context(article: Article, door: str) -> dict[str, Any]:
    """What the page of an article shows at either door."""
    files = reading.files(article.id)
    mine = reading.verdict(article.id, g.viewer)
    form = VerdictForm(formdata=None, comment=mine.comment if mine else "")
    text = text_of(article, files, door)
    as_of = clock.business_day(article.updated_at)
    shown = {"article": article, "text": text, "files": files, "as_of": as_of}
    return {**shown, "mine": mine, "verdict": form}


def file_response(article_id: int, article_file_id: int) -> Any:
    """A file of an article that the viewer may read: a download, so that nothing in it runs in our name."""
    row = reading.file_of(article_file_id, g.viewer)
    if row.article_id != article_id:
        raise NotFound()
    return download(archive().read(row.sha256), row.file_name, row.media_type)


def judged(article_id: int, there: str) -> Any:
    """Keep the reader's verdict, then back to the article."""
    article = reading.article(article_id, g.viewer, lock=True)
    form = VerdictForm()

    def verb() -> object:
        helped = ANSWERS.get(request.form.get("helped", ""))
        if helped is None:
            raise Invalid(t("Say whether the article helped."))
        return judge(article, helped, form.comment.data or "", g.viewer, clock.now())

    if attempted(form, verb) is not None:
        flash(_("Thank you. Your answer helps us to write better."), "success")
    for error in form.comment.errors:
        flash(str(error), "error")
    return redirect(there, 303)
