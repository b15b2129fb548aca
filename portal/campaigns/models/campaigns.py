"""A campaign, and its one mail to each address."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.models import User
from portal.campaigns.rules.kinds import DropCause, MailState
from portal.campaigns.rules.states import CampaignState
from portal.customers.models import Contact, Customer, one_of, one_or_none
from portal.db import audit
from portal.db.audit import Event
from portal.db.base import Base, HouseOnly, Stamped, Versioned
from portal.db.types import JSONText, UTCDateTime
from portal.kernel.text import t

audit.declare(
    {
        "campaign.written": Event(t("Campaign written")),
        "campaign.changed": Event(t("Campaign changed")),
        "campaign.approved": Event(t("Campaign approved")),
        "campaign.returned": Event(t("Campaign given back")),
        "campaign.started": Event(t("Campaign began to be sent")),
        "campaign.sent": Event(t("Campaign sent to everybody")),
        "campaign.stopped": Event(t("Campaign stopped")),
        "campaigns.limit_changed": Event(t("Limit of campaign mails changed")),
    }
)


class Campaign(Versioned, Stamped, Base):
    """One text by mail to a segment of customers (REQUIREMENTS K7).

    `segment`: rules.segments as JSON. Texts are Markdown; a language without a text gets the other. `per_run` mails are
    posted by one run of the job, so that a campaign never crowds out other mail. `starts_at` None: once approved.
    """

    __tablename__ = "campaign"
    __table_args__ = (
        CheckConstraint(one_of("state", CampaignState), name="known_state"),
        CheckConstraint("subject_zh <> '' OR subject_en <> ''", name="has_subject"),
        CheckConstraint("per_run BETWEEN 1 AND 5000", name="throttled"),
        CheckConstraint("state = 'draft' OR approved_at IS NOT NULL", name="approved_before_sent"),
        Index("ix_campaign_state", "state", "id"),
        Index("ix_campaign_updated", "updated_at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(24), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    state: Mapped[str] = mapped_column(String(12), default=CampaignState.DRAFT.value)
    subject_zh: Mapped[str] = mapped_column(String(120), default="")
    subject_en: Mapped[str] = mapped_column(String(160), default="")
    text_zh: Mapped[str] = mapped_column(Text, default="")
    text_en: Mapped[str] = mapped_column(Text, default="")
    segment: Mapped[Any] = mapped_column(JSONText, default=dict)
    per_run: Mapped[int] = mapped_column(default=200)
    starts_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    author_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    approved_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    approved_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    started_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    stop_reason: Mapped[str] = mapped_column(String(500), default="")
    search_text: Mapped[str] = mapped_column(String(600), default="")

    author: Mapped[User | None] = relationship(foreign_keys=[author_id])
    approver: Mapped[User | None] = relationship(foreign_keys=[approved_by])


class CampaignMail(HouseOnly, Versioned, Base):
    """The one mail of a campaign to one address, posted in the transaction that writes this row.

    `token_hash`: of the secret in its links. `segment` and `owner_id` are the customer's on that day, so that results
    by segment stand.
    """

    __tablename__ = "campaign_mail"
    __table_args__ = (
        UniqueConstraint("campaign_id", "email"),
        CheckConstraint(one_of("state", MailState), name="known_state"),
        CheckConstraint(one_or_none("cause", DropCause), name="known_cause"),
        Index("ix_campaign_mail_state", "campaign_id", "state", "id"),
        Index("ix_campaign_mail_customer", "customer_id", "posted_at", "id"),
        Index("ix_campaign_mail_email", "email", "posted_at"),
    )

    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"))
    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contact.id"), index=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    name: Mapped[str] = mapped_column(String(120))
    email: Mapped[str] = mapped_column(String(254))
    locale: Mapped[str] = mapped_column(String(8))
    segment: Mapped[str] = mapped_column(String(16))
    state: Mapped[str] = mapped_column(String(12), default=MailState.QUEUED.value)
    cause: Mapped[str] = mapped_column(String(12), default="")
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    posted_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    unsubscribed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    interested_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    campaign: Mapped[Campaign] = relationship()
    customer: Mapped[Customer] = relationship()
    contact: Mapped[Contact | None] = relationship()
