"""Where a message goes whose request is over: to what it was merged into, or to a new request that follows it (S11)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from portal.access.viewer import Viewer
from portal.db.base import db
from portal.documents.actions.attaching import ReceivedFile
from portal.kernel.clock import business_day
from portal.kernel.errors import InvalidMany
from portal.service_requests.actions import history, letters
from portal.service_requests.actions.holding import held_id
from portal.service_requests.actions.opening import NewRequest, category_problem, open_
from portal.service_requests.actions.pointing import pointed
from portal.service_requests.models import RequestLink, ServiceRequest
from portal.service_requests.queries.openable import find
from portal.service_requests.queries.people import may_work
from portal.service_requests.queries.requests import DEEPEST
from portal.service_requests.rules.kinds import Channel, LinkKind, NoMatch, RequestKind
from portal.service_requests.rules.states import RequestState

POINTERS = ("contract_id", "shipment_id", "statement_id", "statement_line_id")


def current(request: ServiceRequest) -> ServiceRequest:
    """The request itself, or what it was merged into, held."""
    row = request
    for _ in range(DEEPEST):
        if row.state != RequestState.MERGED.value or row.merged_into_id is None:
            break
        row = held_id(row.merged_into_id)
    return row


def open_after(
    request: ServiceRequest, text: str, files: Sequence[ReceivedFile], actor: Viewer, now: datetime
) -> ServiceRequest:
    """A new request of the same customer about the same, linked to the one that is over, which stays as it is.

    It goes to whoever owned the first.
    """
    row = open_(_same(request, text, actor, now), actor, now, files=files)
    db.session.add(
        RequestLink(
            customer_id=row.customer_id, request_id=row.id, other_id=request.id, kind=LinkKind.FOLLOW_UP.value,
            linked_by=actor.user_id, linked_at=now,
        )
    )  # fmt: skip
    history.note(row, "request.linked", actor, now, after={"follows": request.number})
    if request.owner_id is not None and may_work(request.owner_id):
        row.owner_id = request.owner_id
        letters.tell_working(row, "customer_wrote", actor, now, "follows", row.text)
    db.session.flush()
    return row


def _same(request: ServiceRequest, text: str, actor: Viewer, now: datetime) -> NewRequest:
    """What the new one says of itself: as the first did, as far as that still holds and the writer sees it."""
    kind = request.kind
    if kind == RequestKind.CLAIM:
        kind = RequestKind.PROBLEM.value  # a claim is filed with its amounts, never by a message
    category = request.category_id if category_problem(request.category_id, kind) is None else None
    bought, why = _bought(request, actor, now)
    new = NewRequest(
        request.customer_id, kind, request.title, text, severity=request.severity, scope=request.scope,
        channel=Channel.PORTAL if actor.kind == "customer" else request.channel, category_id=category,
        requester_id=request.requester_id, requester_name=request.requester_name,
        requester_phone=request.requester_phone, requester_email=request.requester_email,
        context=request.context or {}, entitlement_id=bought, no_match=why, contract_id=request.contract_id,
        shipment_id=request.shipment_id, statement_id=request.statement_id,
        statement_line_id=request.statement_line_id,
    )  # fmt: skip
    return _seen_only(new, request, actor, now)


def _seen_only(
    new: NewRequest, request: ServiceRequest, actor: Viewer, now: datetime
) -> NewRequest:
    """Without what the writer does not see: a group's bill, for a branch's own people."""
    try:
        pointed(request.customer, new, actor, business_day(now))
    except InvalidMany as error:
        gone = {name: None for name in POINTERS if name in error.errors}
        return replace(new, **gone)  # type: ignore[arg-type]
    return new


def _bought(request: ServiceRequest, actor: Viewer, now: datetime) -> tuple[int | None, str | None]:
    """The entitlement if it is in force still, else why not."""
    if request.entitlement_id is None:
        return None, request.no_match
    one = find(request.entitlement_id, request.customer_id, actor, business_day(now))
    if one is None:
        return None, NoMatch.UNKNOWN.value
    return (one.id, None) if one.obstacle is None else (None, one.obstacle.value)
