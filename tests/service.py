"""Service requests for tests, opened and moved by the same actions as everybody's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portal.access.permissions import Role
from portal.access.viewer import SYSTEM, Viewer
from portal.accounts.models import User
from portal.customers.models import Customer
from portal.db.base import db
from portal.service_requests.actions import opening
from portal.service_requests.actions.opening import NewRequest
from portal.service_requests.models import RequestCategory, ServiceRequest
from portal.service_requests.rules.kinds import NoMatch, RequestKind
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
