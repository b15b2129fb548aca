"""Warehouses, goods, movements of stock, and the days on which stock changed."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.customers.models import Customer
from portal.db import audit
from portal.db.audit import Event
from portal.db.base import AppendOnly, Base, CustomerOwned, Stamped, Versioned, once_where_set
from portal.db.types import PieceSize, Quantity, UTCDateTime
from portal.kernel.text import t

audit.declare(
    {
        "warehouse.created": Event(t("Warehouse added")),
        "warehouse.changed": Event(t("Warehouse changed")),
        "stock_item.created": Event(t("Stock item added")),
        "stock_item.changed": Event(t("Stock item changed")),
        "stock_item.sized": Event(t("Size of the stock item changed")),
        "movement.posted": Event(t("Movement posted"), public=True),
        "movement.reversed": Event(t("Movement reversed"), public=True),
        "stock_period.closed": Event(t("Month closed")),
        "stock_period.reopened": Event(t("Month reopened")),
    }
)


class Warehouse(Versioned, Stamped, Base):
    """A place where the firm keeps customers' goods."""

    __tablename__ = "warehouse"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(24), unique=True)
    name_zh: Mapped[str] = mapped_column(String(80))
    name_en: Mapped[str] = mapped_column(String(120), default="")
    address: Mapped[str] = mapped_column(String(240), default="")
    active: Mapped[bool] = mapped_column(default=True)


class StockItem(CustomerOwned, Versioned, Stamped, Base):
    """Goods of one customer (SKU) that are counted in pieces; what a piece measures is in its sizes."""

    __tablename__ = "stock_item"
    __table_args__ = (UniqueConstraint("customer_id", "sku"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    sku: Mapped[str] = mapped_column(String(60))
    name: Mapped[str] = mapped_column(String(160), default="")
    pieces_per_case: Mapped[int | None]
    pieces_per_pallet: Mapped[int | None]
    active: Mapped[bool] = mapped_column(default=True)

    customer: Mapped[Customer] = relationship()
    sizes: Mapped[list[StockItemSize]] = relationship(
        back_populates="stock_item",
        order_by="StockItemSize.from_on",
        cascade="all, delete-orphan",
    )


class StockItemSize(CustomerOwned, Base):
    """What one piece measures from a day on (DOMAIN W3); None is not known, never nothing (W12)."""

    __tablename__ = "stock_item_size"
    __table_args__ = (UniqueConstraint("stock_item_id", "from_on"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    stock_item_id: Mapped[int] = mapped_column(ForeignKey("stock_item.id", ondelete="CASCADE"))
    from_on: Mapped[date]
    unit_kg: Mapped[Decimal | None] = mapped_column(PieceSize)
    unit_m3: Mapped[Decimal | None] = mapped_column(PieceSize)

    stock_item: Mapped[StockItem] = relationship(back_populates="sizes")


class StockLot(CustomerOwned, Base):
    """One lot of one customer in one warehouse (goods of one kind, or a whole consignment).

    `sku` is "" for a lot that is counted as a whole, `lot` is "" for goods that are kept without lots. The balances of
    a day are in `StockDay`; what the lot holds after everything posted is repeated here, so that lists need not look
    for the last day of each lot. Whoever posts locks this row.
    """

    __tablename__ = "stock_lot"
    __table_args__ = (
        UniqueConstraint("customer_id", "warehouse_id", "lot", "sku"),
        Index("ix_stock_lot_customer", "customer_id", "warehouse_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    warehouse_id: Mapped[int] = mapped_column(ForeignKey("warehouse.id"), index=True)
    lot: Mapped[str] = mapped_column(String(60))
    sku: Mapped[str] = mapped_column(String(60), default="")
    first_in_on: Mapped[date | None]
    last_on: Mapped[date | None]
    pieces: Mapped[Decimal] = mapped_column(Quantity, default=Decimal(0))
    m3: Mapped[Decimal] = mapped_column(Quantity, default=Decimal(0))
    kg: Mapped[Decimal] = mapped_column(Quantity, default=Decimal(0))
    pallets: Mapped[Decimal] = mapped_column(Quantity, default=Decimal(0))
    teu: Mapped[Decimal] = mapped_column(Quantity, default=Decimal(0))

    customer: Mapped[Customer] = relationship()
    warehouse: Mapped[Warehouse] = relationship()

    @property
    def label(self) -> str:
        """How the lot is called in a sentence: its own mark, its goods, or both."""
        return " · ".join(part for part in (self.lot, self.sku) if part)


class StockMovement(AppendOnly, CustomerOwned, Base):
    """In, out or adjustment of one lot; signed measures, out is negative. Written once (DOMAIN W1, W11, W13).

    `moved_on` is the day it happened; `counted_on` the day it counts for, which is later when its month was closed
    already. `clock` ("18:58", or "") orders the movements of a day. (`source`, `reference`) is taken once. `kind`:
    in, out, adjust. `reverses_id`: puts that movement right.
    """

    __tablename__ = "stock_movement"
    __table_args__ = (
        UniqueConstraint("source", "reference"),
        CheckConstraint("kind IN ('in', 'out', 'adjust')", name="known_kind"),
        CheckConstraint("kind <> 'adjust' OR reason <> ''", name="adjusted_with_reason"),
        Index("ix_stock_movement_lot", "lot_id", "counted_on", "clock", "id"),
        Index("ix_stock_movement_customer", "customer_id", "counted_on", "id"),
        Index("ix_stock_movement_counted", "counted_on", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    lot_id: Mapped[int] = mapped_column(ForeignKey("stock_lot.id"))
    kind: Mapped[str] = mapped_column(String(8))
    moved_on: Mapped[date]
    counted_on: Mapped[date]
    clock: Mapped[str] = mapped_column(String(5), default="")
    pieces: Mapped[Decimal] = mapped_column(Quantity, default=Decimal(0))
    m3: Mapped[Decimal] = mapped_column(Quantity, default=Decimal(0))
    kg: Mapped[Decimal] = mapped_column(Quantity, default=Decimal(0))
    pallets: Mapped[Decimal] = mapped_column(Quantity, default=Decimal(0))
    teu: Mapped[Decimal] = mapped_column(Quantity, default=Decimal(0))
    source: Mapped[str] = mapped_column(String(24))
    reference: Mapped[str] = mapped_column(String(80))
    reason: Mapped[str] = mapped_column(String(300), default="")
    note: Mapped[str] = mapped_column(String(300), default="")
    reverses_id: Mapped[int | None] = mapped_column(ForeignKey("stock_movement.id"))
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("import_batch.id"), index=True)
    posted_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    posted_at: Mapped[datetime] = mapped_column(UTCDateTime)

    customer: Mapped[Customer] = relationship()
    lot: Mapped[StockLot] = relationship()
    original: Mapped[StockMovement | None] = relationship(
        remote_side="StockMovement.id", viewonly=True
    )


once_where_set(StockMovement.reverses_id)


class StockDay(CustomerOwned, Base):
    """A day on which a lot changed: what came in and went out, what it closed with, its highest point.

    Adjustments upward count as in, downward as out. A day without a row closes as the last row before it. `*_peak` is
    the highest stock within the day in the order of the clock. It repeats the movements, for speed; `portal warehouse
    verify` proves that.
    """

    __tablename__ = "stock_day"
    __table_args__ = (
        UniqueConstraint("lot_id", "day"),
        Index("ix_stock_day_day", "day", "lot_id"),
        Index("ix_stock_day_customer", "customer_id", "day", "lot_id"),
        CheckConstraint(
            "pieces >= 0 AND m3 >= 0 AND kg >= 0 AND pallets >= 0 AND teu >= 0",
            name="never_below_zero",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    lot_id: Mapped[int] = mapped_column(ForeignKey("stock_lot.id"))
    day: Mapped[date]
    pieces_in: Mapped[Decimal] = mapped_column(Quantity, default=Decimal(0))
    pieces_out: Mapped[Decimal] = mapped_column(Quantity, default=Decimal(0))
    pieces: Mapped[Decimal] = mapped_column(Quantity, default=Decimal(0))
    pieces_peak: Mapped[Decimal] = mapped_column(Quantity, default=Decimal(0))
    m3_in: Mapped[Decimal] = mapped_column(Quantity, default=Decimal(0))
    m3_out: Mapped[Decimal] = mapped_column(Quantity, default=Decimal(0))
    m3: Mapped[Decimal] = mapped_column(Quantity, default=Decimal(0))
    m3_peak: Mapped[Decimal] = mapped_column(Quantity, default=Decimal(0))
    kg_in: Mapped[Decimal] = mapped_column(Quantity, default=Decimal(0))
    kg_out: Mapped[Decimal] = mapped_column(Quantity, default=Decimal(0))
    kg: Mapped[Decimal] = mapped_column(Quantity, default=Decimal(0))
    kg_peak: Mapped[Decimal] = mapped_column(Quantity, default=Decimal(0))
    pallets_in: Mapped[Decimal] = mapped_column(Quantity, default=Decimal(0))
    pallets_out: Mapped[Decimal] = mapped_column(Quantity, default=Decimal(0))
    pallets: Mapped[Decimal] = mapped_column(Quantity, default=Decimal(0))
    pallets_peak: Mapped[Decimal] = mapped_column(Quantity, default=Decimal(0))
    teu_in: Mapped[Decimal] = mapped_column(Quantity, default=Decimal(0))
    teu_out: Mapped[Decimal] = mapped_column(Quantity, default=Decimal(0))
    teu: Mapped[Decimal] = mapped_column(Quantity, default=Decimal(0))
    teu_peak: Mapped[Decimal] = mapped_column(Quantity, default=Decimal(0))

    lot: Mapped[StockLot] = relationship()


class StockPeriod(Versioned, Base):
    """A closed month of a warehouse: later papers count in the next open one (DOMAIN section 16, W13)."""

    __tablename__ = "stock_period"
    __table_args__ = (UniqueConstraint("warehouse_id", "month_on"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    warehouse_id: Mapped[int] = mapped_column(ForeignKey("warehouse.id"))
    month_on: Mapped[date]
    closed_at: Mapped[datetime] = mapped_column(UTCDateTime)
    closed_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))

    warehouse: Mapped[Warehouse] = relationship()


class StockBilled(CustomerOwned, Base):
    """Up to which day the stock of a customer is billed: a movement of that day or before counts after it (W13)."""

    __tablename__ = "stock_billed"
    __table_args__ = (UniqueConstraint("customer_id"),)

    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"))
    id: Mapped[int] = mapped_column(primary_key=True)
    through_on: Mapped[date]
