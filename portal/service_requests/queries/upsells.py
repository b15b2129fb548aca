"""Chances to sell more."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from portal.access.scope import visible
from portal.access.viewer import Viewer
from portal.customers.models import Customer
from portal.db.base import db
from portal.service_requests.models import ServiceRequest, Upsell

NAMES = (Customer.code, Customer.name_zh, Customer.name_en, Customer.short_name)
MOST_SHOWN = 100
WITH_PARTIES = (
    joinedload(Upsell.customer).load_only(*NAMES),
    joinedload(Upsell.request).load_only(ServiceRequest.number, ServiceRequest.title),
    joinedload(Upsell.item),
    joinedload(Upsell.owner),
)


def upsells(viewer: Viewer) -> Select[Any]:
    """Every chance that one may see."""
    return visible(select(Upsell), Upsell, viewer).options(*WITH_PARTIES)


def of_request(request_id: int, viewer: Viewer) -> list[Upsell]:
    """The chances that one request showed, the oldest first."""
    wanted = upsells(viewer).where(Upsell.request_id == request_id).order_by(Upsell.id)
    return list(db.session.scalars(wanted.limit(MOST_SHOWN)))
