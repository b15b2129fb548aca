"""The customers' help: ask, look along the shelves, read, say whether it helped."""

from __future__ import annotations

from typing import Any

from flask import g, request, url_for

from portal.access.guards import requires
from portal.access.permissions import Permission as P
from portal.knowledge.queries import reading, shelves
from portal.knowledge.queries.finding import find
from portal.knowledge.views import article_page
from portal.knowledge.views.door import my as bp
from portal.web.pages import page
from portal.web.stepping import page_of

LONGEST_QUESTION = 200
ASK = "my_requests.new"
AT = "/knowledge/<int:article_id>"


@bp.get("/knowledge")
@requires(P.KNOWLEDGE_SEE)
def index() -> Any:
    """The search box, then what answers; without a question the shelves and what helped others."""
    words = request.args.get("q", "").strip()[:LONGEST_QUESTION]
    chosen = _chosen()
    shown: dict[str, Any] = {"words": words, "chosen": chosen, "ask": ask_url()}
    if words:
        shown["found"] = find(words, g.viewer)
    elif chosen:
        shown["articles"] = shelves.on_shelf(chosen.id, g.viewer)
    else:
        shown["helpful"] = shelves.most_helpful(g.viewer)
    return page("knowledge/my_index.html", shelves=shelves.shelves(g.viewer), **shown)


@bp.get(AT)
@requires(P.KNOWLEDGE_SEE)
def show(article_id: int) -> Any:
    """One article."""
    article = reading.article(article_id, g.viewer)
    shown = article_page.context(article, "my_knowledge")
    return page("knowledge/my_show.html", ask=ask_url(), **shown)


@bp.post(f"{AT}/verdict")
@requires(P.KNOWLEDGE_SEE)
def judge(article_id: int) -> Any:
    """It helped, or it did not."""
    there = url_for("my_knowledge.show", article_id=article_id, _anchor="helped")
    return article_page.judged(article_id, there)


@bp.get(f"{AT}/files/<int:article_file_id>")
@requires(P.KNOWLEDGE_SEE)
def file(article_id: int, article_file_id: int) -> Any:
    """A file of an article."""
    return article_page.file_response(article_id, article_file_id)


def ask_url() -> str | None:
    """Where one asks us, for those who may."""
    return page_of(ASK, P.REQUEST_RAISE)


def _chosen() -> Any:
    """The shelf of the address, when it is one in use."""
    asked = request.args.get("shelf", "")
    if not asked.isdecimal() or len(asked) > 9:
        return None
    row = shelves.shelf(int(asked))
    return row if row.active else None
