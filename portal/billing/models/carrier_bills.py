"""Carriers' bills 应付对账, compared with what we sent out ourselves (DOMAIN R11, R12)."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.billing.rules.carrier_bills import Finding
from portal.catalogue.models import Tariff
from portal.customers.models import one_of
from portal.db import audit
from portal.db.audit import Event
from portal.db.base import Base, Stamped, Versioned
from portal.db.types import Amount, JSONText, Quantity, UTCDateTime
from portal.kernel.text import t

audit.declare(
    {
        "carrier_bill.read": Event(t("Carrier's bill compared")),
        "carrier_bill.noted": Event(t("Note on a waybill")),
        "carrier_bill.settled": Event(t("Differences settled")),
        "carrier_bill.discarded": Event(t("Comparison discarded")),
    }
)


class CarrierBill(Versioned, Stamped, Base):
    """One bill of one carrier for a period, with what came of the comparison; costs, never shown to customers.

    `own_file_name`: our outbound records, empty where they are the usage records of the period. `tolerance_by_price`:
    a larger difference of weight is accepted too where it does not change the price. `counts`: finding → its sums
    (`rules.carrier_bills.Sums`).
    """

    __tablename__ = "carrier_bill"

    id: Mapped[int] = mapped_column(primary_key=True)
    carrier: Mapped[str] = mapped_column(String(60))
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    currency: Mapped[str] = mapped_column(String(3), default="CNY")
    file_name: Mapped[str] = mapped_column(String(160))
    sha256: Mapped[str] = mapped_column(String(64), unique=True)
    own_file_name: Mapped[str] = mapped_column(String(160), default="")
    tolerance_kg: Mapped[Decimal] = mapped_column(Quantity, default=Decimal(0))
    tolerance_by_price: Mapped[bool] = mapped_column(default=False)
    tariff_id: Mapped[int | None] = mapped_column(ForeignKey("tariff.id"))
    line_count: Mapped[int] = mapped_column(default=0)
    counts: Mapped[Any] = mapped_column(JSONText, default=dict)
    billed_amount: Mapped[Decimal] = mapped_column(Amount, default=Decimal(0))
    read_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    settled_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    settled_reason: Mapped[str] = mapped_column(String(500), default="")

    tariff: Mapped[Tariff | None] = relationship()
    rows: Mapped[list[CarrierBillRow]] = relationship(
        back_populates="bill", order_by="CarrierBillRow.id", cascade="all, delete-orphan"
    )


class CarrierBillRow(Base):
    """One waybill of the bill or of ours, and how the two sides compare.

    `also`: the other findings that hold. `own_kg` None: we have no record; 0: we did not weigh it. `expected_amount` is
    the freight by the tariff at the billed weight, `own_amount` at ours; `unpriced` says why there is none.
    """

    __tablename__ = "carrier_bill_row"
    __table_args__ = (
        CheckConstraint(one_of("finding", Finding), name="known_finding"),
        Index("ix_carrier_bill_row_bill", "bill_id", "finding", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    bill_id: Mapped[int] = mapped_column(ForeignKey("carrier_bill.id", ondelete="CASCADE"))
    waybill: Mapped[str] = mapped_column(String(60))
    finding: Mapped[str] = mapped_column(String(20))
    also: Mapped[Any] = mapped_column(JSONText, default=list)
    region: Mapped[str] = mapped_column(String(60), default="")
    product: Mapped[str] = mapped_column(String(60), default="")
    customer: Mapped[str] = mapped_column(String(60), default="")
    billed_on: Mapped[date | None]
    sent_on: Mapped[date | None]
    billed_kg: Mapped[Decimal | None] = mapped_column(Quantity)
    own_kg: Mapped[Decimal | None] = mapped_column(Quantity)
    freight_amount: Mapped[Decimal] = mapped_column(Amount, default=Decimal(0))
    expected_amount: Mapped[Decimal | None] = mapped_column(Amount)
    own_amount: Mapped[Decimal | None] = mapped_column(Amount)
    unpriced: Mapped[Any | None] = mapped_column(JSONText)
    insurance_amount: Mapped[Decimal] = mapped_column(Amount, default=Decimal(0))
    return_amount: Mapped[Decimal] = mapped_column(Amount, default=Decimal(0))
    other_amount: Mapped[Decimal] = mapped_column(Amount, default=Decimal(0))
    usage_id: Mapped[int | None] = mapped_column(ForeignKey("usage_record.id"))
    settled_note: Mapped[str] = mapped_column(String(300), default="")

    bill: Mapped[CarrierBill] = relationship(back_populates="rows")
