"""How a carrier's sheet is read, and each reading of one."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.catalogue.models.tariffs import PriceScheme, Tariff
from portal.db import audit
from portal.db.audit import Event
from portal.db.base import Base, Stamped, Versioned
from portal.db.types import JSONText, UTCDateTime
from portal.kernel.text import t

audit.declare(
    {
        "mapping_profile.saved": Event(t("Mapping profile saved")),
        "rate_import.read": Event(t("Rate sheet read")),
        "rate_import.applied": Event(t("Rate sheet applied")),
        "rate_import.discarded": Event(t("Rate sheet discarded")),
    }
)


class MappingProfile(Versioned, Stamped, Base):
    """Which column is what in one layout (`catalogue.rules.sheets.profile`), found again by its headers."""

    __tablename__ = "mapping_profile"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120), unique=True)
    fingerprint: Mapped[str] = mapped_column(String(64), default="", index=True)
    profile: Mapped[Any] = mapped_column(JSONText)
    created_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))


class RateImport(Versioned, Base):
    """One sheet on its way into a scheme: read, checked, compared, then applied as a draft tariff or discarded."""

    __tablename__ = "rate_import"
    __table_args__ = (
        CheckConstraint(
            "state IN ('waiting', 'reading', 'wrong', 'ready', 'applying', 'applied', 'discarded', 'failed')",
            name="known_state",
        ),
        Index("ix_rate_import_state", "state", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    scheme_id: Mapped[int] = mapped_column(ForeignKey("price_scheme.id"))
    profile_id: Mapped[int | None] = mapped_column(ForeignKey("mapping_profile.id"))
    tariff_id: Mapped[int | None] = mapped_column(ForeignKey("tariff.id"))
    file_name: Mapped[str] = mapped_column(String(160))
    sha256: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(12), default="waiting")
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    problems: Mapped[Any] = mapped_column(JSONText, default=list)
    counts: Mapped[Any] = mapped_column(JSONText, default=dict)
    changes: Mapped[Any] = mapped_column(JSONText, default=list)
    options: Mapped[Any] = mapped_column(JSONText, default=dict)
    created_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    heartbeat_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    scheme: Mapped[PriceScheme] = relationship()
    profile: Mapped[MappingProfile | None] = relationship()
    tariff: Mapped[Tariff | None] = relationship()
