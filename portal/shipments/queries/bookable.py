"""What a customer may book: entitlements with something left, and the places it ships from and to."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from portal.access.permissions import Permission
from portal.access.scope import visible
from portal.access.viewer import Viewer
from portal.contracts.models import Contract, Entitlement
from portal.contracts.rules.states import ContractState
from portal.customers.models import Customer
from portal.db import whole
from portal.db.base import db
from portal.kernel.errors import NotFound
from portal.shipments.rules.booking import Left, is_bookable

AHEAD = timedelta(days=31)
"""An entitlement may be booked so long before its period starts."""
MOST_SHOWN = 80


def bookable(customer: Customer, viewer: Viewer, on: date) -> list[Entitlement]:
    """Entitlements of the customer, or for a branch of its group, that have something left; the earliest end first."""
    holders = [each for each in (customer.id, customer.parent_id) if each is not None]
    statement = (
        visible(select(Entitlement), Entitlement, viewer)
        .where(
            Entitlement.customer_id.in_(holders),
            Entitlement.closed_at.is_(None),
            Entitlement.ends_on >= on,
            Entitlement.starts_on <= on + AHEAD,
            or_(Entitlement.is_unlimited.is_(True), Entitlement.remaining > 0),
        )
        .options(joinedload(Entitlement.item))
        .order_by(Entitlement.ends_on, Entitlement.id)
        .limit(MOST_SHOWN)
    )
    rows = [row for row in db.session.scalars(statement) if is_bookable(row.unit)]
    offered = {each.entitlement_id: each for each in offers(rows)}
    return [row for row in rows if offered[row.id].is_in_force]


def check_visible(ids: Collection[int], viewer: Viewer) -> None:
    """NotFound where one of these entitlements is not there for this viewer."""
    wanted = set(ids)
    if not wanted:
        return
    statement = visible(select(Entitlement.id), Entitlement, viewer)
    if set(db.session.scalars(statement.where(Entitlement.id.in_(wanted)))) != wanted:
        raise NotFound()


def offers(rows: Iterable[Entitlement]) -> list[Left]:
    """What each offers as it stands.

    The contract's state is read past the viewer's reach: a branch's entitlement may be granted by its group's contract.
    """
    rows = list(rows)
    states = whole.columns_of(Contract, (row.contract_id for row in rows), ("state",))
    return [
        Left(
            entitlement_id=row.id,
            unit=row.unit,
            left=None if row.is_unlimited else row.remaining,
            starts_on=row.starts_on,
            ends_on=row.ends_on,
            is_in_force=states[row.contract_id][0] == ContractState.ACTIVE,
        )
        for row in rows
    ]


def customers_that_book(viewer: Viewer) -> list[Customer]:
    """The active customers that a customer's user may book for, by code."""
    if not viewer.may(Permission.BOOKING_MAKE):
        return []
    statement = visible(select(Customer), Customer, viewer).where(Customer.active.is_(True))
    return list(db.session.scalars(statement.order_by(Customer.code)))
