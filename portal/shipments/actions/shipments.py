"""A shipment's facts, boxes and steps: start, cancel; completion has a module of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from portal.access.viewer import Viewer
from portal.contracts.actions.ledger import Source
from portal.db import audit
from portal.db.base import db
from portal.kernel.clock import business_day
from portal.kernel.errors import InvalidMany, NotAllowedNow
from portal.kernel.pinyin import normalise
from portal.kernel.text import Text, t
from portal.shipments.actions import holding
from portal.shipments.actions.bookings import check_seen
from portal.shipments.actions.opening import refresh_lateness, refresh_search
from portal.shipments.models import Shipment, ShipmentBox
from portal.shipments.rules.booking import reason_of
from portal.shipments.rules.boxes import Box
from portal.shipments.rules.progress import past_problem
from portal.shipments.rules.states import (
    SHIPMENT_STEPS,
    SHIPMENT_WORDS,
    ShipmentState,
    ShipmentStep,
)

FINAL = (ShipmentState.COMPLETED, ShipmentState.CANCELLED)


@dataclass(frozen=True, slots=True)
class ShipmentFacts:
    """What is known of the carriage; weights in kg, volumes in m³. `internal_note` is never the customer's to read."""

    customer_reference: str = ""
    origin: str = ""
    destination: str = ""
    pickup_address: str = ""
    delivery_address: str = ""
    goods: str = ""
    carrier: str = ""
    vessel: str = ""
    voyage: str = ""
    bill_number: str = ""
    pieces: int | None = None
    weight_kg: Decimal | None = None
    volume_m3: Decimal | None = None
    due_on: date | None = None
    internal_note: str = ""


NAMES = tuple(each.name for each in fields(ShipmentFacts))
SECRET = ("internal_note",)


def facts_of(shipment: Shipment) -> ShipmentFacts:
    """The facts as they are stored."""
    return ShipmentFacts(**{name: getattr(shipment, name) for name in NAMES})


def change(
    shipment: Shipment, facts: ShipmentFacts, actor: Viewer, now: datetime, seen: int | None = None
) -> None:
    """Other facts. Raises InvalidMany, NotAllowedNow when it is finished, StaleEdit against version `seen`."""
    hold(shipment, seen)
    before = _told(shipment)
    errors: dict[str, Text] = {
        name: t("It must be more than zero.")
        for name in ("pieces", "weight_kg", "volume_m3")
        if (value := getattr(facts, name)) is not None and value <= 0
    }
    due_on = facts.due_on if facts.due_on != shipment.due_on else None
    if due_on is not None and (wrong := past_problem(due_on, business_day(now))):
        errors["due_on"] = wrong
    if errors:
        raise InvalidMany(errors)
    for name in NAMES:
        value = getattr(facts, name)
        is_short = isinstance(value, str) and not name.endswith(("address", "note"))
        setattr(shipment, name, normalise(value) if is_short else value)
    shipment.bill_number = shipment.bill_number.upper()
    touched(shipment, now)
    after = _told(shipment)
    names = [name for name in after if before[name] != after[name]]
    if names:
        audit.record(
            actor,
            "shipment.changed",
            shipment,
            now,
            before={name: before[name] for name in names},
            after={name: after[name] for name in names},
        )


def set_boxes(
    shipment: Shipment, boxes: Sequence[Box], actor: Viewer, now: datetime, seen: int | None = None
) -> None:
    """These boxes and no others; one that stays keeps its row. NotAllowedNow when it is finished."""
    hold(shipment, seen)
    before = [box.number for box in shipment.boxes]
    known = {box.number: box for box in shipment.boxes}
    shipment.boxes = [
        _written(known.get(box.number) or ShipmentBox(number=box.number), box, shipment)
        for box in boxes
    ]
    touched(shipment, now)
    after = [box.number for box in boxes]
    told = {"boxes": after, "count": len(after)}
    audit.record(
        actor, "shipment.boxes_changed", shipment, now, before={"boxes": before}, after=told
    )


def start(shipment: Shipment, actor: Viewer, now: datetime) -> None:
    """It is under way."""
    step(shipment, ShipmentStep.START)
    touched(shipment, now)
    audit.record(actor, "shipment.started", shipment, now)


def cancel(shipment: Shipment, reason: str, actor: Viewer, now: datetime) -> None:
    """Call it off, with a reason that the customer reads: what it held is free again, nothing is used."""
    why = reason_of(reason)
    step(shipment, ShipmentStep.CANCEL, why)
    held = held_by(shipment)
    rows = holding.lock(held)
    touched(shipment, now)
    source = Source("shipment", shipment.id, shipment.number)
    holding.move(rows, held, {}, source, shipment.version, actor, now)
    audit.record(actor, "shipment.cancelled", shipment, now, reason=shipment.cancel_reason)


def held_by(shipment: Shipment) -> dict[int, Decimal]:
    """Entitlement id → what the shipment holds of it until it is finished."""
    pairs = [(line.entitlement_id, line.planned_quantity) for line in shipment.lines]
    return holding.held(wish for wish in holding.wishes_of(pairs) if wish.quantity > 0)


def step(shipment: Shipment, which: ShipmentStep, reason: str = "") -> None:
    """Move the state, on the row as it stands now, which is held until the transaction ends."""
    holding.fresh(shipment)
    if reason:
        shipment.cancel_reason = reason
    step_from_here(shipment, which)


def step_from_here(shipment: Shipment, which: ShipmentStep) -> None:
    """Move the state of a row that is held already."""
    shipment.state = SHIPMENT_STEPS.next(ShipmentState(shipment.state), which).value


def hold(shipment: Shipment, seen: int | None = None) -> None:
    """Hold the row until the transaction ends; NotAllowedNow when it is finished, StaleEdit against `seen`."""
    holding.fresh(shipment)
    state = ShipmentState(shipment.state)
    if state in FINAL:
        text = t("This step is not possible now: the record is “%(state)s”.", state=SHIPMENT_WORDS[state])  # fmt: skip
        raise NotAllowedNow(text)
    check_seen(shipment, seen)


def touched(shipment: Shipment, now: datetime) -> None:
    """Bring what lists read into step: words, lateness, when it changed."""
    refresh_search(shipment)
    refresh_lateness(shipment)
    shipment.updated_at = now
    db.session.flush()


def _written(row: ShipmentBox, box: Box, shipment: Shipment) -> ShipmentBox:
    row.customer_id, row.box_type, row.seal = shipment.customer_id, box.box_type, box.seal
    row.pieces, row.weight_kg, row.volume_m3 = box.pieces, box.weight_kg, box.volume_m3
    return row


def _told(shipment: Shipment) -> dict[str, Any]:
    """What history keeps of the facts; what is internal stays out of what the customer reads."""
    return {
        name: "" if (value := getattr(shipment, name)) is None else _plain(value)
        for name in NAMES
        if name not in SECRET
    }


def _plain(value: Any) -> str:
    return f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)
