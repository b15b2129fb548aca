"""Who gets mail about a contract or an amendment: approvers, the author, the owner, the customer's contact."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select

from portal.access.models import Assignment
from portal.access.permissions import ROLES, Permission, Role
from portal.access.viewer import Viewer
from portal.accounts.models import StaffRole, User
from portal.contracts.models import Amendment, Contract
from portal.customers.models import Contact
from portal.db.base import db
from portal.db.outbox import post_mail

Paper = Contract | Amendment
SEES_ALL = frozenset(role for role, may in ROLES.items() if Permission.CUSTOMER_SEE_ALL in may)


def tell_approvers(
    paper: Paper, contract: Contract, reason: str, actor: Viewer, now: datetime
) -> None:
    """Those who may approve it and see the customer, except the author."""
    for user in approvers(contract.customer_id):
        if user.id != actor.user_id:
            _post(user, "to_approve", paper, contract, actor, reason, now)


def tell_author(
    paper: Paper, contract: Contract, step: str, actor: Viewer, now: datetime, reason: str = ""
) -> None:
    """What was decided about it (approved, returned), unless the author did it."""
    author = db.session.get_one(User, paper.author_id)
    if author.id != actor.user_id:
        _post(author, step, paper, contract, actor, reason, now)


def tell_owner(
    paper: Paper, contract: Contract, step: str, actor: Viewer, now: datetime, reason: str = ""
) -> None:
    """What happened (signed, suspended, terminated, handed_over), unless the owner did it."""
    owner = db.session.get_one(User, contract.owner_id)
    if owner.id != actor.user_id:
        _post(owner, step, paper, contract, actor, reason, now)


def tell_customer(
    paper: Paper, contract: Contract, step: str, actor: Viewer, now: datetime, reason: str = ""
) -> None:
    """The customer's main contact, in the contract's language: to_sign, in_force, suspended, resumed, terminated."""
    contact = _contact(contract)
    if contact is None or not contact.email:
        return
    facts = {**_facts(paper, contract, step, actor, reason), "contact": contact.name}
    locale = "en" if contract.language == "en" else "zh_CN"
    key = f"customer-{step}-{_mark(paper)}"
    post_mail(contact.email, "contract_customer", facts, locale=locale, key=key, now=now)


def approvers(customer_id: int) -> list[User]:
    """The active staff who may approve a contract of this customer."""
    may = [role for role, granted in ROLES.items() if Permission.CONTRACT_APPROVE in granted]
    wide = [role for role in may if role in SEES_ALL]
    holders = select(StaffRole.user_id).where(StaffRole.role.in_(wide))
    near = select(StaffRole.user_id).where(StaffRole.role.in_(may)).join(
        Assignment, Assignment.user_id == StaffRole.user_id
    ).where(Assignment.customer_id == customer_id)  # fmt: skip
    statement = select(User).where(
        User.active.is_(True),
        User.id.in_(holders.where(StaffRole.role != Role.ADMINISTRATOR)) | User.id.in_(near),
    )
    return list(db.session.scalars(statement.order_by(User.id)))


def _contact(contract: Contract) -> Contact | None:
    statement = select(Contact).where(
        Contact.customer_id == contract.customer_id, Contact.active.is_(True)
    )
    return db.session.scalar(statement.order_by(Contact.is_main.desc(), Contact.id).limit(1))


def _post(
    user: User,
    step: str,
    paper: Paper,
    contract: Contract,
    actor: Viewer,
    reason: str,
    now: datetime,
) -> None:
    facts = _facts(paper, contract, step, actor, reason)
    key = f"{step}-{_mark(paper)}-{user.id}"
    post_mail(user.email, "contract_staff", facts, locale=user.locale, key=key, now=now)


def _facts(
    paper: Paper, contract: Contract, step: str, actor: Viewer, reason: str
) -> dict[str, Any]:
    return {
        "step": step,
        "number": paper.number,
        "title": contract.title,
        "customer": contract.customer.label,
        "id": contract.id,
        "sender": actor.name,
        "reason": reason,
        "starts_on": contract.starts_on.isoformat(),
        "ends_on": (contract.ended_on or contract.ends_on).isoformat(),
    }


def _mark(paper: Paper) -> str:
    """One mail for each time that the paper comes to this point."""
    kind = "amendment" if isinstance(paper, Amendment) else "contract"
    return f"{kind}-{paper.id}-{paper.version}"
