"""Bookings and shipments for tests: Harbour Foods ships 40HQ boxes from Shanghai to New York."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import inspect

from portal.access.viewer import Viewer
from portal.accounts.models import User
from portal.catalogue.models import ServiceItem
from portal.contracts.models import Entitlement
from portal.customers.models import Customer
from portal.customers.queries import viewer_for
from portal.db.base import db
from portal.shipments.actions import bookings, opening
from portal.shipments.models import Booking, Shipment
from portal.shipments.rules.booking import BookingFacts, Wish
from tests.cast import Cast
from tests.chain import entitled
from tests.factories import item as new_item

D = Decimal
FACTS = BookingFacts(
    ready_on=date(2026, 3, 5), wanted_on=date(2026, 4, 20), goods="冷冻虾仁", pieces=480, weight_kg=D("12500.5"),
    contact_name="林晓雯", contact_phone="021-5555 0101", customer_reference="PO-7788",
    pickup_address="上海市浦东新区 1 号",
)  # fmt: skip
BOXES = ("CSQU3054383", "MSKU0383250", "TOLU4734787", "HLXU2008419", "MSCU6639870")


def freight() -> ServiceItem:
    """Sea freight of one 40HQ from Shanghai to New York, made once."""
    found = db.session.query(ServiceItem).filter_by(charge_code="O/F", packaging="40HQ").first()
    return found or new_item("O/F", "海运费 40HQ", unit="40HQ", packaging="40HQ", origin="CNSHA",
                             destination="USNYC")  # fmt: skip


def boxes_entitled(
    cast: Cast, now: datetime, quantity: Decimal | None = D(5), **more: Any
) -> Entitlement:
    """So many 40HQ for the year 2026, or so much of another item."""
    if "item" not in more:
        more = {"item": freight(), "unit": "40HQ", **more}
    return entitled(cast, now, quantity=quantity, **more)


def seen_as(user: User) -> Viewer:
    """`user` as a viewer, also when a request has closed the session that it came from."""
    return viewer_for(inspect(user).identity[0], None)


def booked(
    cast: Cast, now: datetime, entitlement: Entitlement, quantity: int = 2, *, by: Viewer | None = None,
    customer: Customer | None = None, **more: Any,
) -> Booking:  # fmt: skip
    """A booking of so many boxes, by the customer's Lin unless said otherwise."""
    whose = db.session.get_one(Customer, inspect(customer or cast.harbour).identity[0])
    return bookings.book(
        whose, [Wish(entitlement.id, D(quantity))], FACTS, by or seen_as(cast.lin), now, **more
    )  # fmt: skip


def confirmed(cast: Cast, now: datetime, entitlement: Entitlement, quantity: int = 2) -> Shipment:
    """The shipment of a booking that customer service confirmed."""
    booking = booked(cast, now, entitlement, quantity)
    return opening.confirm(booking, seen_as(cast.customer_service), now)
