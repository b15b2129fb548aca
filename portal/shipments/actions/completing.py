"""Completion: what was done becomes usage, what was held and not used is free again, all in one transaction.

Whatever ends the process in between leaves nothing of it; doing it again finds it done and changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from portal.access.viewer import Viewer
from portal.contracts.actions import ledger
from portal.contracts.actions.ledger import Source
from portal.contracts.models import Entitlement, LedgerEntry
from portal.db import audit
from portal.db.base import db
from portal.kernel.clock import business_day
from portal.kernel.errors import InvalidMany
from portal.shipments.actions import holding, shipments
from portal.shipments.models import Shipment, ShipmentLine
from portal.shipments.rules.boxes import counted_for
from portal.shipments.rules.completion import Finished, completion_problems
from portal.shipments.rules.states import SHIPMENT_STEPS, ShipmentState, ShipmentStep
from portal.usage.actions import recording
from portal.usage.models import UsageRecord
from portal.usage.rules.facts import UsageFact

SOURCE = "shipment"
NOTHING = Decimal(0)


def proposed(shipment: Shipment) -> dict[int, Decimal]:
    """Position → what was probably done: the listed boxes where the unit counts boxes, else what was planned."""
    types = [box.box_type for box in shipment.boxes]
    return {
        line.position: line.planned_quantity
        if not types or (count := counted_for(line.unit, types)) is None
        else Decimal(count)
        for line in shipment.lines
    }


def complete(
    shipment: Shipment,
    done: Mapping[int, Decimal],
    on: date,
    actor: Viewer,
    now: datetime,
    why: Mapping[int, str] | None = None,
) -> bool:
    """Finish it on the day of the service `on`, with position → quantity done; False when it was finished before.

    Each line is recorded as usage under source "shipment", reference "<number>/<position>"; it draws what the line
    holds first. `why`: position → why more was done than planned. Raises InvalidMany (`done-<position>`,
    `why-<position>`, `service_on`), NotAllowedNow when it was called off.
    """
    holding.fresh(shipment)
    if shipment.state == ShipmentState.COMPLETED:
        return False
    state = SHIPMENT_STEPS.next(ShipmentState(shipment.state), ShipmentStep.COMPLETE)
    rows = holding.lock(shipments.held_by(shipment))
    said = {place: text.strip() for place, text in (why or {}).items()}
    _check(shipment, rows, done, said, on, now)
    shipment.state, shipment.completed_at, shipment.service_on = state.value, now, on
    for line in shipment.lines:
        line.done_quantity = done[line.position]
        used = None
        if line.done_quantity > 0:
            used = _recorded(shipment, line, said.get(line.position, ""), on, actor, now)
        _let_go(shipment, line, used, rows, actor, now)
    shipments.touched(shipment, now)
    after = {str(line.position): f"{line.done_quantity:f}" for line in shipment.lines}
    told: dict[str, Any] = {"done": after, "on": str(on)}
    if any(said.values()):
        told["why"] = {str(place): text for place, text in said.items() if text}
    audit.record(actor, "shipment.completed", shipment, now, after=told)
    return True


def _recorded(
    shipment: Shipment, line: ShipmentLine, why: str, on: date, actor: Viewer, now: datetime
) -> UsageRecord:
    done = line.done_quantity or NOTHING
    held = line.planned_quantity if line.entitlement_id else NOTHING
    fact = UsageFact(
        customer_id=shipment.customer_id,
        item_id=line.item_id,
        item_code=line.item.code,
        quantity=done,
        unit=line.unit,
        used_on=on,
        source=SOURCE,
        reference=f"{shipment.number}/{line.position}",
        facts=_facts(shipment),
        shipment_id=shipment.id,
        entitlement_id=line.entitlement_id,
        reserved=min(done, held),
        note=why,
    )
    return recording.record(fact, actor, now)


def _let_go(
    shipment: Shipment,
    line: ShipmentLine,
    used: UsageRecord | None,
    rows: Mapping[int, Entitlement],
    actor: Viewer,
    now: datetime,
) -> None:
    """Release what the line still holds: more was planned than done, or the usage found no entitlement."""
    if line.entitlement_id is None:
        return
    rest = line.planned_quantity - _drawn_from_held(line.entitlement_id, used)
    if rest > 0:
        source = Source(SOURCE, shipment.id, shipment.number)
        key = f"{SOURCE}:{shipment.id}:done:{line.position}"
        row = rows[line.entitlement_id]
        ledger.release(row, rest, source, key, actor, now, business_day(now))


def _drawn_from_held(entitlement_id: int, used: UsageRecord | None) -> Decimal:
    """How much of what was held the usage took, by the ledger's own words."""
    if used is None:
        return NOTHING
    entries = db.session.scalars(
        select(LedgerEntry.reserved_change).where(
            LedgerEntry.source_type == "usage",
            LedgerEntry.source_id == used.id,
            LedgerEntry.entitlement_id == entitlement_id,
        )
    )
    return -sum(entries, NOTHING)


def _facts(shipment: Shipment) -> dict[str, str]:
    """What a bill line will say about it."""
    known = {
        "shipment": shipment.number,
        "bill": shipment.bill_number,
        "reference": shipment.customer_reference,
        "boxes": " ".join(box.number for box in shipment.boxes),
    }
    return {name: value for name, value in known.items() if value}


def _check(
    shipment: Shipment,
    rows: Mapping[int, Entitlement],
    done: Mapping[int, Decimal],
    why: Mapping[int, str],
    on: date,
    now: datetime,
) -> None:
    """InvalidMany for what completion refuses: the given entitlement is drawn whatever its period, so it is here that
    the day must lie in it.
    """
    lines = [
        Finished(
            line.position,
            line.item.code,
            line.unit,
            line.planned_quantity,
            done.get(line.position),
            why.get(line.position, ""),
            (row.starts_on, row.ends_on) if (row := rows.get(line.entitlement_id or 0)) else None,
        )
        for line in shipment.lines
    ]
    booked_at = shipment.booking.created_at if shipment.booking else shipment.created_at
    errors = completion_problems(lines, on, business_day(booked_at), business_day(now))
    if errors:
        raise InvalidMany(dict(errors))
