"""Which articles a viewer may read: one criterion for lists, search, pages and files."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ColumnElement, Text, and_, false, or_, select, true, type_coerce
from sqlalchemy.orm import joinedload

from portal.access.permissions import Permission as P
from portal.access.viewer import Viewer
from portal.accounts.models import User
from portal.customers.models import Customer
from portal.db.base import db
from portal.kernel import clock
from portal.kernel.errors import NotFound
from portal.knowledge.models import Article, ArticleFile, ArticleVote
from portal.knowledge.rules.kinds import ArticleState, Audience

PUBLISHED = Article.state == ArticleState.PUBLISHED.value
TIERS = type_coerce(
    Article.tiers, Text
)  # kept as JSON text: a tier stands in it between quotation marks
EVERY_TIER = TIERS == "[]"


def readable(
    viewer: Viewer, on: date | None = None, tier: str | None = None
) -> ColumnElement[bool]:
    """The criterion that `viewer` may read an article on the day `on` (today).

    Customers: published, for customers, for their tier or every tier, not expired. Staff: whatever is published;
    who writes articles, all of them. `tier`: staff read as a customer of it does.
    """
    day = on or clock.today()
    if not viewer.may(P.KNOWLEDGE_SEE):
        return false()
    if viewer.kind == "customer":
        return and_(_for_customers(day), _own_tier(viewer))
    if tier is not None:
        return and_(_for_customers(day), or_(EVERY_TIER, _holds(tier)))
    return true() if viewer.may(P.KNOWLEDGE_EDIT) else PUBLISHED


def _for_customers(day: date) -> ColumnElement[bool]:
    fresh = or_(Article.expires_on.is_(None), Article.expires_on >= day)
    return and_(PUBLISHED, Article.audience == Audience.PUBLIC.value, fresh)


def _own_tier(viewer: Viewer) -> ColumnElement[bool]:
    if viewer.customer_id is None:
        return EVERY_TIER
    own = select(Customer.segment).where(Customer.id == viewer.customer_id).scalar_subquery()
    return or_(EVERY_TIER, TIERS.like('%"' + own + '"%'))


def _holds(tier: str) -> ColumnElement[bool]:
    return TIERS.contains(f'"{tier}"', autoescape=True)


def article(article_id: int, viewer: Viewer, *, lock: bool = False) -> Article:
    """One article; NotFound for one that this viewer may not read, whatever the reason."""
    wanted = select(Article).where(Article.id == article_id, readable(viewer))
    wanted = (
        wanted.with_for_update(of=Article) if lock else wanted.options(joinedload(Article.category))
    )
    row = db.session.scalar(wanted)
    if row is None:
        raise NotFound()
    return row


def file_of(file_id: int, viewer: Viewer) -> ArticleFile:
    """A file of an article that this viewer may read; NotFound otherwise, or when it was taken off."""
    row = db.session.scalar(
        select(ArticleFile)
        .join(Article, Article.id == ArticleFile.article_id)
        .where(ArticleFile.id == file_id, ArticleFile.removed_at.is_(None), readable(viewer))
    )
    if row is None:
        raise NotFound()
    return row


def files(article_id: int) -> list[ArticleFile]:
    """The files of an article, the oldest first."""
    return list(
        db.session.scalars(
            select(ArticleFile)
            .where(ArticleFile.article_id == article_id, ArticleFile.removed_at.is_(None))
            .order_by(ArticleFile.id)
        )
    )


def verdict(article_id: int, viewer: Viewer) -> ArticleVote | None:
    """What this reader said before."""
    return db.session.scalar(
        select(ArticleVote).where(
            ArticleVote.article_id == article_id, ArticleVote.user_id == viewer.user_id
        )
    )


def comments(article_id: int, limit: int = 20) -> list[tuple[ArticleVote, str]]:
    """What readers wrote about an article, with their names, the latest first."""
    wanted = (
        select(ArticleVote, User.name)
        .join(User, User.id == ArticleVote.user_id)
        .where(ArticleVote.article_id == article_id, ArticleVote.comment != "")
        .order_by(ArticleVote.voted_at.desc(), ArticleVote.id.desc())
        .limit(limit)
    )
    return [(vote, name) for vote, name in db.session.execute(wanted)]
