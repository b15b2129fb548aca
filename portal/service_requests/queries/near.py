"""Who of ours may be given something about a customer: holds the permission, and sees the customer at all."""

from __future__ import annotations

from sqlalchemy import or_, select

from portal.access.models import Assignment
from portal.access.permissions import ROLES, Permission
from portal.accounts.models import StaffRole, User
from portal.db.base import db


def near(permission: Permission, customer_id: int) -> list[User]:
    """The active staff, administrators too, by name."""
    may = [role for role, granted in ROLES.items() if permission in granted]
    wide = [role for role in may if Permission.CUSTOMER_SEE_ALL in ROLES[role]]
    assigned = select(Assignment.user_id).where(Assignment.customer_id == customer_id)
    everywhere = select(StaffRole.user_id).where(StaffRole.role.in_(wide))
    holders = select(StaffRole.user_id).where(StaffRole.role.in_(may))
    wanted = select(User).where(
        User.active.is_(True),
        User.kind == "staff",
        or_(User.id.in_(everywhere), User.id.in_(holders) & User.id.in_(assigned)),
    )
    return list(db.session.scalars(wanted.order_by(User.name, User.id)))
