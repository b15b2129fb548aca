"""What a quotation costs us and earns: tables of their own, which no customer's page or document reads."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.db.base import Base, CustomerOwned
from portal.db.types import Amount, Rate


class QuotationLineCost(CustomerOwned, Base):
    """One typed cost component of a line: per unit, one amount, or a percentage of its base cost (DOMAIN M1)."""

    __tablename__ = "quotation_line_cost"
    __table_args__ = (
        CheckConstraint(
            "kind IN ('base', 'rebate', 'sticker', 'surcharge', 'other')", name="known_kind"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    line_id: Mapped[int] = mapped_column(
        ForeignKey("quotation_line.id", ondelete="CASCADE"), index=True
    )
    kind: Mapped[str] = mapped_column(String(12))
    currency: Mapped[str] = mapped_column(String(3))
    per_unit: Mapped[Decimal | None] = mapped_column(Rate)
    flat: Mapped[Decimal | None] = mapped_column(Rate)
    percent: Mapped[Decimal | None] = mapped_column(Rate)


class QuotationMargin(CustomerOwned, Base):
    """What a version earns, in the firm's currency, before and after rebate (DOMAIN M2)."""

    __tablename__ = "quotation_margin"

    version_id: Mapped[int] = mapped_column(
        ForeignKey("quotation_version.id", ondelete="CASCADE"), primary_key=True
    )
    currency: Mapped[str] = mapped_column(String(3))
    sale: Mapped[Decimal] = mapped_column(Amount)
    cost_before_rebate: Mapped[Decimal] = mapped_column(Amount)
    cost_after_rebate: Mapped[Decimal] = mapped_column(Amount)
    rate_before_rebate: Mapped[Decimal | None] = mapped_column(Rate)
    rate_after_rebate: Mapped[Decimal | None] = mapped_column(Rate)
    is_complete: Mapped[bool] = mapped_column(default=True)
