"""Service items, bundles of them, and places of the firm's own."""

from __future__ import annotations

from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.db import audit
from portal.db.audit import Event
from portal.db.base import Base, Stamped, Versioned
from portal.db.types import JSONText, Quantity
from portal.kernel.text import t

audit.declare(
    {
        "service_item.created": Event(t("Service item created")),
        "service_item.changed": Event(t("Service item changed")),
        "bundle.created": Event(t("Bundle created")),
        "bundle.changed": Event(t("Bundle changed")),
        "place.created": Event(t("Place added")),
    }
)

ANY = ""
"""An origin, destination, packaging or carrier of "" means any."""


class ServiceItem(Versioned, Stamped, Base):
    """The smallest service that is measured and priced on its own (DOMAIN C1, C2).

    `origin` and `destination` are place codes of `catalogue.rules.places` (or a firm's place); `packaging` is a box
    code; `main_unit` is the unit that totals are counted in, not the unit that is priced.
    """

    __tablename__ = "service_item"
    __table_args__ = (
        UniqueConstraint(
            "category",
            "load",
            "charge_code",
            "origin",
            "destination",
            "packaging",
            "main_unit",
            "qualifier",
            name="uq_service_item_key",
        ),
        Index("ix_service_item_lane", "origin", "destination", "packaging"),
        Index("ix_service_item_name", "name_zh", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(120), unique=True)
    name_zh: Mapped[str] = mapped_column(String(120))
    name_en: Mapped[str] = mapped_column(String(160), default="")
    category: Mapped[str] = mapped_column(String(24))
    load: Mapped[str] = mapped_column(String(8), default="none")
    charge_code: Mapped[str] = mapped_column(String(24))
    origin: Mapped[str] = mapped_column(String(60), default=ANY)
    destination: Mapped[str] = mapped_column(String(60), default=ANY)
    packaging: Mapped[str] = mapped_column(String(16), default=ANY)
    main_unit: Mapped[str] = mapped_column(String(16))
    qualifier: Mapped[str] = mapped_column(String(60), default="")
    section: Mapped[str] = mapped_column(String(16), default="freight")
    tax_class: Mapped[str] = mapped_column(String(24), default="service_6")
    tax_inclusive: Mapped[bool] = mapped_column(default=True)
    default_currency: Mapped[str] = mapped_column(String(3), default="CNY")
    active: Mapped[bool] = mapped_column(default=True)
    search_text: Mapped[str] = mapped_column(String(600), default="")


class Bundle(Versioned, Stamped, Base):
    """A named set of items 方案包 that expands into lines keeping their own prices (DOMAIN C6)."""

    __tablename__ = "bundle"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    name_zh: Mapped[str] = mapped_column(String(120))
    name_en: Mapped[str] = mapped_column(String(160), default="")
    note: Mapped[str] = mapped_column(String(1000), default="")
    active: Mapped[bool] = mapped_column(default=True)
    search_text: Mapped[str] = mapped_column(String(600), default="")

    lines: Mapped[list[BundleLine]] = relationship(
        back_populates="bundle", order_by="BundleLine.position", cascade="all, delete-orphan"
    )


class BundleLine(Base):
    """One item of a bundle and how much of it."""

    __tablename__ = "bundle_line"
    __table_args__ = (CheckConstraint("quantity > 0", name="quantity_positive"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    bundle_id: Mapped[int] = mapped_column(ForeignKey("bundle.id", ondelete="CASCADE"), index=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("service_item.id"), index=True)
    position: Mapped[int]
    quantity: Mapped[Any] = mapped_column(Quantity, default=1)

    bundle: Mapped[Bundle] = relationship(back_populates="lines")
    item: Mapped[ServiceItem] = relationship()


class FirmPlace(Versioned, Base):
    """A place that the shipped table lacks: a district, a warehouse, a small port."""

    __tablename__ = "firm_place"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(60), unique=True)
    name_zh: Mapped[str] = mapped_column(String(80))
    name_en: Mapped[str] = mapped_column(String(120), default="")
    kind: Mapped[str] = mapped_column(String(16), default="free")
    country: Mapped[str] = mapped_column(String(2), default="CN")
    parent: Mapped[str] = mapped_column(String(60), default="")
    aliases: Mapped[Any] = mapped_column(JSONText, default=list)
