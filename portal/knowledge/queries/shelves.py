"""Shelves with what stands on them, the most helpful articles, and the editions of one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, select
from sqlalchemy.orm import defer, joinedload

from portal.access.viewer import Viewer
from portal.accounts.models import User
from portal.db.base import db
from portal.kernel.errors import NotFound
from portal.knowledge.models import Article, ArticleCategory, ArticleVersion
from portal.knowledge.queries.reading import PUBLISHED, readable
from portal.knowledge.rules.shelves import in_order

NO_BODIES = (defer(Article.body_zh), defer(Article.body_en))


@dataclass(frozen=True, slots=True)
class StoodOn:
    """A shelf, how deep it stands, and how many articles the viewer may read on it (not on those inside)."""

    shelf: ArticleCategory
    depth: int
    articles: int


def shelves(viewer: Viewer, *, all_of_them: bool = False) -> list[StoodOn]:
    """The shelves in order of reading; for readers only those in use that hold something, themselves or inside."""
    order = ArticleCategory.position, ArticleCategory.id
    rows = list(db.session.scalars(select(ArticleCategory).order_by(*order)))
    counting = (
        select(Article.category_id, func.count())
        .where(readable(viewer), Article.category_id.is_not(None))
        .group_by(Article.category_id)
    )
    counts = {row[0]: row[1] for row in db.session.execute(counting)}
    listed = [StoodOn(row, depth, counts.get(row.id, 0)) for row, depth in in_order(rows)]
    if all_of_them:
        return listed
    filled = _filled(listed)
    return [each for each in listed if each.shelf.active and each.shelf.id in filled]


def _filled(listed: list[StoodOn]) -> set[int]:
    """Shelves that hold an article, themselves or inside."""
    filled: set[int] = set()
    for each in reversed(listed):  # what stands inside comes after what it stands in
        if each.articles or each.shelf.id in filled:
            filled.add(each.shelf.id)
            if each.shelf.parent_id is not None:
                filled.add(each.shelf.parent_id)
    return filled


def shelf(category_id: int) -> ArticleCategory:
    """One shelf; NotFound otherwise."""
    row = db.session.get(ArticleCategory, category_id)
    if row is None:
        raise NotFound()
    return row


def on_shelf(category_id: int, viewer: Viewer, limit: int = 100) -> list[Article]:
    """What stands on a shelf, the most helpful first."""
    return _listed(_helpful_first().where(Article.category_id == category_id), viewer, limit)


def most_helpful(viewer: Viewer, limit: int = 6) -> list[Article]:
    """What helped the most readers; articles that nobody judged yet follow, the newest first."""
    return _listed(_helpful_first().where(PUBLISHED), viewer, limit)


def _helpful_first() -> Select[Any]:
    order = (Article.helped - Article.did_not_help).desc(), Article.published_at.desc(), Article.id
    return select(Article).order_by(*order)


def _listed(statement: Select[Any], viewer: Viewer, limit: int) -> list[Article]:
    return list(
        db.session.scalars(statement.where(readable(viewer)).options(*NO_BODIES).limit(limit))
    )


def articles(viewer: Viewer) -> Select[Any]:
    """Every article that the viewer may read, without bodies, for a list."""
    together = joinedload(Article.category), joinedload(Article.author).load_only(User.name)
    return select(Article).where(readable(viewer)).options(*NO_BODIES, *together)


def review_due(on: date) -> ColumnElement[bool]:
    """The criterion that an article is to be looked over by the day `on`."""
    return and_(PUBLISHED, Article.review_on <= on)


def editions(article_id: int) -> list[tuple[ArticleVersion, str]]:
    """(edition, who wrote it), the latest first."""
    wanted = (
        select(ArticleVersion, func.coalesce(User.name, ""))
        .outerjoin(User, User.id == ArticleVersion.written_by)
        .where(ArticleVersion.article_id == article_id)
        .order_by(ArticleVersion.edition.desc())
    )
    return [(row, name) for row, name in db.session.execute(wanted)]
