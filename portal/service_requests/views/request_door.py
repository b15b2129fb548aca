"""The staff's doors of requests, canned replies and categories, and what every view behind them needs."""

from __future__ import annotations

from flask import Response, redirect, url_for
from sqlalchemy.orm import joinedload

from portal.access.guards import fetch
from portal.access.scope import past_the_walls
from portal.accounts.models import User
from portal.billing.models import Statement
from portal.contracts.models import Contract, Entitlement
from portal.service_requests.models import ServiceRequest
from portal.web import doors

request_door = doors.desk("requests", "portal.service_requests.views.desk_requests")
canned_door = doors.desk("canned", "portal.service_requests.views.desk_canned")
category_door = doors.desk(
    "request_categories", "portal.service_requests.views.desk_request_categories"
)
R = ServiceRequest
LONGEST_REASON = 1000
TOGETHER = (
    joinedload(R.customer),
    joinedload(R.owner).lazyload(User.roles),
    joinedload(R.requester).lazyload(User.roles),
    joinedload(R.contract).load_only(Contract.number, Contract.title, Contract.state, Contract.customer_id),
    joinedload(R.entitlement).joinedload(Entitlement.item),
    joinedload(R.shipment),
    joinedload(R.statement).load_only(Statement.number, Statement.state, Statement.customer_id),
    joinedload(R.statement_line),
    joinedload(R.merged_into).load_only(R.number, R.title, R.customer_id),
)  # fmt: skip
"""What the work page names, in one select."""


def request_of(request_id: int) -> ServiceRequest:
    """The request of an address with everything that its page names; NotFound otherwise.

    What is shared with a colleague is named whole, though the customer is not theirs.
    """
    with past_the_walls():
        return fetch(ServiceRequest, request_id, options=TOGETHER)


def held(request_id: int) -> ServiceRequest:
    """The request of an address for a step: nobody else changes it until this one is done."""
    return fetch(ServiceRequest, request_id, lock=True)


def to_request(request_id: int, anchor: str | None = None) -> Response:
    """To the request's page."""
    url = url_for("desk_requests.show", request_id=request_id, _anchor=anchor)
    return redirect(url, 303)  # type: ignore[return-value]
