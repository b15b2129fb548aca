"""The lists of bookings: the desk's queue and archive, the customer's own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from flask import g, url_for
from markupsafe import Markup, escape
from sqlalchemy import Select

from portal.access.permissions import Permission as P
from portal.kernel import clock
from portal.kernel.text import t
from portal.kernel.units import unit_word
from portal.shipments.labels import BOOKINGS
from portal.shipments.models import Booking, BookingLine, Shipment, ShipmentLine
from portal.shipments.queries import bookings as queries
from portal.shipments.rules.states import BookingState
from portal.shipments.views.words import lane
from portal.web.chips import chip as drawn
from portal.web.filters import day, instant, quantity
from portal.web.listing import Column, Empty, Filter, ListSpec
from portal.web.words import name_of, say

ANY = ("", t("Any"))


def services(row: Booking | Shipment) -> str:
    """`海运费 2 40HQ · 装卸费 7 托盘`: what a booking asks for, or a shipment plans."""
    return " · ".join(
        f"{name_of(line.item)} {quantity(_quantity(line))} {say(unit_word(line.unit))}"
        for line in row.lines
    )


def _quantity(line: BookingLine | ShipmentLine) -> Decimal:
    return line.quantity if isinstance(line, BookingLine) else line.planned_quantity


def chip(row: Booking) -> Markup:
    """The state: mark and word."""
    return drawn(BOOKINGS[row.state])


def whole(words: str) -> Markup:
    """Words that stay on one line."""
    return Markup(f'<span class="nowrap">{escape(words)}</span>')


def _by_state(statement: Select[Any], state: str) -> Select[Any]:
    return statement.where(Booking.state == state) if state in list(BookingState) else statement


def _by_ready(statement: Select[Any], when: str) -> Select[Any]:
    if when == "past":
        return statement.where(Booking.ready_on < clock.today())
    return statement.where(Booking.ready_on == clock.today()) if when == "today" else statement


STATE = Filter(
    "state", t("State"), lambda: [ANY, *((s, w.text) for s, w in BOOKINGS.items())], _by_state
)
READY = Filter(
    "ready",
    t("Goods ready"),
    lambda: [ANY, ("past", t("Before today")), ("today", t("Today"))],
    _by_ready,
)
NUMBER = Column("number", t("Number"), lambda b: b.number, sort=Booking.number)
CUSTOMER = Column(
    "customer", t("Customer"), lambda b: b.customer.label, value=lambda b: b.customer.name_zh
)
BODY = (
    Column("services", t("Services"), services),
    Column("lane", t("Lane"), lane),
    Column("ready", t("Goods ready"), lambda b: whole(day(b.ready_on)), value=lambda b: b.ready_on),
    Column(
        "wanted", t("Wanted by"), lambda b: whole(day(b.wanted_on)), value=lambda b: b.wanted_on
    ),
    Column("reference", t("Your reference"), lambda b: b.customer_reference),
    Column("state", t("State"), chip, value=lambda b: say(BOOKINGS[b.state].text)),
    Column(
        "booked",
        t("Booked"),
        lambda b: whole(instant(b.created_at)),
        sort=Booking.created_at,
        value=lambda b: b.created_at,
    ),
)


def _spec(
    key: str, columns: Sequence[Column], sort: str, url: Callable[[Any], str | None], filters: Sequence[Filter],
    empty: Empty,
) -> ListSpec:  # fmt: skip
    return ListSpec(
        key=key,
        columns=columns,
        row_id=Booking.id,
        sort=sort,
        url=url,
        filters=filters,
        search=queries.search,
        search_hint=t("Number, reference, customer, goods …"),
        row_classes=lambda b: "row-muted" if b.state in ("refused", "cancelled") else "",
        empty=empty,
    )


def _desk(row: Booking) -> str:
    return url_for("desk_bookings.show", booking_id=row.id)


QUEUE = _spec(
    "bookings_to_answer",
    (NUMBER, CUSTOMER, *(each for each in BODY if each.key != "state")),
    "booked",
    _desk,
    (READY,),
    Empty(
        t("Every booking is answered"), t("New ones appear here, the one that waits longest first.")
    ),
)
BOOKINGS_AT_DESK = _spec(
    "bookings",
    (NUMBER, CUSTOMER, *BODY),
    "-booked",
    _desk,
    (STATE, READY),
    Empty(
        t("No bookings yet"),
        t("Customers book against what they bought; you can book for them."),
        t("Book for a customer"),
        "desk_bookings.new",
        P.BOOKING_MAKE,
    ),
)
OURS = _spec(
    "bookings",
    (NUMBER, *BODY),
    "-booked",
    lambda row: url_for("my_bookings.show", booking_id=row.id),
    (STATE,),
    Empty(
        t("No bookings yet"),
        t("Choose what you want to use of your entitlements, and say when."),
        t("Book"),
        "my_bookings.new",
        P.BOOKING_MAKE,
    ),
)


OURS_AND_BRANCHES = _spec(
    OURS.key, (NUMBER, CUSTOMER, *BODY), OURS.sort, OURS.url, OURS.filters, OURS.empty
)


def ours() -> ListSpec:
    """The customer's list; who acts for several customers sees whose each booking is."""
    ids = g.viewer.customer_ids
    return OURS_AND_BRANCHES if ids is not None and len(ids) > 1 else OURS
