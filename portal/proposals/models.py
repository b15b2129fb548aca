"""Proposals and their versions, and the firm's own outlines. A version is frozen when it is issued."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
    or_,
)
from sqlalchemy.orm import Mapped, declared_attr, mapped_column, relationship

from portal.accounts.models import User
from portal.customers.models import Contact, Customer, one_of
from portal.db import audit
from portal.db.audit import Event
from portal.db.base import Base, CustomerOwned, Stamped, Versioned
from portal.db.types import JSONText, UTCDateTime
from portal.kernel.text import t
from portal.opportunities.models import Opportunity
from portal.opportunities.models.reach import owned_by, worked_on_by
from portal.proposals.rules.states import ProposalState
from portal.quotations.models import QuotationVersion

audit.declare(
    {
        "proposal.created": Event(t("Proposal drafted")),
        "proposal.changed": Event(t("Text of the proposal changed")),
        "proposal.revised": Event(t("Next version begun")),
        "proposal.issued": Event(t("Issued"), public=True),
        "proposal.superseded": Event(t("Replaced by a newer version"), public=True),
        "proposal.withdrawn": Event(t("Withdrawn"), public=True),
        "proposal_outline.changed": Event(t("Outline of proposals changed")),
    }
)


class OfItsOpportunity(CustomerOwned):
    """Who has the opportunity in hand sees its proposals, whoever looks after the customer."""

    @declared_attr
    @classmethod
    def opportunity_id(cls) -> Mapped[int]:
        return mapped_column(ForeignKey("opportunity.id"), index=True)

    @classmethod
    def seen_also(cls, user_id: int | None) -> ColumnElement[bool]:
        """Those of opportunities that this member of staff owns or collaborates in."""
        return or_(
            cls.opportunity_id.in_(owned_by(user_id)),
            cls.opportunity_id.in_(worked_on_by(user_id)),
        )


class Proposal(OfItsOpportunity, Versioned, Stamped, Base):
    """One proposal for one opportunity; `state` repeats the latest version's, `issued_no` the standing one (0: none).

    A customer sees it once a version was issued, also when that one was withdrawn since: `shown` says so.
    """

    __tablename__ = "proposal"
    __table_args__ = (
        CheckConstraint(one_of("state", ProposalState), name="known_state"),
        Index("ix_proposal_updated", "updated_at", "id"),
        Index("ix_proposal_customer_updated", "customer_id", "updated_at", "id"),
        Index("ix_proposal_owner", "owner_id", "state", "updated_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(24), unique=True)
    title: Mapped[str] = mapped_column(String(160))
    owner_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contact.id"), index=True)
    state: Mapped[str] = mapped_column(String(12), default=ProposalState.DRAFT.value)
    latest_no: Mapped[int] = mapped_column(default=1)
    issued_no: Mapped[int] = mapped_column(default=0)
    shown: Mapped[bool] = mapped_column(default=False)
    issued_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    search_text: Mapped[str] = mapped_column(String(600), default="")

    customer: Mapped[Customer] = relationship()
    owner: Mapped[User] = relationship()
    contact: Mapped[Contact | None] = relationship()
    opportunity: Mapped[Opportunity] = relationship()
    versions: Mapped[list[ProposalVersion]] = relationship(
        back_populates="proposal", order_by="ProposalVersion.version_no"
    )

    @classmethod
    def shown_to_customers(cls) -> ColumnElement[bool]:
        """What was issued at some time."""
        return cls.shown.is_(True)


class ProposalVersion(OfItsOpportunity, Versioned, Stamped, Base):
    """One version: its sections (see rules/sections), the version of the quotation whose prices it prints."""

    __tablename__ = "proposal_version"
    __table_args__ = (
        UniqueConstraint("proposal_id", "version_no"),
        CheckConstraint(one_of("state", ProposalState), name="known_state"),
        CheckConstraint("state = 'draft' OR state = 'withdrawn' OR document_id IS NOT NULL", name="has_paper"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"))
    version_no: Mapped[int]
    state: Mapped[str] = mapped_column(String(12), default=ProposalState.DRAFT.value)
    title: Mapped[str] = mapped_column(String(160))
    language: Mapped[str] = mapped_column(String(8), default="zh_en")
    sections: Mapped[Any] = mapped_column(JSONText, default=list)
    quotation_version_id: Mapped[int | None] = mapped_column(
        ForeignKey("quotation_version.id"), index=True
    )
    change_note: Mapped[str] = mapped_column(String(500), default="")
    author_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    issued_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    issued_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    document_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))
    withdraw_reason: Mapped[str] = mapped_column(String(500), default="")

    proposal: Mapped[Proposal] = relationship(back_populates="versions")
    author: Mapped[User] = relationship(foreign_keys=[author_id])
    quotation_version: Mapped[QuotationVersion | None] = relationship()

    @classmethod
    def shown_to_customers(cls) -> ColumnElement[bool]:
        """What was issued; a draft that was given up never was."""
        return cls.document_id.is_not(None)


Index(
    "uq_proposal_version_issued",
    ProposalVersion.proposal_id,
    unique=True,
    sqlite_where=ProposalVersion.state == "issued",
    postgresql_where=ProposalVersion.state == "issued",
)


class ProposalOutline(Versioned, Stamped, Base):
    """The firm's own way to divide a proposal: headings with the words to begin with."""

    __tablename__ = "proposal_outline"

    id: Mapped[int] = mapped_column(primary_key=True)
    name_zh: Mapped[str] = mapped_column(String(60), unique=True)
    name_en: Mapped[str] = mapped_column(String(80), default="")
    sections: Mapped[Any] = mapped_column(JSONText, default=list)
    position: Mapped[int] = mapped_column(default=0)
    active: Mapped[bool] = mapped_column(default=True)
