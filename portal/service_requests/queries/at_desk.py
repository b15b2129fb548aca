"""Requests as other rooms' pages at the desk show them: about a record, waiting for somebody, found by words."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload

from portal.access.permissions import Permission
from portal.access.viewer import Viewer
from portal.customers.models import Customer
from portal.db.base import db
from portal.service_requests.models import ServiceRequest
from portal.service_requests.queries.beside import about
from portal.service_requests.queries.requests import requests, search

R = ServiceRequest
SHOWN = 5


def about_at_desk(what: str, row_id: int, viewer: Viewer) -> list[ServiceRequest] | None:
    """The latest requests about a record (`beside.about`); None for a viewer who sees no requests."""
    if not viewer.is_staff or not viewer.may(Permission.REQUEST_SEE):
        return None
    return about(what, row_id, viewer, SHOWN)


def left_at_desk(viewer: Viewer) -> Select[Any]:
    """How many open requests nobody has, and on how many of the viewer's own the customer waits for words of ours."""
    is_open = requests(viewer).where(R.is_open.is_(True)).with_only_columns(R.id)
    nobody = is_open.where(R.owner_id.is_(None)).subquery()
    waited = is_open.where(R.owner_id == viewer.user_id, R.customer_waits.is_(True)).subquery()
    return select(
        select(func.count()).select_from(nobody).scalar_subquery(),
        select(func.count()).select_from(waited).scalar_subquery(),
    )


def late_ones(viewer: Viewer, now: datetime) -> Select[Any]:
    """The viewer's own whose clocks have run out, the latest first, each with its customer."""
    own = requests(viewer).where(
        R.owner_id == viewer.user_id, R.is_open.is_(True), R.queue_at < now
    )
    named = own.outerjoin(Customer, Customer.id == R.customer_id)
    return named.order_by(R.queue_at, R.id).limit(SHOWN)


def found_by_words(words: str, viewer: Viewer, limit: int) -> list[ServiceRequest]:
    """By number, title, people, references or customer, the latest first."""
    wanted = search(requests(viewer), words).options(joinedload(R.customer))
    newest = wanted.order_by(R.received_at.desc(), R.id.desc()).limit(limit)
    return list(db.session.scalars(newest))
