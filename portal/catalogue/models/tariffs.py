"""Price schemes, their dated tariffs, the prices in them, their costs, and surcharges by rule."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.catalogue.models.items import ANY, ServiceItem
from portal.catalogue.rules.terms import PriceTerms
from portal.db import audit
from portal.db.audit import Event
from portal.db.base import Base, Stamped, Versioned
from portal.db.types import JSONText, Rate, UTCDateTime
from portal.kernel.lifecycle import Lifecycle
from portal.kernel.text import Text, t

audit.declare(
    {
        "scheme.created": Event(t("Price scheme created")),
        "scheme.changed": Event(t("Price scheme changed")),
        "tariff.drafted": Event(t("Tariff drafted")),
        "tariff.imported": Event(t("Prices imported")),
        "tariff.activated": Event(t("Tariff activated")),
        "tariff.superseded": Event(t("Tariff superseded")),
        "tariff.retired": Event(t("Tariff retired")),
        "tariff.discarded": Event(t("Draft tariff discarded")),
        "surcharge.created": Event(t("Surcharge rule created")),
        "surcharge.changed": Event(t("Surcharge rule changed")),
    }
)


class SchemeKind(StrEnum):
    """Whom a scheme is for (DOMAIN S2)."""

    STANDARD = "standard"
    TIER = "tier"
    CUSTOMER = "customer"
    PROMOTION = "promotion"
    COST = "cost"


class TariffState(StrEnum):
    """A tariff is edited as a draft only."""

    DRAFT = "draft"
    ACTIVE = "active"
    SUPERSEDED = "superseded"
    RETIRED = "retired"


class TariffStep(StrEnum):
    """What may be done with a tariff."""

    ACTIVATE = "activate"
    SUPERSEDE = "supersede"
    RETIRE = "retire"


TARIFF_WORDS: Mapping[TariffState, Text] = {
    TariffState.DRAFT: t("Draft"),
    TariffState.ACTIVE: t("Active"),
    TariffState.SUPERSEDED: t("Superseded"),
    TariffState.RETIRED: t("Retired"),
}

TARIFF_STEPS = Lifecycle(
    {
        (TariffState.DRAFT, TariffStep.ACTIVATE): TariffState.ACTIVE,
        (TariffState.ACTIVE, TariffStep.SUPERSEDE): TariffState.SUPERSEDED,
        (TariffState.ACTIVE, TariffStep.RETIRE): TariffState.RETIRED,
    },
    TARIFF_WORDS,
)


class PriceScheme(Versioned, Stamped, Base):
    """A named strategy 价格方案: who may be quoted by it, who may quote from it, within which limits."""

    __tablename__ = "price_scheme"
    __table_args__ = (
        CheckConstraint(
            "kind IN ('standard', 'tier', 'customer', 'promotion', 'cost')", name="known_kind"
        ),
        CheckConstraint(
            "(kind = 'customer') = (customer_id IS NOT NULL)", name="customer_scheme_has_customer"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    name_zh: Mapped[str] = mapped_column(String(120))
    name_en: Mapped[str] = mapped_column(String(160), default="")
    kind: Mapped[str] = mapped_column(String(12))
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customer.id"), index=True)
    segments: Mapped[Any] = mapped_column(JSONText, default=list)
    floor_margin_percent: Mapped[Decimal | None] = mapped_column(Rate)
    discount_limit_percent: Mapped[Decimal] = mapped_column(Rate, default=Decimal(0))
    reference_date: Mapped[str] = mapped_column(String(16), default="departure")
    step_up: Mapped[bool | None]
    stacks: Mapped[bool] = mapped_column(default=False)
    active: Mapped[bool] = mapped_column(default=True)
    note: Mapped[str] = mapped_column(String(1000), default="")

    grants: Mapped[list[SchemeGrant]] = relationship(
        cascade="all, delete-orphan", back_populates="scheme"
    )
    tariffs: Mapped[list[Tariff]] = relationship(
        back_populates="scheme", order_by="Tariff.version_no"
    )


class SchemeGrant(Base):
    """A role or one person who may quote from a scheme."""

    __tablename__ = "scheme_grant"
    __table_args__ = (
        CheckConstraint("(role IS NULL) <> (user_id IS NULL)", name="role_or_person"),
        UniqueConstraint("scheme_id", "role", "user_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    scheme_id: Mapped[int] = mapped_column(ForeignKey("price_scheme.id", ondelete="CASCADE"))
    role: Mapped[str | None] = mapped_column(String(32))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))

    scheme: Mapped[PriceScheme] = relationship(back_populates="grants")


class Tariff(Versioned, Stamped, Base):
    """A dated version of a scheme; never edited once active (DOMAIN S5)."""

    __tablename__ = "tariff"
    __table_args__ = (
        UniqueConstraint("scheme_id", "version_no"),
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="ends_after_start"),
        CheckConstraint(
            "state IN ('draft', 'active', 'superseded', 'retired')", name="known_state"
        ),
        Index("ix_tariff_state", "state", "valid_from"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    scheme_id: Mapped[int] = mapped_column(ForeignKey("price_scheme.id"))
    version_no: Mapped[int]
    code: Mapped[str] = mapped_column(String(60), unique=True)
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    state: Mapped[str] = mapped_column(String(12), default=TariffState.DRAFT.value)
    price_count: Mapped[int] = mapped_column(default=0)
    source_name: Mapped[str] = mapped_column(String(160), default="")
    source_sha256: Mapped[str | None] = mapped_column(String(64))
    activated_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    activated_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    note: Mapped[str] = mapped_column(String(1000), default="")

    scheme: Mapped[PriceScheme] = relationship(back_populates="tariffs")


class Price(Base):
    """One price line: an item in a tariff. The lane columns repeat the item's, for the lane index.

    `natural_key` is that of `rules.sheets.rows.PriceRow`; what it names beside these columns is the item's (load,
    qualifier). `inclusive_codes` are separated by blanks.
    """

    __tablename__ = "price"
    __table_args__ = (
        UniqueConstraint("tariff_id", "natural_key"),
        Index("ix_price_lane", "origin", "destination", "tariff_id", "packaging"),
        Index("ix_price_tariff", "tariff_id", "id"),
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="ends_after_start"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    tariff_id: Mapped[int] = mapped_column(ForeignKey("tariff.id", ondelete="CASCADE"))
    item_id: Mapped[int] = mapped_column(ForeignKey("service_item.id"), index=True)
    natural_key: Mapped[str] = mapped_column(String(400))
    category: Mapped[str] = mapped_column(String(24))
    charge_code: Mapped[str] = mapped_column(String(24))
    charge_name: Mapped[str] = mapped_column(String(160), default="")
    origin: Mapped[str] = mapped_column(String(60), default=ANY)
    destination: Mapped[str] = mapped_column(String(60), default=ANY)
    packaging: Mapped[str] = mapped_column(String(16), default=ANY)
    carrier: Mapped[str] = mapped_column(String(40), default=ANY)
    currency: Mapped[str] = mapped_column(String(3), default="")
    basis: Mapped[str] = mapped_column(String(16))
    unit: Mapped[str] = mapped_column(String(16), default="")
    headline: Mapped[Decimal | None] = mapped_column(Rate)
    terms: Mapped[Any] = mapped_column(JSONText)
    inclusive_codes: Mapped[str] = mapped_column(String(240), default="")
    transit_days: Mapped[int | None]
    free_days: Mapped[int | None]
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    source_row: Mapped[int | None]
    note: Mapped[str] = mapped_column(String(500), default="")

    tariff: Mapped[Tariff] = relationship()
    item: Mapped[ServiceItem] = relationship()
    costs: Mapped[list[PriceCost]] = relationship(
        cascade="all, delete-orphan", back_populates="price"
    )

    @property
    def price_terms(self) -> PriceTerms:
        """How this line prices, for the engine."""
        return PriceTerms.from_json(self.terms)


class PriceCost(Base):
    """A typed cost component of a price (DOMAIN M1): in a table of its own, which no customer's page reads.

    `amount` is for one price unit, or with `is_flat` for the whole line; otherwise `percent` of the base cost.
    """

    __tablename__ = "price_cost"
    __table_args__ = (
        CheckConstraint(
            "kind IN ('base', 'rebate', 'sticker', 'surcharge', 'other')", name="known_kind"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    price_id: Mapped[int] = mapped_column(ForeignKey("price.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(12))
    currency: Mapped[str] = mapped_column(String(3), default="")
    amount: Mapped[Decimal | None] = mapped_column(Rate)
    is_flat: Mapped[bool] = mapped_column(default=False)
    percent: Mapped[Decimal | None] = mapped_column(Rate)
    note: Mapped[str] = mapped_column(String(200), default="")

    price: Mapped[Price] = relationship(back_populates="costs")


class SurchargeRule(Versioned, Stamped, Base):
    """A service item that attaches itself to what it matches (DOMAIN section 5); "" matches anything."""

    __tablename__ = "surcharge_rule"
    __table_args__ = (
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="ends_after_start"),
        Index("ix_surcharge_rule_active", "active", "category"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("service_item.id"), index=True)
    scheme_id: Mapped[int | None] = mapped_column(ForeignKey("price_scheme.id"), index=True)
    category: Mapped[str] = mapped_column(String(24), default=ANY)
    load: Mapped[str] = mapped_column(String(8), default=ANY)
    origin: Mapped[str] = mapped_column(String(60), default=ANY)
    destination: Mapped[str] = mapped_column(String(60), default=ANY)
    packaging: Mapped[str] = mapped_column(String(16), default=ANY)
    carrier: Mapped[str] = mapped_column(String(40), default=ANY)
    terms: Mapped[Any] = mapped_column(JSONText)
    cost_terms: Mapped[Any | None] = mapped_column(JSONText)
    is_optional: Mapped[bool] = mapped_column(default=False)
    is_collect: Mapped[bool] = mapped_column(default=False)
    is_pass_through: Mapped[bool] = mapped_column(default=False)
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    position: Mapped[int] = mapped_column(default=100)
    active: Mapped[bool] = mapped_column(default=True)
    note: Mapped[str] = mapped_column(String(500), default="")

    item: Mapped[ServiceItem] = relationship()
    scheme: Mapped[PriceScheme | None] = relationship()

    @property
    def price_terms(self) -> PriceTerms:
        """How this surcharge prices, for the engine."""
        return PriceTerms.from_json(self.terms)
