"""Milestones: report, take back, plan anew, add one of one's own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from portal.access.viewer import Viewer
from portal.db import audit
from portal.kernel.clock import business_day
from portal.kernel.errors import Invalid, InvalidMany, NotFound
from portal.kernel.text import Text, t
from portal.shipments.actions import shipments
from portal.shipments.actions.opening import plan_of
from portal.shipments.models import Milestone, Shipment
from portal.shipments.rules.plans import NAMES, Step, name_of, planned
from portal.shipments.rules.progress import check_actual, order_warning, past_problem, reached_after
from portal.shipments.rules.states import ShipmentState, ShipmentStep


@dataclass(frozen=True, slots=True)
class Report:
    """What is said of one milestone; None or "" leaves that part as it is."""

    code: str
    planned_at: datetime | None = None
    actual_at: datetime | None = None
    place: str = ""
    note: str = ""


def report(
    shipment: Shipment,
    said: Report,
    actor: Viewer,
    now: datetime,
    *,
    source: str = "page",
    seen: int | None = None,
) -> Text | None:
    """Write what was reported; the first one that is reached starts the shipment. A warning where the order is odd.

    The same again changes nothing. Raises Invalid for the future, NotFound for a milestone that it does not have and
    that nobody knows, NotAllowedNow when it is finished.
    """
    shipments.hold(shipment, seen)
    if said.actual_at is not None:
        check_actual(said.actual_at, now, shipment.created_at)
    row = _found(shipment, said.code)
    _check_plans({"planned_at": (row.planned_at, said.planned_at)}, now)
    before = _shown(row)
    row.planned_at = said.planned_at or row.planned_at
    row.actual_at = said.actual_at or row.actual_at
    row.place, row.note = said.place.strip()[:80] or row.place, said.note.strip()[:300] or row.note
    after = _shown(row)
    if before == after and row.id is not None:
        return None
    row.source, row.reported_by, row.reported_at = source, actor.user_id, now
    if row.actual_at is not None and shipment.state == ShipmentState.PLANNED:
        shipments.step_from_here(shipment, ShipmentStep.START)
        audit.record(actor, "shipment.started", shipment, now)
    shipments.touched(shipment, now)
    audit.record(actor, "shipment.milestone", shipment, now, before=before, after=after)
    if said.actual_at is None:
        return None
    return order_warning(shipment.milestones, row.code, said.actual_at)


def take_back(shipment: Shipment, code: str, actor: Viewer, now: datetime) -> None:
    """It was reported by mistake: the milestone is not reached. Invalid while a later one is."""
    shipments.hold(shipment)
    row = next((each for each in shipment.milestones if each.code == code), None)
    if row is None:
        raise NotFound()
    later = reached_after(shipment.milestones, code)
    if later is not None:
        other = name_of(later)
        text = t("“%(other)s” comes after it and is reached: take that back first.", other=other)
        raise Invalid(text)
    before = _shown(row)
    row.actual_at, row.reported_by, row.reported_at = None, actor.user_id, now
    shipments.touched(shipment, now)
    audit.record(actor, "shipment.milestone", shipment, now, before=before, after=_shown(row))


def plan_anew(
    shipment: Shipment, ready_on: date, actor: Viewer, now: datetime, seen: int | None = None
) -> None:
    """The usual days again from another day on; what is reached already keeps its plan."""
    shipments.hold(shipment, seen)
    wrong = past_problem(ready_on, business_day(now))
    if wrong is not None:
        raise Invalid(wrong, "ready_on")
    due = dict(planned(plan_of(shipment.category), ready_on))
    before = _plans(shipment.milestones)
    for row in shipment.milestones:
        if row.actual_at is None and row.code in due:
            row.planned_at = due[row.code]
    _noted(shipment, before, actor, now)


def set_plan(
    shipment: Shipment,
    plans: Mapping[str, datetime | None],
    actor: Viewer,
    now: datetime,
    seen: int | None = None,
) -> None:
    """Each milestone's own planned instant, by code. Invalid for a code that it does not have."""
    shipments.hold(shipment, seen)
    rows = {row.code: row for row in shipment.milestones}
    if not set(plans) <= set(rows):
        raise Invalid(t("This shipment has no such milestone."))
    _check_plans({f"plan-{code}": (rows[code].planned_at, at) for code, at in plans.items()}, now)
    before = _plans(shipment.milestones)
    for code, at in plans.items():
        rows[code].planned_at = at
    _noted(shipment, before, actor, now)


def _check_plans(
    moved: Mapping[str, tuple[datetime | None, datetime | None]], now: datetime
) -> None:
    """Field → (as it was, as it shall be). InvalidMany for what moves to a day too long past."""
    today = business_day(now)
    wrong = {
        field: problem
        for field, (old, new) in moved.items()
        if new is not None and new != old and (problem := past_problem(business_day(new), today))
    }
    if wrong:
        raise InvalidMany(wrong)


def _noted(shipment: Shipment, before: dict[str, str], actor: Viewer, now: datetime) -> None:
    shipments.touched(shipment, now)
    after = _plans(shipment.milestones)
    moved = [code for code in after if before.get(code) != after[code]]
    if moved:
        audit.record(
            actor,
            "shipment.replanned",
            shipment,
            now,
            before={code: before.get(code, "") for code in moved},
            after={code: after[code] for code in moved},
        )


def _found(shipment: Shipment, code: str) -> Milestone:
    """The milestone, added in the order of its plan where the shipment lacks it."""
    known = next((row for row in shipment.milestones if row.code == code), None)
    if known is not None:
        return known
    steps: Iterable[Step] = plan_of(shipment.category)
    if code not in NAMES and code not in {step.code for step in steps}:
        raise NotFound()
    last = max((row.position for row in shipment.milestones), default=0)
    row = Milestone(customer_id=shipment.customer_id, code=code, position=last + 1)
    shipment.milestones.append(row)
    return row


def _shown(row: Milestone) -> dict[str, str]:
    return {
        "code": row.code,
        "planned": _iso(row.planned_at),
        "actual": _iso(row.actual_at),
        "place": row.place or "",
        "note": row.note or "",
    }


def _plans(rows: Iterable[Milestone]) -> dict[str, str]:
    return {row.code: _iso(row.planned_at) for row in rows if row.actual_at is None}


def _iso(at: datetime | None) -> str:
    return "" if at is None else at.isoformat()
