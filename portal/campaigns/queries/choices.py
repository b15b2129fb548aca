"""What forms offer to choose from."""

from __future__ import annotations

from sqlalchemy import select

from portal.access.scope import visible
from portal.access.viewer import Viewer
from portal.catalogue.models import Bundle, ServiceItem
from portal.customers.models import Customer
from portal.db.base import db

MOST = 300


def industries(viewer: Viewer) -> list[str]:
    """The industries of the customers that the viewer sees."""
    wanted = visible(select(Customer.industry), Customer, viewer).where(Customer.industry != "")
    return list(db.session.scalars(wanted.distinct().order_by(Customer.industry).limit(MOST)))


def item_of(code: str) -> ServiceItem | None:
    """The service item that is sold under this code."""
    wanted = ServiceItem.code == code.strip(), ServiceItem.active.is_(True)
    return db.session.scalar(select(ServiceItem).where(*wanted)) if code.strip() else None


def items() -> list[ServiceItem]:
    """Service items to choose from, by code."""
    wanted = select(ServiceItem).where(ServiceItem.active.is_(True)).order_by(ServiceItem.code)
    return list(db.session.scalars(wanted.limit(MOST)))


def bundles() -> list[Bundle]:
    """Bundles to choose from, by code."""
    wanted = select(Bundle).where(Bundle.active.is_(True)).order_by(Bundle.code)
    return list(db.session.scalars(wanted.limit(MOST)))
