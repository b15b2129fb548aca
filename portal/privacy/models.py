"""Requests of people about their data, and how long things are kept."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.models import User
from portal.customers.models import one_of, one_or_none
from portal.db import audit
from portal.db.audit import Event
from portal.db.base import Base, Stamped, Versioned
from portal.db.types import JSONText, UTCDateTime
from portal.kernel.text import t
from portal.privacy.rules.kinds import Asked, PersonKind, Proof, RequestState, Standing

audit.declare(
    {
        "privacy.asked": Event(t("A person asked about their data")),
        "privacy.checked": Event(t("The person's identity was checked")),
        "privacy.extended": Event(t("The answer takes longer")),
        "privacy.exported": Event(t("A person's data handed out")),
        "privacy.erased": Event(t("A person's data erased")),
        "privacy.corrected": Event(t("A person's data corrected")),
        "privacy.refused": Event(t("A person's request refused")),
        "retention.changed": Event(t("Days of keeping changed")),
        "retention.cleared": Event(t("What was kept long enough was cleared away")),
    }
)


class PrivacyRequest(Versioned, Stamped, Base):
    """What one person asked about their data, and what became of it.

    `about` lists the standings [[kind, id], …] that are this person; `name` and `address` are how the person called
    themself, and are erased with the rest. `outcome`: what was found or done, as counts by table and what stays. `id`
    is the number of the pseudonym. `asked_by_id`: the signed-in person who asked; `recorded_by_id`: who wrote it down.
    """

    __tablename__ = "privacy_request"
    __table_args__ = (
        CheckConstraint(one_of("kind", Asked), name="known_kind"),
        CheckConstraint(one_of("state", RequestState), name="known_state"),
        CheckConstraint(one_or_none("proof", Proof), name="known_proof"),
        CheckConstraint("state <> 'refused' OR answer <> ''", name="refused_with_reason"),
        Index("ix_privacy_request_due", "state", "due_on", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(24), unique=True)
    kind: Mapped[str] = mapped_column(String(12))
    state: Mapped[str] = mapped_column(String(8), default=RequestState.OPEN.value)
    name: Mapped[str] = mapped_column(String(120))
    address: Mapped[str] = mapped_column(String(254), default="")
    text: Mapped[str] = mapped_column(String(2000), default="")
    about: Mapped[Any] = mapped_column(JSONText, default=list)
    proof: Mapped[str] = mapped_column(String(12), default=Proof.NONE.value)
    proof_note: Mapped[str] = mapped_column(String(500), default="")
    asked_on: Mapped[date]
    due_on: Mapped[date]
    extended_why: Mapped[str] = mapped_column(String(500), default="")
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), index=True)
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    done_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    done_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    answer: Mapped[str] = mapped_column(String(2000), default="")
    outcome: Mapped[Any | None] = mapped_column(JSONText)

    asker: Mapped[User | None] = relationship(foreign_keys=[asked_by_id])
    recorder: Mapped[User | None] = relationship(foreign_keys=[recorded_by_id])
    doer: Mapped[User | None] = relationship(foreign_keys=[done_by_id])

    @property
    def standings(self) -> tuple[Standing, ...]:
        """Who it is about, as values."""
        return tuple(Standing(PersonKind(kind), row_id) for kind, row_id in self.about)


class RetentionRule(Versioned, Stamped, Base):
    """For how many days things of one kind are kept (None: the usual number), and what the last clearing came to."""

    __tablename__ = "retention_rule"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(24), unique=True)
    days: Mapped[int | None]
    cleared_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    cleared: Mapped[int] = mapped_column(default=0)
