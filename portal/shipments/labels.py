"""Words, marks and tones of bookings, shipments and milestones."""

from __future__ import annotations

from collections.abc import Mapping

from portal.kernel.text import Text, t
from portal.shipments.rules.plans import KINDS
from portal.shipments.rules.progress import Standing
from portal.shipments.rules.states import (
    BOOKING_WORDS,
    SHIPMENT_WORDS,
    BookingState,
    ShipmentState,
)
from portal.web.labels import Label

B, S = BookingState, ShipmentState

BOOKINGS: Mapping[str, Label] = {
    B.REQUESTED: Label(BOOKING_WORDS[B.REQUESTED], "warn", "hourglass-split"),
    B.CONFIRMED: Label(BOOKING_WORDS[B.CONFIRMED], "good", "check-circle"),
    B.REFUSED: Label(BOOKING_WORDS[B.REFUSED], "bad", "x-circle"),
    B.CANCELLED: Label(BOOKING_WORDS[B.CANCELLED], "done", "arrow-return-left"),
}
SHIPMENTS: Mapping[str, Label] = {
    S.PLANNED: Label(SHIPMENT_WORDS[S.PLANNED], "neutral", "calendar-check"),
    S.UNDER_WAY: Label(SHIPMENT_WORDS[S.UNDER_WAY], "info", "truck"),
    S.COMPLETED: Label(SHIPMENT_WORDS[S.COMPLETED], "good", "check-circle"),
    S.CANCELLED: Label(SHIPMENT_WORDS[S.CANCELLED], "done", "x-circle"),
}
LATE = Label(t("Late"), "bad", "exclamation-triangle")
STANDINGS: Mapping[Standing, Label] = {
    Standing.DONE: Label(t("on time"), "good", "check-circle"),
    Standing.DONE_LATE: Label(t("reached late"), "warn", "check-circle"),
    Standing.NEXT: Label(t("next"), "info", "circle-half"),
    Standing.LATE: Label(t("overdue"), "bad", "exclamation-triangle"),
    Standing.OPEN: Label(t("to come"), "neutral", "circle"),
    Standing.PASSED_OVER: Label(t("not reported"), "done", "dash-circle"),
}
KIND_WORDS: Mapping[str, Text] = KINDS
FACT_NAMES: Mapping[str, Text] = {
    "lines": t("Services"),
    "ready_on": t("Goods ready"),
    "wanted_on": t("Wanted by"),
    "origin": t("From"),
    "destination": t("To"),
    "goods": t("Goods"),
    "pieces": t("Pieces"),
    "weight_kg": t("Gross weight, kg"),
    "volume_m3": t("Volume, m³"),
    "pickup_address": t("Pick-up"),
    "delivery_address": t("Delivery"),
    "contact_name": t("Contact"),
    "contact_phone": t("Telephone"),
    "customer_reference": t("Your reference"),
    "note": t("Note"),
    "due_on": t("Promised delivery"),
    "carrier": t("Carrier"),
    "vessel": t("Vessel or flight"),
    "voyage": t("Voyage"),
    "bill_number": t("Bill of lading"),
    "category": t("Kind of shipment"),
}
"""Facts in words, as a history names what changed."""
