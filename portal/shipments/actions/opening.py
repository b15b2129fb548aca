"""A shipment comes to be: from a confirmed booking, or opened by us at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal

from sqlalchemy import select

from portal.access.viewer import Viewer
from portal.catalogue.models import ServiceItem
from portal.contracts.actions.ledger import Source
from portal.customers.actions.credit import check_may_order
from portal.customers.models import Customer
from portal.db import audit, series
from portal.db.base import db
from portal.kernel.clock import business_day
from portal.kernel.errors import Invalid, InvalidMany, NotAllowedNow
from portal.kernel.pinyin import normalise, search_words
from portal.kernel.text import t
from portal.kernel.units import unit_of
from portal.shipments.actions import booking_letters, bookings, holding
from portal.shipments.models import Booking, Milestone, MilestonePlan, Shipment, ShipmentLine
from portal.shipments.queries.bookable import offers
from portal.shipments.rules.booking import check_wishes, is_whole
from portal.shipments.rules.plans import PLANS, Step, kind_of, planned, steps_from_json
from portal.shipments.rules.progress import late_from, past_problem
from portal.shipments.rules.states import BookingStep

SERIES = "SH"
COPIED = (
    "customer_reference", "origin", "destination", "goods", "pieces", "weight_kg", "volume_m3",
)  # fmt: skip
"""What a shipment takes over from its booking as it is."""


@dataclass(frozen=True, slots=True)
class PlannedLine:
    """A service of a shipment: drawn from an entitlement, or without one."""

    item_id: int
    unit: str
    quantity: Decimal
    entitlement_id: int | None = None
    booking_line_id: int | None = None


@dataclass(frozen=True, slots=True)
class Opening:
    """What a shipment starts with; `kind` is a key of the milestone plans, empty: the first service's."""

    ready_on: date
    kind: str = ""
    due_on: date | None = None
    origin: str = ""
    destination: str = ""
    goods: str = ""
    customer_reference: str = ""


def confirm(booking: Booking, actor: Viewer, now: datetime, seen: int | None = None) -> Shipment:
    """We carry it out: the booking becomes a shipment, which takes over what was reserved; the customer is told.

    Raises NotAllowedNow when it was answered or taken back before, or the customer's credit is held; StaleEdit when it
    changed since version `seen`.
    """
    state = bookings.check_step(booking, BookingStep.CONFIRM, seen)
    check_may_order(booking.customer, actor, now)
    bookings.decided(booking, state, "", actor, now)
    shipment = Shipment(
        customer_id=booking.customer_id,
        customer=booking.customer,
        booking_id=booking.id,
        owner_id=actor.user_id if actor.is_staff else None,
        due_on=booking.wanted_on,
        pickup_address=_address(booking, "pickup"),
        delivery_address=_address(booking, "delivery"),
        **{name: getattr(booking, name) for name in COPIED},
    )
    lines = [
        PlannedLine(line.item_id, line.unit, line.quantity, line.entitlement_id, line.id)
        for line in booking.lines
    ]
    ready_on = max(booking.ready_on or business_day(now), business_day(now))
    _opened(shipment, lines, "", ready_on, actor, now)
    audit.record(actor, "booking.confirmed", booking, now, after={"shipment": shipment.number})
    booking_letters.answered(booking, "confirmed", now, shipment.number)
    return shipment


def open_shipment(
    customer: Customer,
    lines: Sequence[PlannedLine],
    facts: Opening,
    actor: Viewer,
    now: datetime,
) -> Shipment:
    """Open one without a booking; what it draws from entitlements is reserved at once.

    Raises Invalid at `lines`, InvalidMany (`q-<entitlement id>`) for what an entitlement cannot give.
    """
    if not customer.active:
        raise NotAllowedNow(t("This customer is not active."))
    check_may_order(customer, actor, now)
    _check_days(facts, business_day(now))
    wishes = holding.wishes_of([(line.entitlement_id, line.quantity) for line in lines])
    rows = holding.lock(wish.entitlement_id for wish in wishes)
    if any(row.customer_id not in (customer.id, customer.parent_id) for row in rows.values()):
        raise Invalid(t("One shipment is for one customer."), "lines")
    if wishes:
        check_wishes(wishes, offers(rows.values()), facts.ready_on)
    _check_free(lines)
    shipment = Shipment(
        customer_id=customer.id,
        customer=customer,
        owner_id=actor.user_id if actor.is_staff else None,
        due_on=facts.due_on,
        origin=normalise(facts.origin)[:60],
        destination=normalise(facts.destination)[:60],
        goods=normalise(facts.goods)[:240],
        customer_reference=normalise(facts.customer_reference)[:60],
    )
    _opened(shipment, lines, facts.kind, facts.ready_on, actor, now)
    source = Source("shipment", shipment.id, shipment.number)
    holding.move(rows, {}, holding.held(wishes), source, shipment.version, actor, now)
    return shipment


def plan_of(kind: str) -> tuple[Step, ...]:
    """The firm's own plan for a kind of shipment, else the usual one."""
    own = db.session.scalar(select(MilestonePlan).where(MilestonePlan.category == kind))
    return steps_from_json(own.steps) if own and own.steps else PLANS.get(kind, PLANS["other"])


def refresh_search(shipment: Shipment) -> None:
    """The words by which lists find it: number, bill, boxes, reference, customer, places, vessel."""
    customer = shipment.customer
    shipment.search_text = search_words(
        shipment.number, shipment.bill_number, *(box.number for box in shipment.boxes), shipment.customer_reference,
        customer.code, customer.name_zh, customer.name_en, customer.short_name, shipment.vessel, shipment.voyage,
        shipment.origin, shipment.destination, shipment.goods,
    )[:800]  # fmt: skip


def refresh_lateness(shipment: Shipment) -> None:
    """From when it is late unless something is reported: the plan ahead, or the end of the promised day."""
    instants = [late_from(shipment.milestones)]
    if shipment.due_on is not None and not _is_at_its_end(shipment):
        instants.append(datetime.combine(shipment.due_on, time(16), UTC))
    shipment.late_since = min((each for each in instants if each is not None), default=None)


def _is_at_its_end(shipment: Shipment) -> bool:
    return bool(shipment.milestones) and shipment.milestones[-1].actual_at is not None


def _check_days(facts: Opening, today: date) -> None:
    named = {"ready_on": facts.ready_on, "due_on": facts.due_on}
    wrong = {n: found for n, on in named.items() if on and (found := past_problem(on, today))}
    if wrong:
        raise InvalidMany(wrong)


def _check_free(lines: Sequence[PlannedLine]) -> None:
    """Lines without an entitlement: known units and quantities above zero."""
    if not lines:
        raise Invalid(t("Choose at least one service and say how much."), "lines")
    errors = {}
    for place, line in enumerate(lines):
        if line.entitlement_id is not None:
            continue
        unit_of(line.unit)
        if line.quantity <= 0:
            errors[f"free-{place}"] = t("The quantity must be more than zero.")
        elif is_whole(line.unit) and line.quantity != line.quantity.to_integral_value():
            errors[f"free-{place}"] = t("Only whole numbers can be booked here.")
    if errors:
        raise InvalidMany(errors)


def _opened(
    shipment: Shipment,
    lines: Sequence[PlannedLine],
    kind: str,
    ready_on: date,
    actor: Viewer,
    now: datetime,
) -> None:
    shipment.number = series.next_number(SERIES, business_day(now).year)
    shipment.created_at = shipment.updated_at = now
    first = db.session.get_one(ServiceItem, lines[0].item_id)
    shipment.category = kind or kind_of(first.category, first.load)
    shipment.origin = shipment.origin or first.origin
    shipment.destination = shipment.destination or first.destination
    shipment.lines = [
        ShipmentLine(
            customer_id=shipment.customer_id,
            position=position,
            item_id=line.item_id,
            entitlement_id=line.entitlement_id,
            booking_line_id=line.booking_line_id,
            unit=line.unit,
            planned_quantity=line.quantity,
        )
        for position, line in enumerate(lines, start=1)
    ]
    steps = planned(plan_of(shipment.category), ready_on)
    shipment.milestones = [
        Milestone(customer_id=shipment.customer_id, position=place, code=code, planned_at=due)
        for place, (code, due) in enumerate(steps, start=1)
    ]
    db.session.add(shipment)
    db.session.flush()
    refresh_search(shipment)
    refresh_lateness(shipment)
    audit.record(actor, "shipment.created", shipment, now, after={"number": shipment.number})


def _address(booking: Booking, side: str) -> str:
    """The address that was written, else the chosen site's, with whom to meet there."""
    written = getattr(booking, f"{side}_address")
    site = getattr(booking, f"{side}_site")
    if written or site is None:
        return str(written)
    parts = (site.name, site.address, site.contact_name, site.phone)
    return " · ".join(part for part in parts if part)[:300]
