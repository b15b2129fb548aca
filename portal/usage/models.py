"""Usage records and the files they come in by."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.catalogue.models import ServiceItem
from portal.contracts.models import Contract, Entitlement
from portal.customers.models import Customer, one_of
from portal.db import audit
from portal.db.audit import Event
from portal.db.base import Base, CustomerOwned, Versioned, once_where_set
from portal.db.types import JSONText, Quantity, UTCDateTime
from portal.kernel.text import t
from portal.usage.rules.states import BatchState, UsageState

audit.declare(
    {
        "usage.recorded": Event(t("Usage recorded"), public=True),
        "usage.matched": Event(t("Usage matched to an entitlement")),
        "usage.reversed": Event(t("Usage reversed"), public=True),
        "usage.dismissed": Event(t("Usage dismissed")),
        "import_batch.read": Event(t("File read")),
        "import_batch.applied": Event(t("File applied")),
        "import_batch.discarded": Event(t("File discarded")),
    }
)


class ImportBatch(Versioned, Base):
    """One file on its way in: usage, stock movements, milestones or a bank's credits; all of it is applied, or nothing.

    `kind`: usage, movements, milestones, stock_items, bank. `options` is what the reader needs to know beside the file.
    """

    __tablename__ = "import_batch"
    __table_args__ = (
        CheckConstraint(one_of("state", BatchState), name="known_state"),
        Index("ix_import_batch_kind", "kind", "id"),
        Index("ix_import_batch_state", "state", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    file_name: Mapped[str] = mapped_column(String(160))
    sha256: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(12), default=BatchState.WAITING.value)
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    problems: Mapped[Any] = mapped_column(JSONText, default=list)
    counts: Mapped[Any] = mapped_column(JSONText, default=dict)
    options: Mapped[Any] = mapped_column(JSONText, default=dict)
    created_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    heartbeat_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class UsageRecord(CustomerOwned, Base):
    """One fact: this customer used so much of this service on that day (DOMAIN E3).

    (`source`, `reference`) says where it comes from and is taken once. The fact itself never changes; what became of
    it does: `state`, `mismatch`, and the contract and entitlement that it was drawn from (the first one where it was
    split; all of them are in the ledger under source "usage", `draws` says how many). A reversal is a record of its own
    with a negative `quantity` and `reverses_id`. `statement_id`: the statement that took it; None while it is unbilled.
    """

    __tablename__ = "usage_record"
    __table_args__ = (
        UniqueConstraint("source", "reference"),
        CheckConstraint(one_of("state", UsageState), name="known_state"),
        CheckConstraint("quantity <> 0", name="quantity_not_zero"),
        CheckConstraint("quantity > 0 OR reverses_id IS NOT NULL", name="negative_is_reversal"),
        Index("ix_usage_record_used", "used_on", "id"),
        Index("ix_usage_record_customer_used", "customer_id", "used_on", "id"),
        Index("ix_usage_record_entitlement", "entitlement_id", "used_on", "id"),
        Index("ix_usage_record_contract", "contract_id", "used_on", "id"),
        Index("ix_usage_record_batch", "batch_id", "id"),
        Index(
            "ix_usage_record_reference",
            "reference",
            postgresql_ops={"reference": "varchar_pattern_ops"},
        ),
    )

    # No index of its own: the one by customer and day does its work, and files come in by the 100,000 rows.
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"))
    id: Mapped[int] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(String(24))
    reference: Mapped[str] = mapped_column(String(80))
    item_code: Mapped[str] = mapped_column(String(120))
    item_id: Mapped[int | None] = mapped_column(ForeignKey("service_item.id"))
    quantity: Mapped[Decimal] = mapped_column(Quantity)
    unit: Mapped[str] = mapped_column(String(16))
    stat_quantity: Mapped[Decimal] = mapped_column(Quantity, default=Decimal(0))
    over_quantity: Mapped[Decimal] = mapped_column(Quantity, default=Decimal(0))
    used_on: Mapped[date]
    state: Mapped[str] = mapped_column(String(12))
    mismatch: Mapped[str] = mapped_column(String(16), default="")
    contract_id: Mapped[int | None] = mapped_column(ForeignKey("contract.id"))
    entitlement_id: Mapped[int | None] = mapped_column(ForeignKey("entitlement.id"))
    reverses_id: Mapped[int | None] = mapped_column(ForeignKey("usage_record.id"))
    shipment_id: Mapped[int | None]
    statement_id: Mapped[int | None]
    draws: Mapped[int] = mapped_column(default=1)
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("import_batch.id"))
    facts: Mapped[Any] = mapped_column(JSONText, default=dict)
    note: Mapped[str] = mapped_column(String(500), default="")
    decided_reason: Mapped[str] = mapped_column(String(500), default="")
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime)

    customer: Mapped[Customer] = relationship()
    item: Mapped[ServiceItem | None] = relationship()
    contract: Mapped[Contract | None] = relationship()
    entitlement: Mapped[Entitlement | None] = relationship()
    original: Mapped[UsageRecord | None] = relationship(remote_side="UsageRecord.id", viewonly=True)


once_where_set(UsageRecord.reverses_id)
Index(
    "ix_usage_record_shipment_id",
    UsageRecord.shipment_id,
    sqlite_where=UsageRecord.shipment_id.is_not(None),
    postgresql_where=UsageRecord.shipment_id.is_not(None),
)
Index(
    "ix_usage_record_unbilled",
    UsageRecord.customer_id,
    UsageRecord.used_on,
    UsageRecord.id,
    sqlite_where=UsageRecord.statement_id.is_(None),
    postgresql_where=UsageRecord.statement_id.is_(None),
)
Index(
    "ix_usage_record_statement",
    UsageRecord.statement_id,
    sqlite_where=UsageRecord.statement_id.is_not(None),
    postgresql_where=UsageRecord.statement_id.is_not(None),
)
Index(
    "ix_usage_record_queue",
    UsageRecord.used_on,
    UsageRecord.id,
    sqlite_where=UsageRecord.state == "unmatched",
    postgresql_where=UsageRecord.state == "unmatched",
)
