"""Reminders: an article whose day of review has come is looked over by who wrote it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import or_, select, update
from sqlalchemy.orm import joinedload

from portal.access.permissions import Role
from portal.accounts.models import StaffRole, User
from portal.db.base import db
from portal.db.outbox import post_mail
from portal.kernel import clock
from portal.knowledge.models import Article
from portal.knowledge.queries.shelves import NO_BODIES, review_due

KEEPERS = (Role.SERVICE_MANAGER, Role.ADMINISTRATOR)
"""Who is told when the author is gone: the first of these roles that anybody has."""

MOST = 200
NOT_TOLD = or_(Article.reminded_of.is_(None), Article.reminded_of < Article.review_on)


def remind(now: datetime) -> int:
    """Mail about each article that is to be looked over, once for each day of review; how many articles."""
    due = (
        select(Article)
        .where(review_due(clock.business_day(now)), NOT_TOLD)
        .options(*NO_BODIES, joinedload(Article.author))
        .order_by(Article.review_on, Article.id)
        .limit(MOST)
    )
    keepers: Sequence[User] | None = None
    told = 0
    for article in db.session.scalars(due).all():
        author = article.author
        if author is None or not author.active or author.kind != "staff":
            keepers = _keepers() if keepers is None else keepers
            _tell(article, keepers, now)
        else:
            _tell(article, [author], now)
        _mark(article)
        told += 1
    return told


def _mark(article: Article) -> None:
    """It is told: no edit of the article, so neither its version nor its date changes."""
    db.session.execute(
        update(Article)
        .where(Article.id == article.id)
        .values(reminded_of=article.review_on, updated_at=Article.updated_at)
        .execution_options(synchronize_session=False)
    )


def _tell(article: Article, people: Sequence[User], now: datetime) -> None:
    for person in people:
        facts = {
            "name": person.name,
            "number": article.number,
            "title": article.title_en or article.title_zh
            if person.locale == "en"
            else article.title_zh or article.title_en,
            "id": article.id,
            "review_on": article.review_on.isoformat() if article.review_on else "",
        }
        key = f"article-review-{article.id}-{article.review_on}-{person.id}"
        post_mail(person.email, "article_review", facts, locale=person.locale, key=key, now=now)


def _keepers() -> Sequence[User]:
    for role in KEEPERS:
        having = select(StaffRole.user_id).where(StaffRole.role == role.value)
        found = db.session.scalars(
            select(User).where(User.active, User.kind == "staff", User.id.in_(having))
        ).all()
        if found:
            return found
    return ()
