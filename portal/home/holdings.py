"""What a customer has: entitlements with what is left, and shipments under way, for the first page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import defer

from portal.access.permissions import Permission
from portal.access.scope import visible
from portal.access.viewer import Viewer
from portal.catalogue.queries.places import all_places
from portal.contracts.models import Entitlement
from portal.contracts.queries import entitlements
from portal.contracts.rules.entitlement_states import LOW_PARTS
from portal.db.base import db
from portal.home.links import address
from portal.kernel.text import Text
from portal.kernel.units import unit_word
from portal.shipments.models import Shipment
from portal.shipments.queries.shipments import OPEN
from portal.web.words import name_of

SHOWN = 5
BULKY = (defer(Shipment.search_text), defer(Shipment.internal_note))


@dataclass(frozen=True, slots=True)
class Holding:
    """One entitlement in force, as a line with a picture."""

    entitlement: Entitlement
    unit: Text
    url: str | None
    book_url: str | None

    @property
    def left(self) -> Decimal:
        """What may still be drawn, in `unit`."""
        return self.entitlement.remaining

    @property
    def is_low(self) -> bool:
        """Whether little or nothing is left of a limited one."""
        row = self.entitlement
        return not row.is_unlimited and row.remaining * LOW_PARTS <= row.granted


@dataclass(frozen=True, slots=True)
class UnderWay:
    """One shipment that is planned or under way, and whether it is late now."""

    shipment: Shipment
    lane: str
    is_late: bool
    url: str | None


def held(viewer: Viewer, today: date) -> list[Holding]:
    """What is in force, the soonest to end first, unlimited ones last; nothing for who may not see it."""
    if not viewer.may(Permission.ENTITLEMENT_SEE):
        return []
    statement = entitlements.in_force(entitlements.entitlements(viewer), today).order_by(
        Entitlement.is_unlimited, Entitlement.ends_on, Entitlement.id
    )
    books = viewer.may(Permission.BOOKING_MAKE)
    return [
        Holding(
            row,
            unit_word(row.unit),
            address("my_entitlements.show", entitlement_id=row.id),
            address("my_bookings.new", entitlement=row.id) if books else None,
        )
        for row in db.session.scalars(statement.limit(SHOWN))
    ]


def under_way(viewer: Viewer, now: datetime) -> list[UnderWay]:
    """Shipments that are planned or under way, the next to arrive first."""
    if not viewer.may(Permission.SHIPMENT_SEE):
        return []
    statement = (
        visible(select(Shipment).options(*BULKY), Shipment, viewer)
        .where(Shipment.state.in_(OPEN))
        .order_by(Shipment.due_on.is_(None), Shipment.due_on, Shipment.id)
    )
    rows = db.session.scalars(statement.limit(SHOWN))
    return [
        UnderWay(
            row,
            _lane(row),
            row.late_since is not None and row.late_since < now,
            address("my_shipments.show", shipment_id=row.id),
        )
        for row in rows
    ]


def _lane(row: Shipment) -> str:
    """上海 → 洛杉矶, in the reader's words."""
    known = all_places()
    ends = ((known.get(code), code) for code in (row.origin, row.destination) if code)
    return " → ".join(name_of(place) if place else code for place, code in ends)
