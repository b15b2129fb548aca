"""Mails about bookings, to both sides, through the outbox."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from portal.accounts.models import User
from portal.db.outbox import post_mail
from portal.shipments.models import Booking
from portal.shipments.queries.bookings import booker, looked_after_by


def requested(booking: Booking, now: datetime) -> None:
    """To who looks after the customer: somebody booked; to who booked: we have it."""
    _to_us(booking, "requested", now)
    answered(booking, "received", now)


def cancelled(booking: Booking, now: datetime) -> None:
    """To us: the customer took it back."""
    _to_us(booking, "cancelled", now)


def answered(booking: Booking, what: str, now: datetime, shipment_number: str = "") -> None:
    """To who booked: received, changed, confirmed or refused. Somebody of ours who booked needs no mail."""
    user = booker(booking)
    if user is not None and user.kind == "customer":
        facts = {**_facts(booking, what), "shipment": shipment_number}
        _post(user, "booking_answer", facts, booking, now)


def _to_us(booking: Booking, what: str, now: datetime) -> None:
    user, by = looked_after_by(booking.customer_id), booker(booking)
    if user is not None and (by is None or by.id != user.id):
        _post(user, "booking_desk", _facts(booking, what), booking, now)


def _facts(booking: Booking, what: str) -> dict[str, Any]:
    customer = booking.customer
    return {
        "what": what,
        "id": booking.id,
        "number": booking.number,
        "reference": booking.customer_reference,
        "customer_zh": customer.name_zh,
        "customer_en": customer.name_en or customer.name_zh,
        "goods": booking.goods,
        "ready_on": "" if booking.ready_on is None else booking.ready_on.isoformat(),
        "reason": booking.decision_reason,
        "lines": [
            {
                "name_zh": line.item.name_zh,
                "name_en": line.item.name_en or line.item.name_zh,
                "quantity": f"{line.quantity.normalize():f}",
                "unit": line.unit,
            }
            for line in booking.lines
        ],
    }


def _post(
    user: User, template: str, facts: dict[str, Any], booking: Booking, now: datetime
) -> None:
    key = f"{template}-{facts['what']}-{booking.id}-{booking.version}"
    post_mail(user.email, template, {**facts, "name": user.name}, locale=user.locale, key=key, now=now)  # fmt: skip
