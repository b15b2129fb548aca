"""Notices 电子专刊 in the portal, for the tiers that they are meant for."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.models import User
from portal.campaigns.rules.states import ShownState
from portal.customers.models import one_of
from portal.db import audit
from portal.db.audit import Event
from portal.db.base import Base, Stamped, Versioned
from portal.db.types import JSONText, UTCDateTime
from portal.kernel.text import t

audit.declare(
    {
        "notice.written": Event(t("Notice written")),
        "notice.changed": Event(t("Notice changed")),
        "notice.published": Event(t("Notice published")),
        "notice.withdrawn": Event(t("Notice taken down")),
        "notice.file_added": Event(t("File added to a notice")),
        "notice.file_removed": Event(t("File taken off a notice")),
    }
)


class Notice(Versioned, Stamped, Base):
    """News for customers, shown from `from_on` to `until_on`, both included. Markdown; `tiers` []: for all."""

    __tablename__ = "notice"
    __table_args__ = (
        CheckConstraint(one_of("state", ShownState), name="known_state"),
        CheckConstraint("title_zh <> '' OR title_en <> ''", name="has_title"),
        CheckConstraint("until_on IS NULL OR until_on >= from_on", name="ends_after_start"),
        Index("ix_notice_shown", "state", "pinned", "from_on", "id"),
        Index("ix_notice_updated", "updated_at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(String(12), default=ShownState.DRAFT.value)
    title_zh: Mapped[str] = mapped_column(String(120), default="")
    title_en: Mapped[str] = mapped_column(String(160), default="")
    text_zh: Mapped[str] = mapped_column(Text, default="")
    text_en: Mapped[str] = mapped_column(Text, default="")
    tiers: Mapped[Any] = mapped_column(JSONText, default=list)
    from_on: Mapped[date]
    until_on: Mapped[date | None]
    pinned: Mapped[bool] = mapped_column(default=False)
    author_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))

    author: Mapped[User | None] = relationship()
    files: Mapped[list[NoticeFile]] = relationship(order_by="NoticeFile.id", viewonly=True)

    @property
    def name_zh(self) -> str:
        """The Chinese title, under the name that every record's name has."""
        return self.title_zh

    @property
    def name_en(self) -> str:
        """The English title."""
        return self.title_en


class NoticeFile(Base):
    """A file of a notice; the bytes lie in the archive under their SHA-256."""

    __tablename__ = "notice_file"

    id: Mapped[int] = mapped_column(primary_key=True)
    notice_id: Mapped[int] = mapped_column(ForeignKey("notice.id"), index=True)
    file_name: Mapped[str] = mapped_column(String(160))
    media_type: Mapped[str] = mapped_column(String(80))
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    size: Mapped[int]
    added_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    added_at: Mapped[datetime] = mapped_column(UTCDateTime)
    removed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class NoticeReading(Base):
    """That a user has read a notice, once."""

    __tablename__ = "notice_reading"
    __table_args__ = (UniqueConstraint("user_id", "notice_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    notice_id: Mapped[int] = mapped_column(ForeignKey("notice.id"), index=True)
    read_at: Mapped[datetime] = mapped_column(UTCDateTime)
