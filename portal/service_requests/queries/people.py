"""The people of a request: who of ours may do what, and who is told."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import joinedload

from portal.access.models import Assignment
from portal.access.permissions import ROLES, Permission, of_powers, of_roles
from portal.accounts.models import StaffRole, User
from portal.customers.models import Customer, Membership
from portal.customers.rules.kinds import Part
from portal.db import whole
from portal.db.base import db
from portal.service_requests.models import RequestShare, ServiceRequest


def holders(permission: Permission) -> list[User]:
    """The active staff who hold a permission, by name."""
    roles = [role for role, granted in ROLES.items() if permission in granted]
    ids = select(StaffRole.user_id).where(StaffRole.role.in_(roles))
    wanted = select(User).where(User.active.is_(True), User.kind == "staff", User.id.in_(ids))
    return list(db.session.scalars(wanted.order_by(User.name, User.id)))


def may(user_id: int, permission: Permission) -> bool:
    """Whether this is an active member of staff who holds the permission."""
    user = db.session.get(User, user_id)
    return (
        user is not None
        and user.active
        and user.kind == "staff"
        and permission in of_roles(user.role_set)
    )


def may_work(user_id: int) -> bool:
    """Whether this member of staff may answer and resolve requests."""
    return may(user_id, Permission.REQUEST_WORK)


def owner_of(customer_id: int) -> User | None:
    """The customer's owner 客户经理, when there is one at work."""
    statement = (
        select(User)
        .join(Assignment, Assignment.user_id == User.id)
        .where(
            Assignment.customer_id == customer_id,
            Assignment.part == Part.OWNER,
            User.active.is_(True),
        )
    )
    return db.session.scalar(statement.limit(1))


def members_of(customer: Customer, today: date) -> list[Membership]:
    """The customer's users at work, and those of its group who look after branches."""
    own = Membership.customer_id == customer.id
    of_group = Membership.customer_id == customer.parent_id, Membership.covers_branches.is_(True)
    wanted = (
        select(Membership)
        .join(User, User.id == Membership.user_id)
        .where(
            or_(own, and_(*of_group)) if customer.parent_id else own,
            User.active.is_(True),
            or_(Membership.ends_on.is_(None), Membership.ends_on >= today),
        )
        .options(joinedload(Membership.user))
    )
    return list(db.session.scalars(wanted.order_by(Membership.id)))


def readers(customer: Customer, permission: Permission, today: date) -> list[User]:
    """The customer's users who hold a permission for it, each once."""
    found = {
        each.user_id: each.user
        for each in members_of(customer, today)
        if permission in of_powers(each.power_set)
    }
    return list(found.values())


def sharers(request: ServiceRequest) -> list[User]:
    """The colleagues whom a request is shared with, by name."""
    shared = select(RequestShare.user_id).where(RequestShare.request_id == request.id)
    wanted = select(User).where(User.id.in_(shared), User.active.is_(True))
    return list(db.session.scalars(wanted.order_by(User.name, User.id)))


def names(user_ids: Iterable[int | None]) -> dict[int, str]:
    """User id → name."""
    wanted = [each for each in user_ids if each is not None]
    return {row_id: row[0] for row_id, row in whole.columns_of(User, wanted, ("name",)).items()}
