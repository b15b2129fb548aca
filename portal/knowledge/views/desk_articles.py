"""The knowledge base at the desk: ask, look along the shelves, list, read."""

from __future__ import annotations

from typing import Any

from flask import g, request, url_for
from flask_babel import gettext as _

from portal.access.guards import requires
from portal.access.permissions import Permission as P
from portal.customers.rules.kinds import SEGMENTS
from portal.db.audit import AuditEntry, timeline
from portal.knowledge.forms.articles import ArticleFileForm, ReviewForm
from portal.knowledge.labels import AUDIENCES
from portal.knowledge.queries import reading, shelves
from portal.knowledge.queries.finding import find
from portal.knowledge.rules.kinds import ARTICLE_STEPS, ArticleState, ArticleStep
from portal.knowledge.views import article_page
from portal.knowledge.views.article_list import ARTICLES_LIST, state
from portal.knowledge.views.door import desk as bp
from portal.web.listing import list_page
from portal.web.pages import page

LONGEST_QUESTION = 200
AT = "/knowledge/<int:article_id>"


@bp.get("/knowledge")
@requires(P.KNOWLEDGE_SEE)
def index() -> Any:
    """The search box with what answers, the shelves, and the list of all articles."""
    words = request.args.get("ask", "").strip()[:LONGEST_QUESTION]
    tier = request.args.get("as", "")
    as_tier = tier if tier in SEGMENTS else None
    shown: dict[str, Any] = {"words": words, "tier": as_tier, "tiers": SEGMENTS}
    if words:
        shown["found"] = find(words, g.viewer, tier=as_tier)
    else:
        shown["helpful"] = shelves.most_helpful(g.viewer)
    stood = shelves.shelves(g.viewer)
    return page("knowledge/desk_index.html", shelves=stood, tabs=tabs("index"), **shown)


@bp.get("/knowledge/articles")
@requires(P.KNOWLEDGE_SEE)
def articles() -> Any:
    """All of them, by state, reader, tier, shelf and what is to be looked over."""
    return list_page(
        ARTICLES_LIST,
        shelves.articles(g.viewer),
        "knowledge/desk_articles.html",
        tabs=tabs("articles"),
    )


@bp.get(AT)
@requires(P.KNOWLEDGE_SEE)
def show(article_id: int) -> Any:
    """One article, with what may be done with it."""
    article = reading.article(article_id, g.viewer)
    return page("knowledge/desk_show.html", **context(article))


@bp.post(f"{AT}/verdict")
@requires(P.KNOWLEDGE_SEE)
def judge(article_id: int) -> Any:
    """It helped, or it did not."""
    there = url_for("desk_knowledge.show", article_id=article_id, _anchor="helped")
    return article_page.judged(article_id, there)


@bp.get(f"{AT}/files/<int:article_file_id>")
@requires(P.KNOWLEDGE_SEE)
def file(article_id: int, article_file_id: int) -> Any:
    """A file of an article."""
    return article_page.file_response(article_id, article_file_id)


def context(article: Any, **forms: Any) -> dict[str, Any]:
    """What the page of an article shows at the desk; `forms` may hold one that was refused."""
    may = g.viewer.may(P.KNOWLEDGE_EDIT)
    shown = article_page.context(article, "desk_knowledge")
    shown |= {
        "state": state(article),
        "audience": AUDIENCES[article.audience],
        "segments": SEGMENTS,
    }
    if may:
        now = ArticleState(article.state)
        shown["steps"] = {step.value for step in ArticleStep if ARTICLE_STEPS.allows(now, step)}
        shown["file_form"] = ArticleFileForm(formdata=None)
        shown["review_form"] = ReviewForm(formdata=None)
        shown["entries"] = [_told(each) for each in timeline(article, public_only=False)[:20]]
        shown["comments"] = reading.comments(article.id)
    return {**shown, **forms, "may_edit": may}


def _told(entry: AuditEntry) -> dict[str, Any]:
    """A step of the article's history, for the timeline."""
    return {"at": entry.at, "who": entry.actor_name, "what": entry.label, "why": entry.reason}


def tabs(here: str) -> list[tuple[str, str, bool, None]]:
    """The parts of the knowledge base at the desk."""
    parts = [("index", _("Look up")), ("articles", _("All articles"))]
    if g.viewer.may(P.KNOWLEDGE_EDIT):
        parts.append(("shelf_list", _("Shelves")))
    return [(word, url_for(f"desk_knowledge.{name}"), name == here, None) for name, word in parts]
