"""Everything that the page of one shipment shows, behind either door."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import g

from portal.access.permissions import Permission as P
from portal.billing.queries import billed
from portal.claims.queries import claims
from portal.documents.attached import attached_to
from portal.documents.forms import AttachForm
from portal.kernel import clock
from portal.kernel.text import Text
from portal.kernel.units import unit_word
from portal.service_requests.queries import mine
from portal.shipments.forms.shipments import instant_as_typed
from portal.shipments.labels import KIND_WORDS, SHIPMENTS, STANDINGS
from portal.shipments.models import Milestone, Shipment
from portal.shipments.queries.bookings import history
from portal.shipments.queries.shipments import usage_of
from portal.shipments.rules.boxes import totals
from portal.shipments.rules.plans import name_of
from portal.shipments.rules.progress import Standing, days_late, late_by, progress, standings
from portal.shipments.rules.states import SHIPMENT_STEPS, ShipmentState, ShipmentStep
from portal.shipments.views.chain import links
from portal.shipments.views.shipment_lists import late_now
from portal.shipments.views.words import happening, place_reader
from portal.web.labels import Label

FINISHED = (ShipmentState.COMPLETED, ShipmentState.CANCELLED)


@dataclass(frozen=True, slots=True)
class Stop:
    """One milestone on the page: its name, where it stands, and by how much it is late."""

    row: Milestone
    name: Text
    label: Label
    standing: Standing
    late: Text | None
    typed: str
    reached: str
    """When it is planned and was reached, as fields hold it."""


def context(door: str, shipment: Shipment) -> dict[str, Any]:
    """The page's values."""
    usage = usage_of(shipment, g.viewer) if g.viewer.may(P.USAGE_SEE) else []
    entitlements = [line.entitlement for line in shipment.lines]
    chain = links(door, entitlements, shipment.booking, shipment, usage, here=shipment)
    return {
        **facts(shipment),
        "door": door,
        "may": rights(shipment),
        "stops": stops(shipment),
        "files": attached_to(shipment, g.viewer),
        "attach": AttachForm() if g.viewer.may(P.SHIPMENT_EDIT) else None,
        "usage": {row.reference: row for row in usage if row.reverses_id is None},
        "entries": [happening(entry) for entry in history(shipment, g.viewer)],
        "chain": chain,
        "billed": billed.of_shipment(shipment.id, g.viewer),
        "asked": mine.about("shipment", shipment.id, g.viewer),
        "claims_here": claims.about_shipment(shipment.id, g.viewer),
        "now_typed": instant_as_typed(clock.now()),
    }


def facts(shipment: Shipment) -> dict[str, Any]:
    """What every page of a shipment says about it."""
    return {
        "shipment": shipment,
        "label": SHIPMENTS[shipment.state],
        "is_late": late_now(shipment),
        "progress": progress(shipment.milestones),
        "box_totals": totals(box.box_type for box in shipment.boxes),
        "kind": KIND_WORDS.get(shipment.category),
        "read": place_reader(),
        "unit_word": unit_word,
    }


def stops(shipment: Shipment) -> list[Stop]:
    """The milestones in their order as they stand now; of a finished shipment as they stood at its end."""
    rows, at = shipment.milestones, shipment.completed_at or clock.now()
    is_finished = shipment.state in FINISHED
    found = []
    for row, standing in zip(rows, standings(rows, at), strict=True):
        if is_finished and row.actual_at is None:
            standing = Standing.PASSED_OVER
        behind = late_by(row, at) if standing in (Standing.LATE, Standing.DONE_LATE) else None
        late = days_late(behind) if behind else None
        typed = (instant_as_typed(row.planned_at), instant_as_typed(row.actual_at))
        found.append(Stop(row, name_of(row.code), STANDINGS[standing], standing, late, *typed))
    return found


def rights(shipment: Shipment) -> dict[str, bool]:
    """Which steps this viewer may take now."""
    state, edits = ShipmentState(shipment.state), g.viewer.may(P.SHIPMENT_EDIT)
    return {
        "edit": edits and state not in FINISHED,
        "attach": edits,
        "start": edits and SHIPMENT_STEPS.allows(state, ShipmentStep.START),
        "complete": edits and SHIPMENT_STEPS.allows(state, ShipmentStep.COMPLETE),
        "cancel": edits and SHIPMENT_STEPS.allows(state, ShipmentStep.CANCEL),
    }
