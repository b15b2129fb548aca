"""What stands beside a request: earlier ones of the customer, and those about the same thing."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import defer, joinedload

from portal.access.viewer import Viewer
from portal.db.base import db
from portal.service_requests.models import ServiceRequest
from portal.service_requests.queries.requests import requests

R = ServiceRequest
MOST_SHOWN = 10
_POINTERS: dict[str, Any] = {
    "customer": R.customer_id,
    "contract": R.contract_id,
    "entitlement": R.entitlement_id,
    "shipment": R.shipment_id,
    "statement": R.statement_id,
    "statement_line": R.statement_line_id,
}
"""By the names of their tables."""


def about(
    model_name: str, row_id: int, viewer: Viewer, limit: int = MOST_SHOWN
) -> list[ServiceRequest]:
    """The latest requests about a contract, entitlement, shipment, statement or statement line, or of a customer.

    KeyError for anything else.
    """
    return _latest(requests(viewer).where(_points(model_name, row_id)), limit)


def count_about(model_name: str, row_id: int, viewer: Viewer) -> tuple[int, int]:
    """How many requests there are about it, and how many of them are open."""
    counted = requests(viewer).where(_points(model_name, row_id))
    is_open = func.count().filter(R.is_open.is_(True))
    row = db.session.execute(counted.with_only_columns(func.count(), is_open)).one()
    return int(row[0]), int(row[1])


def earlier(
    request: ServiceRequest, viewer: Viewer, limit: int = MOST_SHOWN
) -> list[ServiceRequest]:
    """The customer's other requests, the latest first."""
    others = requests(viewer).where(R.customer_id == request.customer_id, R.id != request.id)
    return _latest(others, limit)


def same_subject(
    request: ServiceRequest, viewer: Viewer, limit: int = MOST_SHOWN
) -> list[ServiceRequest]:
    """Open requests of the customer about the same shipment, statement line or entitlement: perhaps asked twice."""
    same = [
        column == getattr(request, column.key)
        for column in (R.shipment_id, R.statement_line_id, R.entitlement_id)
        if getattr(request, column.key) is not None
    ]
    if not same:
        return []
    first: ColumnElement[bool] = same[0]
    for each in same[1:]:
        first = first | each
    others = requests(viewer).where(R.customer_id == request.customer_id, R.id != request.id)
    return _latest(others.where(R.is_open.is_(True), first), limit)


def _points(model_name: str, row_id: int) -> ColumnElement[bool]:
    column = _POINTERS[model_name]
    found: ColumnElement[bool] = column == row_id
    return found


def _latest(statement: Select[Any], limit: int) -> list[ServiceRequest]:
    shown = statement.options(joinedload(R.owner), defer(R.text), defer(R.search_text))
    ordered = shown.order_by(R.received_at.desc(), R.id.desc()).limit(limit)
    return list(db.session.scalars(ordered))


def open_of_customer(customer_id: int, viewer: Viewer) -> int:
    """How many requests of a customer are open."""
    wanted = select(func.count()).select_from(
        requests(viewer)
        .with_only_columns(R.id)
        .where(R.customer_id == customer_id, R.is_open.is_(True))
        .subquery()
    )
    return db.session.scalar(wanted) or 0
