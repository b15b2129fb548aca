"""The lives of a booking and of a shipment (DESIGN section 4)."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from portal.kernel.lifecycle import Lifecycle
from portal.kernel.text import Text, t


class BookingState(StrEnum):
    """Where a booking is. What it books is reserved while it is requested or confirmed."""

    REQUESTED = "requested"
    CONFIRMED = "confirmed"
    REFUSED = "refused"
    CANCELLED = "cancelled"


class BookingStep(StrEnum):
    """What may be done with it."""

    CHANGE = "change"
    CONFIRM = "confirm"
    REFUSE = "refuse"
    CANCEL = "cancel"


class ShipmentState(StrEnum):
    """Where a shipment is; completion posts its usage and is final."""

    PLANNED = "planned"
    UNDER_WAY = "under_way"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


class ShipmentStep(StrEnum):
    """What may be done with it."""

    START = "start"
    COMPLETE = "complete"
    CANCEL = "cancel"


B, D = BookingState, BookingStep
S, A = ShipmentState, ShipmentStep

BOOKING_WORDS: Mapping[BookingState, Text] = {
    B.REQUESTED: t("Requested"),
    B.CONFIRMED: t("Confirmed"),
    B.REFUSED: t("Refused"),
    B.CANCELLED: t("Cancelled"),
}

BOOKING_STEPS = Lifecycle(
    {
        (B.REQUESTED, D.CHANGE): B.REQUESTED,
        (B.REQUESTED, D.CONFIRM): B.CONFIRMED,
        (B.REQUESTED, D.REFUSE): B.REFUSED,
        (B.REQUESTED, D.CANCEL): B.CANCELLED,
    },
    BOOKING_WORDS,
)

SHIPMENT_WORDS: Mapping[ShipmentState, Text] = {
    S.PLANNED: t("Planned"),
    S.UNDER_WAY: t("Under way"),
    S.COMPLETED: t("Completed"),
    S.CANCELLED: t("Cancelled"),
}

SHIPMENT_STEPS = Lifecycle(
    {
        (S.PLANNED, A.START): S.UNDER_WAY,
        (S.PLANNED, A.COMPLETE): S.COMPLETED,
        (S.PLANNED, A.CANCEL): S.CANCELLED,
        (S.UNDER_WAY, A.COMPLETE): S.COMPLETED,
        (S.UNDER_WAY, A.CANCEL): S.CANCELLED,
    },
    SHIPMENT_WORDS,
)
