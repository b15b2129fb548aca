"""What makes the desk quick: answers at hand, and a person's own lists."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import audit
from portal.db.audit import Event
from portal.db.base import Base, Stamped, Versioned
from portal.db.types import JSONText
from portal.kernel.text import t

audit.declare(
    {
        "canned_reply.changed": Event(t("Canned reply changed")),
        "category.changed": Event(t("Categories of requests changed")),
    }
)


class CannedReply(Versioned, Stamped, Base):
    """An answer at hand, with places for {customer}, {number}, {shipment}, {due}. `kinds` []: for any request."""

    __tablename__ = "canned_reply"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80), unique=True)
    kinds: Mapped[Any] = mapped_column(JSONText, default=list)
    text_zh: Mapped[str] = mapped_column(Text)
    text_en: Mapped[str] = mapped_column(Text, default="")
    uses: Mapped[int] = mapped_column(default=0)
    active: Mapped[bool] = mapped_column(default=True)


class SavedFilter(Stamped, Base):
    """A person's own list: the address of a list with its filters, under a name."""

    __tablename__ = "saved_filter"
    __table_args__ = (
        UniqueConstraint("user_id", "place", "name"),
        Index("ix_saved_filter_user", "user_id", "place", "position"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    place: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(60))
    query: Mapped[str] = mapped_column(String(1000))
    position: Mapped[int] = mapped_column(default=0)
