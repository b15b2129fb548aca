"""Recommended services, and who showed interest in one or in a campaign."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.models import User
from portal.campaigns.models.campaigns import Campaign, CampaignMail
from portal.campaigns.rules.states import ShownState
from portal.catalogue.models import Bundle, ServiceItem
from portal.customers.models import Contact, Customer, one_of
from portal.db import audit
from portal.db.audit import Event
from portal.db.base import Base, CustomerOwned, Stamped, Versioned
from portal.db.types import JSONText, UTCDateTime
from portal.kernel.text import t
from portal.opportunities.models import Opportunity

audit.declare(
    {
        "offer.written": Event(t("Recommended service written")),
        "offer.changed": Event(t("Recommended service changed")),
        "offer.published": Event(t("Recommended service published")),
        "offer.withdrawn": Event(t("Recommended service taken down")),
        "interest.shown": Event(t("Interest shown"), public=True),
    }
)


class Offer(Versioned, Stamped, Base):
    """A service item or a bundle that the firm recommends to customers (REQUIREMENTS K7).

    `tiers` and `industries` []: to all. `only_new`: not to customers who have bought it already.
    """

    __tablename__ = "offer"
    __table_args__ = (
        CheckConstraint(one_of("state", ShownState), name="known_state"),
        CheckConstraint("(item_id IS NULL) <> (bundle_id IS NULL)", name="one_thing"),
        CheckConstraint("title_zh <> '' OR title_en <> ''", name="has_title"),
        CheckConstraint("until_on IS NULL OR until_on >= from_on", name="ends_after_start"),
        Index("ix_offer_shown", "state", "from_on", "id"),
        Index("ix_offer_updated", "updated_at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(String(12), default=ShownState.DRAFT.value)
    item_id: Mapped[int | None] = mapped_column(ForeignKey("service_item.id"), index=True)
    bundle_id: Mapped[int | None] = mapped_column(ForeignKey("bundle.id"), index=True)
    title_zh: Mapped[str] = mapped_column(String(120), default="")
    title_en: Mapped[str] = mapped_column(String(160), default="")
    text_zh: Mapped[str] = mapped_column(Text, default="")
    text_en: Mapped[str] = mapped_column(Text, default="")
    tiers: Mapped[Any] = mapped_column(JSONText, default=list)
    industries: Mapped[Any] = mapped_column(JSONText, default=list)
    only_new: Mapped[bool] = mapped_column(default=True)
    from_on: Mapped[date]
    until_on: Mapped[date | None]
    author_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))

    item: Mapped[ServiceItem | None] = relationship()
    bundle: Mapped[Bundle | None] = relationship()
    author: Mapped[User | None] = relationship()

    @property
    def name_zh(self) -> str:
        """The Chinese title, under the name that every record's name has."""
        return self.title_zh

    @property
    def name_en(self) -> str:
        """The English title."""
        return self.title_en


class Interest(CustomerOwned, Base):
    """A customer wants to hear more: of an offer, or of what a campaign's mail told; once for each of them."""

    __tablename__ = "interest"
    __table_args__ = (
        CheckConstraint("(offer_id IS NULL) <> (campaign_id IS NULL)", name="of_one_thing"),
        CheckConstraint("(campaign_id IS NULL) = (mail_id IS NULL)", name="campaign_by_its_mail"),
        Index("ix_interest_customer", "customer_id", "at", "id"),
        Index("ix_interest_at", "at", "id"),
    )

    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"))
    id: Mapped[int] = mapped_column(primary_key=True)
    offer_id: Mapped[int | None] = mapped_column(ForeignKey("offer.id"), index=True)
    campaign_id: Mapped[int | None] = mapped_column(ForeignKey("campaign.id"), index=True)
    mail_id: Mapped[int | None] = mapped_column(ForeignKey("campaign_mail.id"), index=True)
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contact.id"), index=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    name: Mapped[str] = mapped_column(String(120), default="")
    text: Mapped[str] = mapped_column(String(1000), default="")
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    opportunity_id: Mapped[int | None] = mapped_column(ForeignKey("opportunity.id"), index=True)

    customer: Mapped[Customer] = relationship()
    offer: Mapped[Offer | None] = relationship()
    campaign: Mapped[Campaign | None] = relationship()
    mail: Mapped[CampaignMail | None] = relationship()
    contact: Mapped[Contact | None] = relationship()
    opportunity: Mapped[Opportunity | None] = relationship()


Index(
    "uq_interest_offer",
    Interest.offer_id,
    Interest.customer_id,
    unique=True,
    sqlite_where=Interest.offer_id.is_not(None),
    postgresql_where=Interest.offer_id.is_not(None),
)
Index(
    "uq_interest_campaign",
    Interest.campaign_id,
    Interest.customer_id,
    unique=True,
    sqlite_where=Interest.campaign_id.is_not(None),
    postgresql_where=Interest.campaign_id.is_not(None),
)
