"""Frozen papers, and the firm's own look that they carry."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    Select,
    String,
    and_,
    false,
    or_,
)
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import audit
from portal.db.audit import Event
from portal.db.base import Base, CustomerOwned, Stamped, Versioned
from portal.db.types import JSONText, UTCDateTime
from portal.documents.rules.files import FILE_WORDS, FileKind
from portal.kernel.text import Text, t

audit.declare(
    {
        "firm.changed": Event(t("The firm's settings changed")),
        "attachment.added": Event(t("File attached")),
        "attachment.removed": Event(t("File removed")),
    }
)


class Document(CustomerOwned, Base):
    """A stored PDF: the bytes lie in the archive under their SHA-256 and never change.

    `state` is what its paper is worth today: valid, accepted, declined, superseded, withdrawn; the public
    verification page reads it.
    """

    __tablename__ = "document"
    __table_args__ = (
        CheckConstraint(
            "state IN ('valid', 'accepted', 'declined', 'superseded', 'withdrawn')",
            name="known_state",
        ),
        Index("ix_document_subject", "subject_type", "subject_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(24))
    number: Mapped[str] = mapped_column(String(40))
    file_name: Mapped[str] = mapped_column(String(160))
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    size: Mapped[int]
    pages: Mapped[int] = mapped_column(default=1)
    language: Mapped[str] = mapped_column(String(8))
    subject_type: Mapped[str] = mapped_column(String(64))
    subject_id: Mapped[int]
    verification_code: Mapped[str] = mapped_column(String(12), unique=True)
    state: Mapped[str] = mapped_column(String(12), default="valid")
    valid_until: Mapped[Any | None] = mapped_column(String(10))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    created_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))


class FirmProfile(Versioned, Stamped, Base):
    """The firm as its papers and pages show it; one row, written by the settings page (REQUIREMENTS Q10).

    `look`: accent (#rrggbb), logo and seal (SHA-256 in the archive). `banks`: a list of holder_zh, holder_en, bank_zh,
    bank_en, number, currency, swift, clearing_number. `texts`: the standing terms, a list of zh and en. `quoting`:
    valid_days, number_prefix, floor_margin_percent, language. `billing`: dispute_limit. `service`: opens, closes (hours
    of work, "09:00"), reopen_days, close_after_days, claim_limit, return_visit_days. `sales`: what enters the forecast,
    and the rules of the pool of leads. `insight`: bounds and windows of tiers, classes, states and churn.
    """

    __tablename__ = "firm_profile"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, default=1)
    name_zh: Mapped[str] = mapped_column(String(120))
    name_en: Mapped[str] = mapped_column(String(160), default="")
    address_zh: Mapped[str] = mapped_column(String(240), default="")
    address_en: Mapped[str] = mapped_column(String(240), default="")
    phone: Mapped[str] = mapped_column(String(60), default="")
    email: Mapped[str] = mapped_column(String(254), default="")
    website: Mapped[str] = mapped_column(String(160), default="")
    licence: Mapped[str] = mapped_column(String(120), default="")
    credit_code: Mapped[str] = mapped_column(String(18), default="")
    currency: Mapped[str] = mapped_column(String(3), default="CNY")
    look: Mapped[Any] = mapped_column(JSONText, default=dict)
    banks: Mapped[Any] = mapped_column(JSONText, default=list)
    texts: Mapped[Any] = mapped_column(JSONText, default=list)
    quoting: Mapped[Any] = mapped_column(JSONText, default=dict)
    billing: Mapped[Any] = mapped_column(JSONText, default=dict)
    service: Mapped[Any] = mapped_column(JSONText, default=dict)
    sales: Mapped[Any] = mapped_column(JSONText, default=dict)
    insight: Mapped[Any] = mapped_column(JSONText, default=dict)


class Attachment(CustomerOwned, Base):
    """A file that belongs to a record: a signed scan, a delivery note, a photograph.

    The bytes lie in the archive under their SHA-256. `is_shared`: the customer sees it too. `shared_by`: for a kind of
    record, the ids of those that are shared with a member of staff whose customer it is not.
    """

    shared_by: ClassVar[dict[str, Callable[[int | None], Select[Any]]]] = {}

    __tablename__ = "attachment"
    __table_args__ = (Index("ix_attachment_subject", "subject_type", "subject_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    subject_type: Mapped[str] = mapped_column(String(64))
    subject_id: Mapped[int]
    kind: Mapped[str] = mapped_column(String(24), default="other")
    file_name: Mapped[str] = mapped_column(String(160))
    media_type: Mapped[str] = mapped_column(String(80))
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    size: Mapped[int]
    is_shared: Mapped[bool] = mapped_column(default=True)
    note: Mapped[str] = mapped_column(String(300), default="")
    added_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    added_at: Mapped[datetime] = mapped_column(UTCDateTime)
    removed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    @classmethod
    def seen_also(cls, user_id: int | None) -> ColumnElement[bool]:
        """Files of records that are shared with this member of staff."""
        shared = (
            and_(cls.subject_type == kind, cls.subject_id.in_(ids(user_id)))
            for kind, ids in sorted(cls.shared_by.items())
        )
        return or_(false(), *shared)

    @property
    def words(self) -> Text:
        """What kind of file it is."""
        return FILE_WORDS[FileKind(self.kind)]
