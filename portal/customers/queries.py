"""Reading customers, each select limited to what the viewer may see."""

from __future__ import annotations

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from portal.access.permissions import Permission, Power, of_powers, of_roles
from portal.access.scope import visible
from portal.access.viewer import NOBODY, Viewer
from portal.accounts.models import User
from portal.customers.models import Customer, Membership
from portal.db.base import db
from portal.kernel import clock


def customers(viewer: Viewer) -> Select[tuple[Customer]]:
    """Every customer that the viewer may see."""
    return visible(select(Customer), Customer, viewer)


def viewer_for(user_id: int, chosen_customer_id: int | None) -> Viewer:
    """Who a signed-in user is at the door: staff by roles, a customer's user by the chosen membership."""
    user = db.session.get(User, user_id)
    if user is None or not user.active:
        return NOBODY
    return _staff(user) if user.kind == "staff" else _customer_user(user, chosen_customer_id)


def _staff(user: User) -> Viewer:
    permissions = of_roles(user.role_set)
    return Viewer(
        kind="staff",
        name=user.name,
        user_id=user.id,
        roles=user.role_set,
        permissions=permissions,
        customer_ids=None,
        own_only=Permission.CUSTOMER_SEE_ALL not in permissions,
        locale=user.locale,
    )


def _customer_user(user: User, chosen_customer_id: int | None) -> Viewer:
    today = clock.today()
    memberships = [
        m
        for m in db.session.scalars(
            select(Membership)
            .where(Membership.user_id == user.id)
            .options(joinedload(Membership.customer))
            .order_by(Membership.id)
        )
        if (m.ends_on is None or m.ends_on >= today) and m.customer.active
    ]
    by_customer = {m.customer_id: m for m in memberships}
    wanted = chosen_customer_id or user.last_customer_id
    chosen = by_customer.get(wanted or 0) or (memberships[0] if memberships else None)
    powers: frozenset[Power] = chosen.power_set if chosen else frozenset()
    return Viewer(
        kind="customer",
        name=user.name,
        user_id=user.id,
        permissions=of_powers(powers),
        customer_id=chosen.customer_id if chosen else None,
        customer_ids=_reach(chosen) if chosen else frozenset(),
        locale=user.locale,
        switchable=tuple((m.customer_id, m.customer.label) for m in memberships),
    )


def _reach(membership: Membership) -> frozenset[int]:
    """The customer itself and, where the membership says so, its branches."""
    if not membership.covers_branches:
        return frozenset({membership.customer_id})
    branches = db.session.scalars(select(Customer.id).where(Customer.parent_id == membership.customer_id))
    return frozenset({membership.customer_id, *branches})
