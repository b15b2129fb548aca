"""Everything that the page of one booking shows, behind either door."""

from __future__ import annotations

from typing import Any

from flask import g

from portal.access.permissions import Permission as P
from portal.kernel.units import unit_word
from portal.service_requests.queries import mine
from portal.shipments.labels import BOOKINGS
from portal.shipments.models import Booking
from portal.shipments.queries import bookings as queries
from portal.shipments.rules.states import BOOKING_STEPS, BookingState, BookingStep
from portal.shipments.views.chain import links
from portal.shipments.views.words import happening, place_reader


def context(door: str, booking: Booking) -> dict[str, Any]:
    """The page's values."""
    shipment = queries.shipment_of(booking, g.viewer)
    entitlements = [line.entitlement for line in booking.lines]
    return {
        "door": door,
        "booking": booking,
        "label": BOOKINGS[booking.state],
        "may": rights(booking),
        "shipment": shipment,
        "asked": mine.about("shipment", shipment.id, g.viewer) if shipment else [],
        "read": place_reader(),
        "unit_word": unit_word,
        "entries": [happening(entry) for entry in queries.history(booking, g.viewer)],
        "chain": links(door, entitlements, booking, shipment, here=booking),
    }


def rights(booking: Booking) -> dict[str, bool]:
    """Which steps this viewer may take now."""
    state = BookingState(booking.state)
    decides = g.viewer.may(P.BOOKING_DECIDE)
    books = g.viewer.may(P.BOOKING_MAKE)
    return {
        "confirm": decides and BOOKING_STEPS.allows(state, BookingStep.CONFIRM),
        "change": decides and BOOKING_STEPS.allows(state, BookingStep.CHANGE),
        "refuse": decides and BOOKING_STEPS.allows(state, BookingStep.REFUSE),
        "cancel": books and BOOKING_STEPS.allows(state, BookingStep.CANCEL),
        "repeat": books,
    }
