"""Watch notes on people and industries of customers, and the register of the market."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.models import User
from portal.care.rules.kinds import Importance, MarketKind, Reliability, WatchSubject
from portal.catalogue.models import ServiceItem
from portal.customers.models import Contact, Customer, one_of
from portal.db import audit
from portal.db.audit import Event
from portal.db.base import Base, HouseOnly, Stamped, Versioned
from portal.db.types import Rate
from portal.kernel.text import t
from portal.opportunities.models import Competitor

NEVER = date(9999, 12, 31)
"""`expires_on` of what stays true until somebody takes it off: a list can be sorted by it."""

audit.declare(
    {
        "watch_note.written": Event(t("Watch note written")),
        "watch_note.changed": Event(t("Watch note changed")),
        "watch_note.ended": Event(t("Watch note taken off")),
        "market.noted": Event(t("News of the market noted")),
        "market.changed": Event(t("News of the market changed")),
        "market.ended": Event(t("News of the market taken off")),
    }
)


class WatchNote(HouseOnly, Versioned, Stamped, Base):
    """What to know before one speaks to a customer: about a person there, the firm, or its industry. Ours alone.

    In force until `expires_on`, or until it was taken off (`ended_on`).
    """

    __tablename__ = "watch_note"
    __table_args__ = (
        CheckConstraint(one_of("subject", WatchSubject), name="known_subject"),
        CheckConstraint(one_of("importance", Importance), name="known_importance"),
        CheckConstraint("subject <> 'person' OR contact_id IS NOT NULL", name="person_is_named"),
        Index("ix_watch_note_customer", "customer_id", "expires_on", "id"),
        Index("ix_watch_note_expiry", "expires_on", "id"),
        Index("ix_watch_note_noted", "noted_on", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(String(8))
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contact.id"), index=True)
    importance: Mapped[str] = mapped_column(String(8), default=Importance.MIDDLE.value)
    text: Mapped[str] = mapped_column(String(1000))
    source: Mapped[str] = mapped_column(String(160), default="")
    noted_on: Mapped[date]
    expires_on: Mapped[date] = mapped_column(default=NEVER)
    ended_on: Mapped[date | None]
    written_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))

    customer: Mapped[Customer] = relationship()
    contact: Mapped[Contact | None] = relationship()
    writer: Mapped[User | None] = relationship()


class MarketEntry(Versioned, Stamped, Base):
    """Something heard of the market (REQUIREMENTS K10): a competitor's price or move, news, a rule.

    `price` in `currency` per `unit` on the lane `origin` → `destination` (free words, as heard).
    """

    __tablename__ = "market_entry"
    __table_args__ = (
        CheckConstraint(one_of("kind", MarketKind), name="known_kind"),
        CheckConstraint(one_of("reliability", Reliability), name="known_reliability"),
        CheckConstraint("kind <> 'price' OR price IS NOT NULL", name="price_is_named"),
        Index("ix_market_entry_observed", "observed_on", "id"),
        Index("ix_market_entry_expiry", "expires_on", "id"),
        Index("ix_market_entry_competitor", "competitor_id", "observed_on", "id"),
        Index("ix_market_entry_industry", "industry", "expires_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(8))
    title: Mapped[str] = mapped_column(String(160))
    text: Mapped[str] = mapped_column(Text, default="")
    competitor_id: Mapped[int | None] = mapped_column(ForeignKey("competitor.id"))
    industry: Mapped[str] = mapped_column(String(60), default="")
    origin: Mapped[str] = mapped_column(String(80), default="")
    destination: Mapped[str] = mapped_column(String(80), default="")
    item_id: Mapped[int | None] = mapped_column(ForeignKey("service_item.id"), index=True)
    price: Mapped[Decimal | None] = mapped_column(Rate)
    currency: Mapped[str] = mapped_column(String(3), default="CNY")
    unit: Mapped[str] = mapped_column(String(24), default="")
    source: Mapped[str] = mapped_column(String(160), default="")
    reliability: Mapped[str] = mapped_column(String(8), default=Reliability.LIKELY.value)
    observed_on: Mapped[date]
    expires_on: Mapped[date] = mapped_column(default=NEVER)
    ended_on: Mapped[date | None]
    noted_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    search_text: Mapped[str] = mapped_column(String(1000), default="")

    competitor: Mapped[Competitor | None] = relationship()
    item: Mapped[ServiceItem | None] = relationship()
    writer: Mapped[User | None] = relationship()
