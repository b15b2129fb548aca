"""How customers answer: questions on a quotation, and signed links for contacts without a login."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.db.base import Base, CustomerOwned
from portal.db.types import UTCDateTime


class QuotationQuestion(CustomerOwned, Base):
    """A question that a customer asks about a version, and our answer."""

    __tablename__ = "quotation_question"

    id: Mapped[int] = mapped_column(primary_key=True)
    quotation_id: Mapped[int] = mapped_column(ForeignKey("quotation.id"), index=True)
    version_no: Mapped[int]
    asked_by: Mapped[str] = mapped_column(String(120))
    asked_email: Mapped[str] = mapped_column(String(254), default="")
    asked_at: Mapped[datetime] = mapped_column(UTCDateTime)
    question: Mapped[str] = mapped_column(String(2000))
    answered_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    answered_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    answer: Mapped[str | None] = mapped_column(String(2000))


class AcceptanceLink(CustomerOwned, Base):
    """A signed, expiring, revocable link to one version; only the hash of its token is kept."""

    __tablename__ = "acceptance_link"

    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("quotation_version.id"), index=True)
    contact_name: Mapped[str] = mapped_column(String(120))
    email: Mapped[str] = mapped_column(String(254))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_by: Mapped[int] = mapped_column(ForeignKey("user.id"))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
