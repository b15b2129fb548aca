"""Service requests for tests, opened and moved by the same actions as everybody's."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portal.access.permissions import Role
from portal.access.viewer import SYSTEM, Viewer
from portal.accounts.models import User
from portal.customers.models import Customer
from portal.db.base import db
from portal.service_requests.actions import course, joining, opening
from portal.service_requests.actions.opening import NewRequest
from portal.service_requests.models import RequestCategory, ServiceRequest
from portal.service_requests.rules.kinds import NoMatch, RequestKind
from portal.service_requests.rules.states import RequestState
from tests.cast import Cast, staff
from tests.factories import add


@dataclass(frozen=True)
class File:
    """A file that came in."""

    name: str = "photo.png"
    kind: str = "png"
    body: bytes = b"\x89PNG\r\n\x1a\n"


def new_request(customer: Customer, **changes: Any) -> NewRequest:
    """What a customer writes about nothing bought in particular; `changes` replace what it says."""
    values: dict[str, Any] = {
        "customer_id": customer.id, "kind": RequestKind.ENQUIRY.value, "title": "货物到哪里了",
        "text": "请查询货物现在的位置。",
    }  # fmt: skip
    values |= changes
    about = ("entitlement_id", "shipment_id", "statement_line_id", "no_match")
    if not any(values.get(each) for each in about):
        values["no_match"] = NoMatch.GENERAL.value
    return NewRequest(**values)


def a_request(
    cast: Cast, now: datetime, *, customer: Customer | None = None, by: Viewer = SYSTEM, **changes: Any
) -> ServiceRequest:  # fmt: skip
    """A new request of Harbour Foods, asked by Lin Xiaowen, unless said otherwise; `changes`: of NewRequest."""
    customer = customer or cast.harbour
    if by.kind != "customer" and "requester_name" not in changes and "requester_id" not in changes:
        changes["requester_id"] = _asker(cast, customer)
        if changes["requester_id"] is None:
            changes["requester_name"] = "王先生"
    return opening.open_(new_request(customer, **changes), by, now)


def a_category(code: str = "DAMAGE", name_zh: str = "破损", **values: Any) -> RequestCategory:
    """A category of requests."""
    return add(RequestCategory(**{"code": code, "name_zh": name_zh, "name_en": code.title(), **values}))  # fmt: skip


def a_service_manager(name: str = "Luo Hua") -> User:
    """Somebody who may assign requests to anybody, and open closed ones again."""
    return staff(name, Role.SERVICE_MANAGER)


def an_agent(name: str = "Tang Yi") -> User:
    """Another of our people who answer requests."""
    return staff(name, Role.CUSTOMER_SERVICE)


def fresh(request: ServiceRequest) -> ServiceRequest:
    """The request as the database has it."""
    db.session.flush()
    db.session.refresh(request)
    return request


def _asker(cast: Cast, customer: Customer) -> int | None:
    known = {cast.harbour.id: cast.lin.id, cast.nordwind.id: cast.erik.id}
    return known.get(customer.id)


def moved_to(cast: Cast, now: datetime, state: RequestState, **changes: Any) -> ServiceRequest:
    """A request in `state`; it gets there by the same actions as everybody's, SYSTEM acting."""
    row = a_request(cast, now, **changes)
    for step in WAY[state]:
        step(cast, row, now)
    return fresh(row)


def _accept(_cast: Cast, row: ServiceRequest, now: datetime) -> None:
    course.accept(row, SYSTEM, now)


def _start(_cast: Cast, row: ServiceRequest, now: datetime) -> None:
    course.start(row, SYSTEM, now)


def _ask(_cast: Cast, row: ServiceRequest, now: datetime) -> None:
    course.wait_for_customer(row, "请提供照片。", SYSTEM, now)


def _ask_third(_cast: Cast, row: ServiceRequest, now: datetime) -> None:
    course.wait_for_third_party(row, "船公司", SYSTEM, now)


def _resolve(_cast: Cast, row: ServiceRequest, now: datetime) -> None:
    course.resolve(row, "已处理。", SYSTEM, now)


def _close(_cast: Cast, row: ServiceRequest, now: datetime) -> None:
    course.close(row, SYSTEM, now)


def _withdraw(_cast: Cast, row: ServiceRequest, now: datetime) -> None:
    course.withdraw(row, "客户撤回", SYSTEM, now)


def _reject(_cast: Cast, row: ServiceRequest, now: datetime) -> None:
    course.reject(row, "不属于我们的业务", SYSTEM, now)


def _merge(cast: Cast, row: ServiceRequest, now: datetime) -> None:
    into = a_request(cast, now, customer=row.customer, title="同一件事")
    joining.merge(row, into, "同一件事", SYSTEM, now)


S = RequestState
WAY: Mapping[RequestState, Sequence[Callable[[Cast, ServiceRequest, datetime], None]]] = {
    S.NEW: (),
    S.ACCEPTED: (_accept,),
    S.IN_PROGRESS: (_accept, _start),
    S.WAITING_CUSTOMER: (_accept, _ask),
    S.WAITING_THIRD_PARTY: (_accept, _ask_third),
    S.RESOLVED: (_accept, _start, _resolve),
    S.CLOSED: (_accept, _start, _resolve, _close),
    S.WITHDRAWN: (_withdraw,),
    S.MERGED: (_merge,),
    S.REJECTED: (_reject,),
}
"""The actions that bring a new request to a state."""
