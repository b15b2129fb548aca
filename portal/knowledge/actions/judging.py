"""Whether an article helped: one answer of each reader, the later one counts."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import update

from portal.access.viewer import Viewer
from portal.db.base import db
from portal.kernel.errors import Forbidden, Invalid
from portal.kernel.text import t
from portal.knowledge.models import Article, ArticleVote
from portal.knowledge.queries.reading import verdict

LONGEST_COMMENT = 500


def judge(
    article: Article, helped: bool, comment: str, actor: Viewer, now: datetime
) -> ArticleVote:
    """Keep the reader's verdict and count it once.

    The caller holds the article's row, so that two answers of one reader at once are one. Forbidden to who
    is not signed in; Invalid for a comment that is too long.
    """
    if actor.user_id is None:
        raise Forbidden()
    said = comment.strip()
    if len(said) > LONGEST_COMMENT:
        raise Invalid(t("At most %(count)s characters.", count=LONGEST_COMMENT), "comment")
    vote = verdict(article.id, actor)
    if vote is None:
        vote = ArticleVote(article_id=article.id, user_id=actor.user_id)
        _count(article, helped, 1)
        db.session.add(vote)
    elif vote.helped != helped:
        _count(article, vote.helped, -1)
        _count(article, helped, 1)
    vote.helped, vote.comment, vote.voted_at = helped, said, now
    db.session.flush()
    return vote


def _count(article: Article, helped: bool, by: int) -> None:
    """Add to the counters alone: a verdict is no edit, so neither version nor date of the article changes."""
    column = Article.helped if helped else Article.did_not_help
    db.session.execute(
        update(Article)
        .where(Article.id == article.id)
        .values({column: column + by, Article.updated_at: Article.updated_at})
        .execution_options(synchronize_session=False)
    )
    db.session.expire(article, ["helped", "did_not_help"])
