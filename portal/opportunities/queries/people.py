"""Who of ours works on opportunities, and who gets one that nobody was named for."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select

from portal.access.models import Assignment
from portal.access.permissions import ROLES, Permission, Role, of_roles
from portal.access.viewer import Viewer
from portal.accounts.models import StaffRole, User
from portal.customers.rules.kinds import Part
from portal.db import whole
from portal.db.base import db

SELLERS: list[Role] = [
    role
    for role, granted in ROLES.items()
    if Permission.OPPORTUNITY_EDIT in granted and role is not Role.ADMINISTRATOR
]
LEADERS: list[Role] = [role for role in SELLERS if Permission.OPPORTUNITY_UNLOCK in ROLES[role]]


def sellers() -> list[User]:
    """The active staff who work on opportunities, by name."""
    return _holding(SELLERS)


def may(user_id: int | None, permission: Permission) -> bool:
    """Whether this is an active member of staff who holds the permission."""
    user = db.session.get(User, user_id) if user_id is not None else None
    return (
        user is not None
        and user.active
        and user.kind == "staff"
        and permission in of_roles(user.role_set)
    )


def may_own(user_id: int | None) -> bool:
    """Whether this member of staff may work on opportunities."""
    return may(user_id, Permission.OPPORTUNITY_EDIT)


def default_owner(customer_id: int, actor: Viewer) -> int | None:
    """Who gets it when nobody was named: who records it, else the customer's owner, else a leader of sales."""
    if actor.is_staff and may_own(actor.user_id):
        return actor.user_id
    owner = db.session.scalar(
        select(Assignment.user_id)
        .where(Assignment.customer_id == customer_id, Assignment.part == Part.OWNER)
        .order_by(Assignment.id)
        .limit(1)
    )
    if may_own(owner):
        return owner
    leaders = _holding(LEADERS) or _holding(SELLERS)
    return leaders[0].id if leaders else None


def names(user_ids: Iterable[int | None]) -> dict[int, str]:
    """User id → name."""
    wanted = [each for each in user_ids if each is not None]
    return {row_id: row[0] for row_id, row in whole.columns_of(User, wanted, ("name",)).items()}


def name_of(user_id: int | None) -> str:
    """The name of one of our people; "" for nobody."""
    return names([user_id]).get(user_id or 0, "")


def _holding(roles: list[Role]) -> list[User]:
    ids = select(StaffRole.user_id).where(StaffRole.role.in_(roles))
    wanted = select(User).where(User.active.is_(True), User.kind == "staff", User.id.in_(ids))
    return list(db.session.scalars(wanted.order_by(User.name, User.id)))
