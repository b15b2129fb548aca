"""Reading bookings."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import defer, joinedload, selectinload

from portal.access.scope import visible
from portal.access.viewer import Viewer
from portal.accounts.models import User
from portal.catalogue.models import ServiceItem
from portal.contracts.models import Entitlement
from portal.customers.models import Customer
from portal.customers.queries import team
from portal.customers.rules.kinds import Part
from portal.db.audit import AuditEntry
from portal.db.base import db
from portal.kernel.pinyin import normalise
from portal.shipments.models import Booking, BookingLine, Shipment
from portal.shipments.rules.states import BookingState

NAMES = (Customer.name_zh, Customer.name_en, Customer.short_name)
WITH_LINES = (
    joinedload(Booking.customer),
    joinedload(Booking.pickup_site),
    joinedload(Booking.delivery_site),
    selectinload(Booking.lines).options(
        joinedload(BookingLine.item),
        joinedload(BookingLine.entitlement).defer(Entitlement.search_text),
    ),
)
"""All that the page of one booking names."""


def bookings(viewer: Viewer) -> Select[Booking]:
    """Every booking that the viewer may see, with what it books."""
    return visible(select(Booking), Booking, viewer).options(
        joinedload(Booking.customer).load_only(*NAMES),
        selectinload(Booking.lines)
        .joinedload(BookingLine.item)
        .load_only(ServiceItem.name_zh, ServiceItem.name_en),
        defer(Booking.search_text),
    )


def requested(viewer: Viewer) -> Select[Booking]:
    """Those that wait for our answer."""
    return bookings(viewer).where(Booking.state == BookingState.REQUESTED.value)


def search(statement: Select[Any], words: str) -> Select[Any]:
    """Narrow by number, reference, customer in Chinese, pinyin or initials, goods, places."""
    for word in normalise(words).lower().split():
        statement = statement.where(Booking.search_text.contains(word, autoescape=True))
    return statement


def by_token(token: str, viewer: Viewer) -> Booking | None:
    """The booking that a form with this token made."""
    statement = visible(select(Booking), Booking, viewer).where(Booking.token == token)
    return db.session.scalar(statement) if token else None


def shipment_of(booking: Booking, viewer: Viewer) -> Shipment | None:
    """The shipment that a booking became."""
    statement = visible(select(Shipment), Shipment, viewer)
    return db.session.scalar(statement.where(Shipment.booking_id == booking.id))


def history(row: Booking | Shipment, viewer: Viewer, limit: int = 30) -> list[AuditEntry]:
    """The latest entries about a booking or shipment, newest first; for a customer the public ones."""
    statement = select(AuditEntry).where(
        AuditEntry.subject_type == row.__tablename__, AuditEntry.subject_id == row.id
    )
    if not viewer.is_staff:
        statement = statement.where(AuditEntry.is_public.is_(True))
    return list(db.session.scalars(statement.order_by(AuditEntry.id.desc()).limit(limit)))


def booker(booking: Booking) -> User | None:
    """Who booked: whom our answer goes to."""
    return None if booking.booked_by is None else db.session.get(User, booking.booked_by)


def looked_after_by(customer_id: int) -> User | None:
    """Who looks after the customer on our side; None when nobody does."""
    owner = next((each for each in team(customer_id) if each.part == Part.OWNER), None)
    return None if owner is None else db.session.get(User, owner.user_id)
