"""Shipments that were carried out, for tests of the indices, comparisons, boards and the digest."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from portal.customers.models import Customer
from portal.db.base import db
from portal.shipments.models import Milestone, Shipment, ShipmentLine
from portal.shipments.rules.states import ShipmentState
from tests.factories import add

ZONE = ZoneInfo("Asia/Shanghai")
FEBRUARY = date(2026, 2, 1)


def noon(day: date) -> datetime:
    """Twelve o'clock in the firm's zone."""
    return datetime.combine(day, time(12), ZONE)


def carried(
    customer: Customer, delivered: date, *, due: date | None = None, ordered: date | None = None,
    left: date | None = None, lines: tuple[tuple[int, str, str, str], ...] = (), **more: Any,
) -> Shipment:  # fmt: skip
    """A shipment from Shanghai to New York that was delivered on a day. `lines`: (item, unit, ordered, done)."""
    count = db.session.query(Shipment).count() + 1
    values: dict[str, Any] = {
        "category": "sea_fcl", "origin": "CNSHA", "destination": "USNYC",
        "state": ShipmentState.COMPLETED.value, "due_on": due,
        "created_at": noon(ordered or delivered - timedelta(days=10)),
        "completed_at": noon(delivered + timedelta(days=2)),
    }  # fmt: skip
    row = add(Shipment(customer_id=customer.id, number=f"SH-2026-8{count:05}", **(values | more)))
    steps = [("departed", left), ("delivered", delivered)]
    for position, (code, on) in enumerate(steps, 1):
        if on is not None:
            add(
                Milestone(
                    customer_id=customer.id, shipment_id=row.id, position=position, code=code, actual_at=noon(on)
                )
            )  # fmt: skip
    for position, (item_id, unit, ordered_quantity, done) in enumerate(lines, 1):
        add(
            ShipmentLine(
                customer_id=customer.id, shipment_id=row.id, position=position, item_id=item_id, unit=unit,
                planned_quantity=Decimal(ordered_quantity), done_quantity=Decimal(done),
            )
        )  # fmt: skip
    return row


def the_case(customer: Customer) -> list[Shipment]:
    """DOMAIN 19, I1: ten delivered in February, two without a promise, one late: 7 of 8."""
    day = date(2026, 2, 10)
    on_time = [carried(customer, day, due=day + timedelta(days=each % 2)) for each in range(7)]
    late = carried(customer, day, due=day - timedelta(days=1))
    return [*on_time, late, carried(customer, day), carried(customer, day)]
