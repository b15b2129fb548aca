"""Articles for staff and for customers. They belong to the firm, not to a customer."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.models import User
from portal.customers.models import one_of
from portal.db import audit
from portal.db.audit import Event
from portal.db.base import AppendOnly, Base, Stamped, Versioned
from portal.db.types import JSONText, UTCDateTime
from portal.kernel.text import t
from portal.knowledge.rules.kinds import ArticleState, Audience

audit.declare(
    {
        "article.written": Event(t("Article written")),
        "article.changed": Event(t("Article changed")),
        "article.published": Event(t("Article published")),
        "article.retired": Event(t("Article taken out of use")),
        "article.reviewed": Event(t("Article looked over")),
        "article.file_added": Event(t("File added to an article")),
        "article.file_removed": Event(t("File taken off an article")),
        "article.category_changed": Event(t("Categories of articles changed")),
    }
)


class ArticleCategory(Versioned, Base):
    """A shelf of the knowledge base; shelves may stand in another."""

    __tablename__ = "article_category"
    __table_args__ = (Index("ix_article_category_parent", "parent_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("article_category.id"))
    name_zh: Mapped[str] = mapped_column(String(60))
    name_en: Mapped[str] = mapped_column(String(80), default="")
    position: Mapped[int] = mapped_column(default=0)
    active: Mapped[bool] = mapped_column(default=True)

    parent: Mapped[ArticleCategory | None] = relationship(remote_side="ArticleCategory.id")


class Article(Versioned, Stamped, Base):
    """An answer written once. Bodies are Markdown; `tiers` []: every customer reads a public one.

    `search_text` holds number and titles with their pinyin. `review_on`: when somebody should look it over
    (`reminded_of`: the last such day that was told); after `expires_on` customers do not see it any more.
    """

    __tablename__ = "article"
    __table_args__ = (
        CheckConstraint(one_of("audience", Audience), name="known_audience"),
        CheckConstraint(one_of("state", ArticleState), name="known_state"),
        CheckConstraint("title_zh <> '' OR title_en <> ''", name="has_title"),
        Index("ix_article_list", "state", "audience", "updated_at", "id"),
        Index("ix_article_review", "state", "review_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(24), unique=True)
    state: Mapped[str] = mapped_column(String(12), default=ArticleState.DRAFT.value)
    audience: Mapped[str] = mapped_column(String(12), default=Audience.INTERNAL.value)
    tiers: Mapped[Any] = mapped_column(JSONText, default=list)
    category_id: Mapped[int | None] = mapped_column(ForeignKey("article_category.id"), index=True)
    title_zh: Mapped[str] = mapped_column(String(160), default="")
    title_en: Mapped[str] = mapped_column(String(200), default="")
    body_zh: Mapped[str] = mapped_column(Text, default="")
    body_en: Mapped[str] = mapped_column(Text, default="")
    keywords: Mapped[str] = mapped_column(String(300), default="")
    search_text: Mapped[str] = mapped_column(String(1600), default="")
    review_on: Mapped[date | None]
    reminded_of: Mapped[date | None]
    expires_on: Mapped[date | None]
    published_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    author_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    edition: Mapped[int] = mapped_column(default=1)
    helped: Mapped[int] = mapped_column(default=0)
    did_not_help: Mapped[int] = mapped_column(default=0)

    category: Mapped[ArticleCategory | None] = relationship()
    author: Mapped[User | None] = relationship()

    @property
    def name_zh(self) -> str:
        """The Chinese title, under the name that every record's name has."""
        return self.title_zh

    @property
    def name_en(self) -> str:
        """The English title."""
        return self.title_en


class ArticleVersion(AppendOnly, Base):
    """How the article read in an earlier edition."""

    __tablename__ = "article_version"
    __table_args__ = (UniqueConstraint("article_id", "edition"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("article.id"))
    edition: Mapped[int]
    title_zh: Mapped[str] = mapped_column(String(160), default="")
    title_en: Mapped[str] = mapped_column(String(200), default="")
    body_zh: Mapped[str] = mapped_column(Text, default="")
    body_en: Mapped[str] = mapped_column(Text, default="")
    written_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    written_at: Mapped[datetime] = mapped_column(UTCDateTime)


class ArticleTerm(Base):
    """A term by which an article is found: two Chinese characters that stand together, a Latin word, a code.

    Both databases answer from the index alone; `weight` is how much it says (a title more than a body).
    """

    __tablename__ = "article_term"
    __table_args__ = (Index("ix_article_term_term", "term", "article_id", "weight"),)

    article_id: Mapped[int] = mapped_column(ForeignKey("article.id"), primary_key=True)
    term: Mapped[str] = mapped_column(String(40), primary_key=True)
    weight: Mapped[int]


class ArticleVote(Base):
    """Whether it helped one reader; asked again, the later answer counts."""

    __tablename__ = "article_vote"
    __table_args__ = (UniqueConstraint("article_id", "user_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("article.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    helped: Mapped[bool]
    comment: Mapped[str] = mapped_column(String(500), default="")
    voted_at: Mapped[datetime] = mapped_column(UTCDateTime)


class ArticleFile(Base):
    """A file of an article; the bytes lie in the archive under their SHA-256."""

    __tablename__ = "article_file"

    id: Mapped[int] = mapped_column(primary_key=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("article.id"), index=True)
    file_name: Mapped[str] = mapped_column(String(160))
    media_type: Mapped[str] = mapped_column(String(80))
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    size: Mapped[int]
    added_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    added_at: Mapped[datetime] = mapped_column(UTCDateTime)
    removed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
