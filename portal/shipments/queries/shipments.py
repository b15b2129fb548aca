"""Reading shipments: lists, one with all that its page names, and the usage that it was billed by."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, select
from sqlalchemy.orm import defer, joinedload, selectinload

from portal.access.scope import visible
from portal.access.viewer import Viewer
from portal.accounts.models import User
from portal.catalogue.models import ServiceItem
from portal.contracts.models import Entitlement
from portal.customers.models import Customer
from portal.db.base import db
from portal.kernel.pinyin import normalise
from portal.shipments.models import Shipment, ShipmentLine
from portal.shipments.rules.states import ShipmentState
from portal.usage.models import UsageRecord

NAMES = (Customer.name_zh, Customer.name_en, Customer.short_name)
OPEN = (ShipmentState.PLANNED.value, ShipmentState.UNDER_WAY.value)
WITH_ALL = (
    joinedload(Shipment.customer),
    joinedload(Shipment.booking),
    joinedload(Shipment.owner).lazyload(User.roles),
    selectinload(Shipment.lines).options(
        joinedload(ShipmentLine.item),
        joinedload(ShipmentLine.entitlement).defer(Entitlement.search_text),
    ),
    selectinload(Shipment.boxes),
    selectinload(Shipment.milestones),
)
"""All that the page of one shipment names."""


def shipments(viewer: Viewer) -> Select[Shipment]:
    """Every shipment that the viewer may see, with its services and milestones."""
    return visible(select(Shipment), Shipment, viewer).options(
        joinedload(Shipment.customer).load_only(*NAMES),
        selectinload(Shipment.lines)
        .joinedload(ShipmentLine.item)
        .load_only(ServiceItem.name_zh, ServiceItem.name_en),
        selectinload(Shipment.milestones),
        defer(Shipment.search_text),
        defer(Shipment.internal_note),
    )


def search(statement: Select[Any], words: str) -> Select[Any]:
    """Narrow by number, box, bill of lading, reference, customer in Chinese, pinyin or initials, vessel, places."""
    for word in normalise(words).lower().split():
        statement = statement.where(Shipment.search_text.contains(word, autoescape=True))
    return statement


def is_late(at: datetime) -> ColumnElement[bool]:
    """The criterion that a shipment is late at that instant; one that is finished never is."""
    return and_(Shipment.state.in_(OPEN), Shipment.late_since < at)


def due_until(day: date) -> ColumnElement[bool]:
    """The criterion that it is promised by that day and not finished."""
    return and_(Shipment.state.in_(OPEN), Shipment.due_on <= day)


def usage_of(shipment: Shipment, viewer: Viewer) -> list[UsageRecord]:
    """The usage that its completion posted, reversals included."""
    statement = visible(select(UsageRecord), UsageRecord, viewer)
    statement = statement.where(UsageRecord.shipment_id == shipment.id)
    return list(db.session.scalars(statement.order_by(UsageRecord.id)))
