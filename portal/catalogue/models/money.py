"""Rates of exchange and of tax: data with dates, the source named (DOMAIN F4, F5)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy import CheckConstraint, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import audit
from portal.db.audit import Event
from portal.db.base import Base, Stamped, Versioned
from portal.db.types import Rate
from portal.kernel.text import t

audit.declare(
    {
        "exchange_rate.recorded": Event(t("Rate of exchange recorded")),
        "tax_rate.recorded": Event(t("Tax rate recorded")),
    }
)


class ExchangeRate(Versioned, Stamped, Base):
    """How much of `base` one unit of `currency` is worth on a day, by a named source."""

    __tablename__ = "exchange_rate"
    __table_args__ = (
        UniqueConstraint("currency", "base", "on", "source"),
        CheckConstraint("rate > 0", name="rate_positive"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    currency: Mapped[str] = mapped_column(String(3))
    base: Mapped[str] = mapped_column(String(3), default="CNY")
    on: Mapped[date]
    rate: Mapped[Decimal] = mapped_column(Rate)
    source: Mapped[str] = mapped_column(String(60))


class TaxRate(Versioned, Stamped, Base):
    """The rate and the printed label of a tax class from a day on; 0 % and exempt are not the same label."""

    __tablename__ = "tax_rate"
    __table_args__ = (
        UniqueConstraint("tax_class", "valid_from"),
        CheckConstraint("percent >= 0", name="percent_not_negative"),
        CheckConstraint("kind IN ('taxed', 'exempt', 'zero', 'outside')", name="known_kind"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    tax_class: Mapped[str] = mapped_column(String(24))
    name_zh: Mapped[str] = mapped_column(String(60))
    name_en: Mapped[str] = mapped_column(String(80), default="")
    label_zh: Mapped[str] = mapped_column(String(20))
    label_en: Mapped[str] = mapped_column(String(20))
    kind: Mapped[str] = mapped_column(String(8), default="taxed")
    percent: Mapped[Decimal] = mapped_column(Rate)
    valid_from: Mapped[date]
