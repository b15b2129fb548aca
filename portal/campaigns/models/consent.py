"""Whether a person wants news from us by mail."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.campaigns.rules.kinds import Consent, ConsentWay
from portal.customers.models import one_of
from portal.db import audit
from portal.db.audit import Event
from portal.db.base import Base, Stamped, Versioned
from portal.db.types import UTCDateTime
from portal.kernel.text import t

audit.declare(
    {
        "consent.given": Event(t("Agreed to get news by mail")),
        "consent.withdrawn": Event(t("Wants no more news by mail")),
    }
)


class MarketingConsent(Versioned, Stamped, Base):
    """The present word of the person behind one mail address; how it came to be is in the history.

    It belongs to the address (in lower case), whatever customers the person works for: who says no is written to by
    nobody's campaign any more. An address without a row was never asked, and gets nothing.
    """

    __tablename__ = "marketing_consent"
    __table_args__ = (
        CheckConstraint(one_of("state", Consent), name="known_state"),
        CheckConstraint(one_of("way", ConsentWay), name="known_way"),
        CheckConstraint("email = lower(email) AND email <> ''", name="lower_case"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    state: Mapped[str] = mapped_column(String(12))
    way: Mapped[str] = mapped_column(String(12))
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    by_name: Mapped[str] = mapped_column(String(120), default="")
    note: Mapped[str] = mapped_column(String(300), default="")


class SuppressedAddress(Base):
    """An address whose person was erased: nobody may enter it among those who want news (GDPR 21(3), PIPL 15).

    Only a slow hash is kept (`campaigns.rules.addresses.fingerprint`); the person alone can lift it, by asking again.
    """

    __tablename__ = "suppressed_address"

    fingerprint: Mapped[str] = mapped_column(String(64), primary_key=True)
    since: Mapped[datetime] = mapped_column(UTCDateTime)
