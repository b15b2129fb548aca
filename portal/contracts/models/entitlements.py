"""Entitlements 客户权益 and their append-only ledger."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.catalogue.models import ServiceItem
from portal.contracts.models.contracts import Contract, ContractLine
from portal.contracts.rules.kinds import EntryKind, Overage
from portal.customers.models import Customer, one_of
from portal.db import audit
from portal.db.audit import Event
from portal.db.base import AppendOnly, Base, CustomerOwned, once_where_set
from portal.db.types import Quantity, UTCDateTime
from portal.kernel.text import t

audit.declare(
    {
        "entitlement.granted": Event(t("Entitlement granted"), public=True),
        "entitlement.adjusted": Event(t("Entitlement adjusted"), public=True),
        "entitlement.lapsed": Event(t("What was left has lapsed"), public=True),
        "entitlement.carried_over": Event(t("What was left is carried over"), public=True),
        "entitlement.noticed": Event(t("Notice sent")),
    }
)


class Entitlement(CustomerOwned, Base):
    """What one contract line lets the customer draw within one period (DOMAIN E2).

    `customer_id` is who may draw: the contract's customer or the line's branch. `line_id` names the root of the line's
    chain; the price of a day is that of the chain's line in force then. Quantities in `unit`. `granted` is what the
    grants and adjustments, carry-overs and lapses add up to; `remaining` = granted - reserved - used. `over_used` was
    drawn beyond it (its overage rule allowed that) and is no part of `used`. The columns are sums of the ledger:
    they change only together with an entry.
    """

    __tablename__ = "entitlement"
    __table_args__ = (
        UniqueConstraint("line_id", "period_no"),
        CheckConstraint("is_unlimited OR remaining >= 0", name="never_below_zero"),
        CheckConstraint("reserved >= 0", name="reserved_not_negative"),
        CheckConstraint("used >= 0", name="used_not_negative"),
        CheckConstraint("over_used >= 0", name="over_used_not_negative"),
        CheckConstraint("remaining = granted - reserved - used", name="adds_up"),
        CheckConstraint("ends_on >= starts_on", name="ends_after_start"),
        CheckConstraint(one_of("overage", Overage), name="known_overage"),
        Index("ix_entitlement_customer_item", "customer_id", "item_id", "ends_on"),
        Index("ix_entitlement_customer_ends", "customer_id", "ends_on", "id"),
        Index("ix_entitlement_ends", "ends_on", "id"),
        Index("ix_entitlement_contract", "contract_id", "line_id", "period_no"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    contract_id: Mapped[int] = mapped_column(ForeignKey("contract.id"))
    line_id: Mapped[int] = mapped_column(ForeignKey("contract_line.id"))
    item_id: Mapped[int] = mapped_column(ForeignKey("service_item.id"))
    period_no: Mapped[int] = mapped_column(default=1)
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    unit: Mapped[str] = mapped_column(String(16))
    is_unlimited: Mapped[bool] = mapped_column(default=False)
    overage: Mapped[str] = mapped_column(String(16), default=Overage.STOP.value)
    granted: Mapped[Decimal] = mapped_column(Quantity, default=Decimal(0))
    reserved: Mapped[Decimal] = mapped_column(Quantity, default=Decimal(0))
    used: Mapped[Decimal] = mapped_column(Quantity, default=Decimal(0))
    over_used: Mapped[Decimal] = mapped_column(Quantity, default=Decimal(0))
    remaining: Mapped[Decimal] = mapped_column(Quantity, default=Decimal(0))
    closed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    search_text: Mapped[str] = mapped_column(String(400), default="")

    customer: Mapped[Customer] = relationship()
    contract: Mapped[Contract] = relationship()
    line: Mapped[ContractLine] = relationship()
    item: Mapped[ServiceItem] = relationship()


class LedgerEntry(AppendOnly, CustomerOwned, Base):
    """One entry; `remaining` of the entitlement is the sum of `quantity_change`.

    GRANT and ADJUST change what was granted, RESERVE and RELEASE move between left and reserved, CONSUME moves to
    used (from what was reserved as far as `reserved_change` says). `over_change` was drawn beyond what was left.
    `key` makes a repeated call harmless: (`key`) is written once. `source_type` and `source_id` name the record that
    caused it (usage, booking, amendment, contract), so that the chain can be walked from either end. A CONSUME with
    `reverses_id` gives back what that entry took.
    """

    __tablename__ = "entitlement_entry"
    __table_args__ = (
        CheckConstraint(one_of("kind", EntryKind), name="known_kind"),
        CheckConstraint("kind <> 'adjust' OR reason <> ''", name="adjusted_with_reason"),
        Index("ix_entitlement_entry_entitlement", "entitlement_id", "id"),
        Index("ix_entitlement_entry_source", "source_type", "source_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    entitlement_id: Mapped[int] = mapped_column(ForeignKey("entitlement.id"))
    kind: Mapped[str] = mapped_column(String(12))
    key: Mapped[str] = mapped_column(String(120), unique=True)
    occurred_on: Mapped[date]
    quantity_change: Mapped[Decimal] = mapped_column(Quantity)
    granted_change: Mapped[Decimal] = mapped_column(Quantity, default=Decimal(0))
    reserved_change: Mapped[Decimal] = mapped_column(Quantity, default=Decimal(0))
    used_change: Mapped[Decimal] = mapped_column(Quantity, default=Decimal(0))
    over_change: Mapped[Decimal] = mapped_column(Quantity, default=Decimal(0))
    remaining_after: Mapped[Decimal] = mapped_column(Quantity)
    source_type: Mapped[str] = mapped_column(String(24))
    source_id: Mapped[int]
    source_label: Mapped[str] = mapped_column(String(80), default="")
    reverses_id: Mapped[int | None] = mapped_column(ForeignKey("entitlement_entry.id"))
    reason: Mapped[str] = mapped_column(String(500), default="")
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    at: Mapped[datetime] = mapped_column(UTCDateTime)

    entitlement: Mapped[Entitlement] = relationship()


once_where_set(LedgerEntry.reverses_id)
