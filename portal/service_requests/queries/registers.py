"""What the registers of complaints are read from: requests of the kind, their categories, defects and clocks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import defer, joinedload

from portal.access.scope import visible
from portal.access.viewer import Viewer
from portal.customers.models import Customer
from portal.db.base import db
from portal.documents.rules.words import Words
from portal.kernel.clock import business_day
from portal.kernel.text import t
from portal.service_requests.models import Defect, RequestCategory, RequestClock, ServiceRequest
from portal.service_requests.rules.clock_kinds import ClockKind, ClockState
from portal.service_requests.rules.kinds import RESPONSIBLE_WORDS, RequestKind, Responsible
from portal.service_requests.rules.registers import Complaint, Name
from portal.service_requests.rules.states import RequestState
from portal.service_requests.rules.work_hours import ZONE

R = ServiceRequest
ONE_DAY = timedelta(days=1)
LEFT_OUT = (RequestState.MERGED.value, RequestState.WITHDRAWN.value, RequestState.REJECTED.value)
"""A merged complaint counts where it went; the others were none."""
NO_CATEGORY = t("No category")
DUE = (ClockKind.RESOLVE.value, ClockKind.LEGAL.value)


def complaints_between(from_on: date, until_on: date, viewer: Viewer) -> Select[Any]:
    """The complaints received on these business days, both included."""
    first = datetime.combine(from_on, time(), ZONE)
    after = datetime.combine(until_on + ONE_DAY, time(), ZONE)
    return (
        visible(select(R), R, viewer)
        .where(
            R.kind == RequestKind.COMPLAINT.value,
            R.received_at >= first,
            R.received_at < after,
            R.is_internal.is_(False),
            R.state.not_in(LEFT_OUT),
        )
        .options(
            joinedload(R.customer).load_only(Customer.code, Customer.name_zh, Customer.name_en),
            joinedload(R.category).joinedload(RequestCategory.parent),
            defer(R.context),
            defer(R.details),
        )
        .order_by(R.received_at, R.id)
    )


def complaints(from_on: date, until_on: date, viewer: Viewer, now: datetime) -> list[Complaint]:
    """The rows of the registers, in the order in which they came."""
    rows = list(db.session.scalars(complaints_between(from_on, until_on, viewer)))
    ids = [row.id for row in rows]
    defects, late = first_defects(ids, viewer), late_requests(ids, viewer, now)
    return [_row(row, defects.get(row.id), row.id in late) for row in rows]


def with_satisfaction(rows: Iterable[Complaint], told: Mapping[int, str]) -> list[Complaint]:
    """The rows with what their customers answered afterwards; request id → words."""
    return [replace(row, satisfaction=told.get(row.request_id, "")) for row in rows]


def first_defects(request_ids: list[int], viewer: Viewer) -> dict[int, Defect]:
    """Request id → the defect that was recorded first."""
    found: dict[int, Defect] = {}
    for part in _parts(request_ids):
        wanted = visible(select(Defect), Defect, viewer).where(Defect.request_id.in_(part))
        for row in db.session.scalars(wanted.order_by(Defect.id)):
            found.setdefault(row.request_id, row)
    return found


def late_requests(request_ids: list[int], viewer: Viewer, now: datetime) -> set[int]:
    """Those whose time to resolve ran out, or that of law to answer, whether they were resolved afterwards or not."""
    C = RequestClock
    late: set[int] = set()
    for part in _parts(request_ids):
        wanted = visible(select(C.request_id), C, viewer).where(
            C.request_id.in_(part),
            C.kind.in_(DUE),
            or_(
                C.breached_at.is_not(None),
                C.met_at > C.due_at,
                (C.state == ClockState.RUNNING.value) & (C.due_at < now),
            ),
        )
        late.update(db.session.scalars(wanted))
    return late


def _parts(ids: list[int], size: int = 500) -> Iterable[list[int]]:
    return (ids[at : at + size] for at in range(0, len(ids), size))


def _row(request: ServiceRequest, defect: Defect | None, is_late: bool) -> Complaint:
    kind, reason, keys = _category(request.category)
    received = business_day(request.received_at)
    resolved = _day(request.resolved_at)
    who = Responsible(defect.responsible) if defect else Responsible.UNCLEAR
    return Complaint(
        number=request.number,
        request_id=request.id,
        received_on=received,
        customer=Words(request.customer.name_zh, request.customer.name_en),
        content=request.title,
        kind=kind,
        reason=reason,
        responsible=RESPONSIBLE_WORDS[who],
        responsible_name=defect.responsible_name if defect else "",
        cause=defect.root_cause if defect else "",
        measure=(defect.action if defect else "") or request.solution,
        due_on=(defect.due_on if defect else None) or request.promised_on,
        done_on=defect.done_on if defect and defect.action else resolved,
        resolved_on=resolved,
        closed_on=_day(request.closed_at),
        is_late=is_late,
        days=(resolved - received).days if resolved else None,
        keys=(*keys, who),
    )


def _category(category: RequestCategory | None) -> tuple[Name, Name | None, tuple[int, int]]:
    if category is None:
        return NO_CATEGORY, None, (0, 0)
    own = Words(category.name_zh, category.name_en)
    above = category.parent
    if above is None:
        return own, None, (category.id, category.id)
    return Words(above.name_zh, above.name_en), own, (above.id, category.id)


def _day(at: datetime | None) -> date | None:
    return None if at is None else business_day(at)
