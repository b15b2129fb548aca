"""The clocks of requests, and which limits of law belong to a request."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import select

from portal.db.base import db
from portal.kernel.clock import business_day
from portal.service_requests.models.clocks import LegalDeadline, RequestClock
from portal.service_requests.models.requests import ServiceRequest
from portal.service_requests.queries.targets import deadlines_for
from portal.service_requests.rules.clock_kinds import ClockKind, Duty, Mode
from portal.service_requests.rules.kinds import RequestKind


@dataclass(frozen=True, slots=True)
class DeadlineName:
    """What a limit is called, in both languages."""

    name_zh: str
    name_en: str


_MODES: Mapping[str, Mode] = {
    "sea": Mode.SEA,
    "sea_fcl": Mode.SEA,
    "sea_lcl": Mode.SEA,
    "air": Mode.AIR,
    "rail": Mode.RAIL,
    "road": Mode.ROAD,
    "delivery": Mode.ROAD,
    "express": Mode.EXPRESS,
    "storage": Mode.STORAGE,
}
_DUTIES: Mapping[RequestKind, Duty] = {
    RequestKind.COMPLAINT: Duty.COMPLAINT_ANSWER,
    RequestKind.ENQUIRY: Duty.PARCEL_ENQUIRY,
    RequestKind.CLAIM: Duty.CLAIM_ANSWER,
}
_PARCELS = (Mode.EXPRESS, Mode.POST)
_ORDER = {kind.value: place for place, kind in enumerate(ClockKind)}


def clocks_of(request_id: int) -> list[RequestClock]:
    """Every clock of one request, the latest round first, in the order of the course."""
    wanted = select(RequestClock).where(RequestClock.request_id == request_id)
    rows = db.session.scalars(wanted.order_by(RequestClock.id))
    return sorted(rows, key=lambda row: (-row.round, _ORDER[row.kind], row.id))


def clocks_of_many(request_ids: Iterable[int]) -> dict[int, list[RequestClock]]:
    """The clocks of several requests by request, one query."""
    found: dict[int, list[RequestClock]] = {}
    wanted = select(RequestClock).where(RequestClock.request_id.in_(list(request_ids)))
    for row in db.session.scalars(wanted.order_by(RequestClock.id)):
        found.setdefault(row.request_id, []).append(row)
    return found


def mode_of(request: ServiceRequest) -> Mode | None:
    """How the goods that a request is about travelled: by its details, shipment or entitlement; None: not known."""
    told = (request.details or {}).get("mode")
    if told:
        return Mode(told)
    if request.shipment is not None and request.shipment.category in _MODES:
        return _MODES[request.shipment.category]
    if request.entitlement is not None:
        return _MODES.get(request.entitlement.item.category)
    return None


def limits_of(request: ServiceRequest) -> list[LegalDeadline]:
    """The limits of law for answering a request of its kind, in force on the day it was received (T5).

    A parcel is taken to be a domestic one unless `details["variant"]` says otherwise: the shorter limit.
    """
    duty = _DUTIES.get(RequestKind(request.kind))
    if duty is None:
        return []
    mode = mode_of(request)
    variant = None
    if duty is Duty.PARCEL_ENQUIRY:
        if mode not in _PARCELS or request.shipment_id is None:
            return []
        variant = (request.details or {}).get("variant", "domestic")
    return deadlines_for(duty, mode, business_day(request.received_at), variant)


def deadline_names(codes: Iterable[str]) -> dict[str, DeadlineName]:
    """What the deadlines of these codes are called, in both languages."""
    wanted = sorted(set(codes))
    if not wanted:
        return {}
    columns = (LegalDeadline.code, LegalDeadline.name_zh, LegalDeadline.name_en)
    rows = db.session.execute(select(*columns).where(LegalDeadline.code.in_(wanted)))
    return {code: DeadlineName(zh, en) for code, zh, en in rows}
