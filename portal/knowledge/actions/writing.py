"""Write an article and change it; every text that readers had is kept as an edition."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, insert, select

from portal.access.viewer import Viewer
from portal.customers.actions.edits import refuse_clash, save
from portal.db import audit
from portal.db.base import db
from portal.db.series import next_number
from portal.kernel import clock
from portal.kernel.errors import Invalid
from portal.kernel.pinyin import search_words
from portal.kernel.text import t
from portal.knowledge.models import Article, ArticleCategory, ArticleTerm, ArticleVersion
from portal.knowledge.rules.editions import is_another, texts_of
from portal.knowledge.rules.kinds import ArticleState
from portal.knowledge.rules.ranking import weighed
from portal.knowledge.rules.writing import Written, refuse_unreadable

SERIES = "KB"


def write(written: Written, actor: Viewer, now: datetime) -> Article:
    """A new article, a draft that only writers see. InvalidMany when it has no title or is too long."""
    values = written.tidy()
    _check_shelf(written.category_id)
    row = Article(
        number=next_number(SERIES, clock.business_day(now).year),
        author_id=actor.user_id,
        state=ArticleState.DRAFT.value,
        edition=1,
        created_at=now,
        updated_at=now,
        **values,
    )
    db.session.add(row)
    db.session.flush()
    index(row)
    audit.record(actor, "article.written", row, now, after={"number": row.number, **_told(values)})
    return row


def change(article: Article, written: Written, seen: int, actor: Viewer, now: datetime) -> Article:
    """Change an article that was read at version `seen`; a published one gets its next edition.

    InvalidMany as for a new one, and for a published one that nobody could read; EditClash when somebody else
    changed the same parts meanwhile.
    """
    values = written.tidy()
    _check_shelf(written.category_id)
    before = _told({name: getattr(article, name) for name in values})
    after = _told(values)
    refuse_clash(article, seen, after)
    if article.state == ArticleState.PUBLISHED.value:
        texts = {name: str(values[name]) for name in texts_of(article)}
        refuse_unreadable(texts, written.expires_on, clock.business_day(now))
    for name, value in values.items():
        if before[name] != after[name]:
            setattr(article, name, value)
    article.updated_at = now
    if article.state == ArticleState.PUBLISHED.value:
        keep_edition(article, actor, now)
    index(article)
    save(article, before, after, "article.changed", actor, now)
    return article


def keep_edition(article: Article, actor: Viewer, now: datetime) -> None:
    """Keep how the article reads now, as its next edition when it reads otherwise than before."""
    last = db.session.scalar(
        select(ArticleVersion)
        .where(ArticleVersion.article_id == article.id)
        .order_by(ArticleVersion.edition.desc())
        .limit(1)
    )
    texts = texts_of(article)
    if last is not None and not is_another(texts_of(last), texts):
        return
    article.edition = 1 if last is None else last.edition + 1
    db.session.add(
        ArticleVersion(
            article_id=article.id,
            edition=article.edition,
            written_by=actor.user_id,
            written_at=now,
            **texts,
        )
    )
    db.session.flush()


def index(article: Article) -> None:
    """Write anew what the article is found by."""
    titles = (article.title_zh, article.title_en)
    article.search_text = f"{article.number.lower()} {search_words(*titles)}"[:1600]
    weights = weighed(
        titles, f"{article.keywords} {article.number}", (article.body_zh, article.body_en)
    )
    db.session.flush()
    db.session.execute(delete(ArticleTerm).where(ArticleTerm.article_id == article.id))
    rows = [
        {"article_id": article.id, "term": term, "weight": weight}
        for term, weight in weights.items()
    ]
    if rows:
        db.session.execute(insert(ArticleTerm), rows)


def _check_shelf(category_id: int | None) -> None:
    if category_id is not None and db.session.get(ArticleCategory, category_id) is None:
        raise Invalid(t("There is no such shelf."), "category_id")


def _told(values: dict[str, Any]) -> dict[str, Any]:
    """The values as history keeps them."""
    return {k: v.isoformat() if isinstance(v, date) else v for k, v in values.items()}
