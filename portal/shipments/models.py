"""Bookings, shipments, their boxes and milestones."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.models import User
from portal.catalogue.models import ServiceItem
from portal.contracts.models import Entitlement
from portal.customers.models import Customer, Site, one_of
from portal.db import audit
from portal.db.audit import Event
from portal.db.base import Base, CustomerOwned, Stamped, Versioned
from portal.db.types import JSONText, Quantity, UTCDateTime
from portal.kernel.text import t
from portal.shipments.rules.states import BookingState, ShipmentState

audit.declare(
    {
        "booking.requested": Event(t("Booked"), public=True),
        "booking.changed": Event(t("Booking changed"), public=True),
        "booking.confirmed": Event(t("Booking confirmed"), public=True),
        "booking.refused": Event(t("Booking refused"), public=True),
        "booking.cancelled": Event(t("Booking cancelled"), public=True),
        "shipment.created": Event(t("Shipment opened"), public=True),
        "shipment.changed": Event(t("Shipment changed"), public=True),
        "shipment.started": Event(t("Under way"), public=True),
        "shipment.milestone": Event(t("Milestone reported"), public=True),
        "shipment.replanned": Event(t("Milestones planned anew"), public=True),
        "shipment.boxes_changed": Event(t("Boxes changed"), public=True),
        "shipment.completed": Event(t("Completed"), public=True),
        "shipment.cancelled": Event(t("Cancelled"), public=True),
    }
)


class Booking(CustomerOwned, Versioned, Stamped, Base):
    """What a customer orders against entitlements 下单; its lines hold what they reserve.

    `ready_on`: goods ready; `wanted_on`: wished departure or delivery. `token` is the form's own, so that a form sent
    twice books once. `copied_from_id`: the booking it repeats.
    """

    __tablename__ = "booking"
    __table_args__ = (
        CheckConstraint(one_of("state", BookingState), name="known_state"),
        CheckConstraint("state <> 'refused' OR decision_reason <> ''", name="refused_with_reason"),
        Index("ix_booking_customer_updated", "customer_id", "updated_at", "id"),
        Index("ix_booking_state", "state", "updated_at", "id"),
        Index("ix_booking_updated", "updated_at", "id"),
        Index("ix_booking_created", "created_at", "id"),
        Index("ix_booking_decided", "decided_at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(24), unique=True)
    state: Mapped[str] = mapped_column(String(12), default=BookingState.REQUESTED.value)
    token: Mapped[str | None] = mapped_column(String(40), unique=True)
    copied_from_id: Mapped[int | None] = mapped_column(ForeignKey("booking.id"))
    customer_reference: Mapped[str] = mapped_column(String(60), default="")
    origin: Mapped[str] = mapped_column(String(60), default="")
    destination: Mapped[str] = mapped_column(String(60), default="")
    pickup_site_id: Mapped[int | None] = mapped_column(ForeignKey("site.id"))
    delivery_site_id: Mapped[int | None] = mapped_column(ForeignKey("site.id"))
    pickup_address: Mapped[str] = mapped_column(String(300), default="")
    delivery_address: Mapped[str] = mapped_column(String(300), default="")
    ready_on: Mapped[date | None]
    wanted_on: Mapped[date | None]
    goods: Mapped[str] = mapped_column(String(240), default="")
    pieces: Mapped[int | None]
    weight_kg: Mapped[Decimal | None] = mapped_column(Quantity)
    volume_m3: Mapped[Decimal | None] = mapped_column(Quantity)
    contact_name: Mapped[str] = mapped_column(String(80), default="")
    contact_phone: Mapped[str] = mapped_column(String(40), default="")
    note: Mapped[str] = mapped_column(String(2000), default="")
    booked_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    decision_reason: Mapped[str] = mapped_column(String(1000), default="")
    search_text: Mapped[str] = mapped_column(String(600), default="")

    customer: Mapped[Customer] = relationship()
    pickup_site: Mapped[Site | None] = relationship(foreign_keys=[pickup_site_id])
    delivery_site: Mapped[Site | None] = relationship(foreign_keys=[delivery_site_id])
    lines: Mapped[list[BookingLine]] = relationship(
        back_populates="booking", order_by="BookingLine.position", cascade="all, delete-orphan"
    )


class BookingLine(CustomerOwned, Base):
    """So much of one entitlement; reserved under the ledger key of this line."""

    __tablename__ = "booking_line"
    __table_args__ = (
        UniqueConstraint("booking_id", "position"),
        CheckConstraint("quantity > 0", name="quantity_positive"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id", ondelete="CASCADE"))
    position: Mapped[int]
    entitlement_id: Mapped[int] = mapped_column(ForeignKey("entitlement.id"), index=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("service_item.id"))
    quantity: Mapped[Decimal] = mapped_column(Quantity)
    unit: Mapped[str] = mapped_column(String(16))

    booking: Mapped[Booking] = relationship(back_populates="lines")
    entitlement: Mapped[Entitlement] = relationship()
    item: Mapped[ServiceItem] = relationship()


class Shipment(CustomerOwned, Versioned, Stamped, Base):
    """One piece of business 业务单 that is carried out; its facts are what is billed and followed.

    `due_on` is the promised delivery. `late_since` repeats, for lists, the earliest instant that is planned and not
    reached: an unfinished shipment is late once it has passed. `category` is a kind of `rules.plans`.
    """

    __tablename__ = "shipment"
    __table_args__ = (
        CheckConstraint(one_of("state", ShipmentState), name="known_state"),
        CheckConstraint(
            "state <> 'cancelled' OR cancel_reason <> ''", name="cancelled_with_reason"
        ),
        Index("ix_shipment_customer_updated", "customer_id", "updated_at", "id"),
        Index("ix_shipment_state", "state", "updated_at", "id"),
        Index("ix_shipment_updated", "updated_at", "id"),
        Index("ix_shipment_due", "state", "due_on", "id"),
        Index("ix_shipment_completed", "completed_at", "id"),
        Index("ix_shipment_created", "created_at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(24), unique=True)
    booking_id: Mapped[int | None] = mapped_column(ForeignKey("booking.id"), unique=True)
    state: Mapped[str] = mapped_column(String(12), default=ShipmentState.PLANNED.value)
    category: Mapped[str] = mapped_column(String(24), default="")
    customer_reference: Mapped[str] = mapped_column(String(60), default="")
    origin: Mapped[str] = mapped_column(String(60), default="")
    destination: Mapped[str] = mapped_column(String(60), default="")
    pickup_address: Mapped[str] = mapped_column(String(300), default="")
    delivery_address: Mapped[str] = mapped_column(String(300), default="")
    goods: Mapped[str] = mapped_column(String(240), default="")
    carrier: Mapped[str] = mapped_column(String(40), default="")
    vessel: Mapped[str] = mapped_column(String(60), default="")
    voyage: Mapped[str] = mapped_column(String(30), default="")
    bill_number: Mapped[str] = mapped_column(String(40), default="", index=True)
    pieces: Mapped[int | None]
    weight_kg: Mapped[Decimal | None] = mapped_column(Quantity)
    volume_m3: Mapped[Decimal | None] = mapped_column(Quantity)
    due_on: Mapped[date | None]
    late_since: Mapped[datetime | None] = mapped_column(UTCDateTime)
    completed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    service_on: Mapped[date | None]
    cancel_reason: Mapped[str] = mapped_column(String(1000), default="")
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    internal_note: Mapped[str] = mapped_column(String(2000), default="")
    search_text: Mapped[str] = mapped_column(String(800), default="")

    customer: Mapped[Customer] = relationship()
    owner: Mapped[User | None] = relationship()
    booking: Mapped[Booking | None] = relationship()
    lines: Mapped[list[ShipmentLine]] = relationship(
        back_populates="shipment", order_by="ShipmentLine.position", cascade="all, delete-orphan"
    )
    boxes: Mapped[list[ShipmentBox]] = relationship(
        back_populates="shipment", order_by="ShipmentBox.id", cascade="all, delete-orphan"
    )
    milestones: Mapped[list[Milestone]] = relationship(
        back_populates="shipment", order_by="Milestone.position", cascade="all, delete-orphan"
    )


class ShipmentLine(CustomerOwned, Base):
    """A service that the shipment uses: what was planned (and reserved) and what was done.

    Completion posts `done_quantity` as usage under source "shipment", reference "<number>/<position>".
    """

    __tablename__ = "shipment_line"
    __table_args__ = (
        UniqueConstraint("shipment_id", "position"),
        CheckConstraint("planned_quantity >= 0", name="planned_not_negative"),
        CheckConstraint("done_quantity >= 0", name="done_not_negative"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    shipment_id: Mapped[int] = mapped_column(ForeignKey("shipment.id", ondelete="CASCADE"))
    booking_line_id: Mapped[int | None] = mapped_column(ForeignKey("booking_line.id"))
    position: Mapped[int]
    item_id: Mapped[int] = mapped_column(ForeignKey("service_item.id"))
    entitlement_id: Mapped[int | None] = mapped_column(ForeignKey("entitlement.id"), index=True)
    unit: Mapped[str] = mapped_column(String(16))
    planned_quantity: Mapped[Decimal] = mapped_column(Quantity)
    done_quantity: Mapped[Decimal | None] = mapped_column(Quantity)
    note: Mapped[str] = mapped_column(String(300), default="")

    shipment: Mapped[Shipment] = relationship(back_populates="lines")
    item: Mapped[ServiceItem] = relationship()
    entitlement: Mapped[Entitlement | None] = relationship()


class ShipmentBox(CustomerOwned, Base):
    """A container: its number (ISO 6346, check digit proven), type, seal, weights in kg."""

    __tablename__ = "shipment_box"
    __table_args__ = (UniqueConstraint("shipment_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    shipment_id: Mapped[int] = mapped_column(ForeignKey("shipment.id", ondelete="CASCADE"))
    number: Mapped[str] = mapped_column(String(11), index=True)
    box_type: Mapped[str] = mapped_column(String(8))
    seal: Mapped[str] = mapped_column(String(30), default="")
    pieces: Mapped[int | None]
    weight_kg: Mapped[Decimal | None] = mapped_column(Quantity)
    volume_m3: Mapped[Decimal | None] = mapped_column(Quantity)

    shipment: Mapped[Shipment] = relationship(back_populates="boxes")


class Milestone(CustomerOwned, Base):
    """A point on the way: planned, then reached. Late is computed, never stored here."""

    __tablename__ = "milestone"
    __table_args__ = (
        UniqueConstraint("shipment_id", "code"),
        Index("ix_milestone_shipment", "shipment_id", "position"),
        Index("ix_milestone_reached", "code", "actual_at", "shipment_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    shipment_id: Mapped[int] = mapped_column(ForeignKey("shipment.id", ondelete="CASCADE"))
    position: Mapped[int]
    code: Mapped[str] = mapped_column(String(24))
    place: Mapped[str] = mapped_column(String(80), default="")
    planned_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    actual_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    note: Mapped[str] = mapped_column(String(300), default="")
    source: Mapped[str] = mapped_column(String(24), default="page")
    reported_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    reported_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    shipment: Mapped[Shipment] = relationship(back_populates="milestones")


class MilestonePlan(Versioned, Stamped, Base):
    """The firm's usual milestones of one category: a list of {code, name_zh, name_en, days} in order."""

    __tablename__ = "milestone_plan"

    id: Mapped[int] = mapped_column(primary_key=True)
    category: Mapped[str] = mapped_column(String(24), unique=True)
    steps: Mapped[Any] = mapped_column(JSONText, default=list)
