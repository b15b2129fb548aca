"""Who looks after a quotation: its owner hears of questions and answers, and signs its paper."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from portal.access.models import Assignment
from portal.access.permissions import ROLES, Permission, Role
from portal.access.viewer import Viewer
from portal.accounts.models import StaffRole, User
from portal.db import audit
from portal.db.base import db
from portal.db.outbox import post_mail
from portal.kernel.errors import Forbidden, Invalid
from portal.kernel.text import t
from portal.quotations.models import Quotation

WRITERS = {
    role
    for role, granted in ROLES.items()
    if Permission.QUOTATION_EDIT in granted and role is not Role.ADMINISTRATOR
}
SEE_EVERY_CUSTOMER = {role for role in WRITERS if Permission.CUSTOMER_SEE_ALL in ROLES[role]}


def may_hand_over(quotation: Quotation, actor: Viewer) -> bool:
    """The owner gives it away; whoever approves quotations gives anybody's to anybody."""
    is_own = quotation.owner_id == actor.user_id
    return actor.may(Permission.QUOTATION_APPROVE) or (
        is_own and actor.may(Permission.QUOTATION_EDIT)
    )


def possible_owners(quotation: Quotation) -> list[tuple[int, str]]:
    """(user id, name) of the active staff who write quotations and may see this customer, by name."""
    near = (
        select(StaffRole.user_id)
        .join(Assignment, Assignment.user_id == StaffRole.user_id)
        .where(StaffRole.role.in_(WRITERS), Assignment.customer_id == quotation.customer_id)
    )
    wide = select(StaffRole.user_id).where(StaffRole.role.in_(SEE_EVERY_CUSTOMER))
    rows = db.session.execute(
        select(User.id, User.name)
        .where(User.active.is_(True), User.id.in_(near) | User.id.in_(wide))
        .order_by(User.name)
    )
    return [(row.id, row.name) for row in rows]


def hand_over(quotation: Quotation, owner_id: int, actor: Viewer, now: datetime) -> None:
    """Another member of staff looks after the quotation, and is told; in any state.

    Forbidden for anybody but its owner and those who approve; Invalid at `owner_id` for somebody who cannot write
    quotations or does not look after this customer.
    """
    if not may_hand_over(quotation, actor):
        raise Forbidden()
    names = dict(possible_owners(quotation))
    if owner_id not in names:
        raise Invalid(t("Choose somebody who looks after this customer."), "owner_id")
    if owner_id == quotation.owner_id:
        return
    before = {"owner": quotation.owner.name}
    quotation.owner = db.session.get_one(User, owner_id)
    quotation.updated_at = now
    entry = audit.record(
        actor, "quotation.handed_over", quotation, now, before=before, after={"owner": names[owner_id]}
    )  # fmt: skip
    if owner_id != actor.user_id:
        _tell(quotation, actor, f"quotation-owner-{entry.id}", now)


def _tell(quotation: Quotation, actor: Viewer, key: str, now: datetime) -> None:
    owner = quotation.owner
    facts = {
        "id": quotation.id,
        "number": quotation.number,
        "title": quotation.title,
        "sender": actor.name,
    }
    post_mail(owner.email, "quotation_owner", facts, locale=owner.locale, key=key, now=now)
