"""Who gets mail about statements, disputes and credits: the customer's people, who decides, who published."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Protocol

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from portal.access.models import Assignment
from portal.access.permissions import ROLES, Permission, Role, of_powers
from portal.access.viewer import Viewer
from portal.accounts.models import StaffRole, User
from portal.billing.models import Credit, Dispute, Statement, StatementAnswer
from portal.customers.models import Contact, Customer, Membership, SettlementTerms
from portal.db.base import db
from portal.db.outbox import OutboxMessage, OutboxState, post_mail
from portal.kernel.clock import business_day
from portal.kernel.money import format_money

SEES_ALL = frozenset(role for role, may in ROLES.items() if Permission.CUSTOMER_SEE_ALL in may)


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody at the customer who gets the letter."""

    mark: str
    name: str
    email: str
    locale: str


def tell_customer(
    statement: Statement, step: str, actor: Viewer, now: datetime, reason: str = ""
) -> int:
    """The reconciliation contact and everybody who may see the party's bills: published, revised, reminder, deemed.

    How many letters went into the outbox.
    """
    readers = readers_of(statement, Permission.STATEMENT_SEE, now)
    facts = {**_of_statement(statement), "step": step, "sender": actor.name, "reason": reason}
    for each in readers:
        key = f"{_notice(statement, step)}{each.mark}"
        whole = {**facts, "contact": each.name}
        post_mail(each.email, "statement_customer", whole, locale=each.locale, key=key, now=now)
    return len(readers)


def first_notice(statement: Statement, revision_no: int) -> date | None:
    """The business day on which the first letter about a revision really left the house; None: none did."""
    marks = [
        OutboxMessage.key.startswith(f"statement-{statement.id}-r{revision_no}-{step}-", autoescape=True)
        for step in ("published", "revised")
    ]  # fmt: skip
    sent = select(OutboxMessage.sent_at).where(
        or_(*marks), OutboxMessage.state == OutboxState.SENT.value
    )
    days = [business_day(each) for each in db.session.scalars(sent) if each is not None]
    return min(days, default=None)


def tell_publisher(statement: Statement, step: str, actor: Viewer, now: datetime) -> None:
    """Who published it (else reviewed, else drafted it) hears that it is confirmed."""
    published = [each.published_by for each in statement.revisions[:1]]
    wanted = next(
        (one for one in (*published, statement.reviewed_by, statement.author_id) if one), None
    )
    user = db.session.get(User, wanted) if wanted else None
    if user is None or not user.active or user.id == actor.user_id:
        return
    facts = {**_of_statement(statement), "step": step, "sender": actor.name, "reason": ""}
    key = f"{_notice(statement, step)}{user.id}-{statement.version}"
    post_mail(user.email, "statement_staff", facts, locale=user.locale, key=key, now=now)


def tell_recorded(answer: StatementAnswer, actor: Viewer, now: datetime) -> int:
    """The customer hears what was recorded for it, and whose words these were; how many letters."""
    said = {"said_by": answer.said_by, "said_on": answer.said_on.isoformat()}
    money = format_money(answer.gross_amount, answer.statement.currency)
    facts: dict[str, Any] = {**_of_statement(answer.statement), **said}
    facts |= {
        "step": "recorded",
        "sender": actor.name,
        "reason": "",
        "answered": money,
        "lines": answer.line_count,
    }
    template = "statement_customer"
    if answer.dispute is not None:
        template = "dispute_customer"
        facts |= {**_of_dispute(answer.dispute), "is_open_to_appeal": False}
    readers = readers_of(answer.statement, Permission.STATEMENT_SEE, now)
    for each in readers:
        key, whole = f"answer-{answer.id}-{each.mark}", {**facts, "contact": each.name}
        post_mail(each.email, template, whole, locale=each.locale, key=key, now=now)
    return len(readers)


def tell_raiser(dispute: Dispute, step: str, actor: Viewer, now: datetime) -> None:
    """The customer's people who dispute bills hear the decision: accepted, partly_accepted, rejected.

    Of a dispute that was recorded for the customer, the reconciliation contact hears it too.
    """
    facts = {**_of_dispute(dispute), "step": step, "sender": actor.name, "reason": dispute.decision}
    again = step != "accepted" and dispute.level == 1
    recorded = select(StatementAnswer.id).where(StatementAnswer.dispute_id == dispute.id)
    contact = _contact(dispute.statement) if db.session.scalar(recorded) is not None else []
    raisers = readers_of(dispute.statement, Permission.DISPUTE_RAISE, now)
    known = {each.email.lower() for each in raisers}
    for each in (*(one for one in contact if one.email.lower() not in known), *raisers):
        key = f"{_dispute_mark(dispute, step)}-{each.mark}"
        whole = {**facts, "contact": each.name, "is_open_to_appeal": again}
        post_mail(each.email, "dispute_customer", whole, locale=each.locale, key=key, now=now)


def tell_deciders(
    dispute: Dispute, step: str, actor: Viewer, now: datetime, *, approval: bool = False, reason: str = ""
) -> None:  # fmt: skip
    """Who took the dispute, else all who may decide it: raised, raised_again, withdrawn, to_approve.

    `approval`: those who approve credits, except whoever decided it before.
    """
    permission = Permission.CREDIT_APPROVE if approval else Permission.DISPUTE_DECIDE
    owner = db.session.get(User, dispute.owner_id) if dispute.owner_id and not approval else None
    left_out = {actor.user_id, dispute.first_decided_by}
    if owner and owner.active and owner.id not in left_out:
        people = [owner]
    else:
        people = staff_with(permission, dispute.customer_id, left_out)
    _to_staff(dispute, step, people, actor, reason, now)


def tell_proposer(
    dispute: Dispute, step: str, user_id: int | None, actor: Viewer, now: datetime, reason: str = ""
) -> None:
    """Who proposed a grant hears what became of it: approved, returned."""
    user = db.session.get(User, user_id) if user_id else None
    if user is not None and user.id != actor.user_id:
        _to_staff(dispute, step, [user], actor, reason, now)


def tell_of_credit(
    credit: Credit,
    step: str,
    people: Iterable[User],
    actor: Viewer,
    now: datetime,
    reason: str = "",
) -> None:
    """Staff hear of a credit: to_approve, approved, refused."""
    facts = {
        "step": step, "number": credit.number, "id": credit.id, "customer": credit.customer.label,
        "amount": format_money(credit.gross_amount, credit.currency), "sender": actor.name,
        "reason": reason or credit.reason,
    }  # fmt: skip
    for user in people:
        if user.id != actor.user_id:
            key = f"credit-{credit.id}-{step}-{user.id}-{credit.version}"
            post_mail(user.email, "credit_staff", facts, locale=user.locale, key=key, now=now)


def staff_with(
    permission: Permission, customer_id: int, but_not: Iterable[int | None] = ()
) -> list[User]:
    """The active staff who hold a permission and see this customer; administrators only where there is nobody else."""
    left_out = set(but_not)
    found = [each for each in _holders(permission, customer_id) if each.id not in left_out]
    others = [each for each in found if Role.ADMINISTRATOR not in each.role_set]
    return others or found


def _holders(permission: Permission, customer_id: int) -> list[User]:
    may = [role for role, granted in ROLES.items() if permission in granted]
    wide = [role for role in may if role in SEES_ALL]
    near = select(StaffRole.user_id).where(StaffRole.role.in_(may)).join(
        Assignment, Assignment.user_id == StaffRole.user_id
    ).where(Assignment.customer_id == customer_id)  # fmt: skip
    holders = select(StaffRole.user_id).where(StaffRole.role.in_(wide))
    found = select(User).where(User.active.is_(True), User.id.in_(holders) | User.id.in_(near))
    return list(db.session.scalars(found.order_by(User.id)))


class Addressed(Protocol):
    """What a settlement party is written to about: a statement, or what is owed."""

    @property
    def customer_id(self) -> int: ...
    @property
    def customer(self) -> Customer: ...
    @property
    def language(self) -> str: ...


def readers_of(statement: Addressed, permission: Permission, now: datetime) -> list[Reader]:
    """The reconciliation contact, then the users of the party who hold the permission; each address once."""
    found = _contact(statement) if permission is Permission.STATEMENT_SEE else []
    found += [
        Reader(str(each.user_id), each.user.name, each.user.email, each.user.locale)
        for each in _members(statement.customer, business_day(now))
        if permission in of_powers(each.power_set)
    ]
    by_address: dict[str, Reader] = {}
    for each in found:
        by_address.setdefault(each.email.lower(), each)
    return list(by_address.values())


def _contact(statement: Addressed) -> list[Reader]:
    wanted = select(Contact).join(
        SettlementTerms, SettlementTerms.reconciliation_contact_id == Contact.id
    )
    row = db.session.scalar(
        wanted.where(SettlementTerms.customer_id == statement.customer_id, Contact.active.is_(True))
    )
    if row is None or not row.email:
        return []
    locale = "en" if statement.language == "en" else "zh_CN"
    return [Reader(f"c{row.id}", row.name, row.email, locale)]


def _members(party: Customer, today: date) -> list[Membership]:
    """Its own members, and its group's who look after the branches."""
    own = Membership.customer_id == party.id
    of_group = (Membership.customer_id == party.parent_id) & Membership.covers_branches.is_(True)
    wanted = (
        select(Membership)
        .join(User, User.id == Membership.user_id)
        .where(
            own | of_group if party.parent_id else own,
            User.active.is_(True),
            or_(Membership.ends_on.is_(None), Membership.ends_on >= today),
        )
        .options(joinedload(Membership.user))
        .order_by(Membership.id)
    )
    return list(db.session.scalars(wanted))


def _to_staff(
    dispute: Dispute, step: str, people: Iterable[User], actor: Viewer, reason: str, now: datetime
) -> None:
    facts = {**_of_dispute(dispute), "step": step, "sender": actor.name, "reason": reason}
    for user in people:
        key = f"{_dispute_mark(dispute, step)}-{user.id}"
        post_mail(user.email, "dispute_staff", facts, locale=user.locale, key=key, now=now)


def _of_statement(statement: Statement) -> dict[str, Any]:
    terms = statement.terms or {}
    return {
        "number": statement.number,
        "id": statement.id,
        "customer": statement.customer.label,
        "starts_on": statement.starts_on.isoformat(),
        "ends_on": statement.ends_on.isoformat(),
        "amount": format_money(statement.gross_amount, statement.currency),
        "revision": statement.revision_no,
        "due_on": statement.due_on.isoformat() if statement.due_on else "",
        "answer_by": terms.get("answer_by", ""),
        "deemed_on": statement.deemed_on.isoformat() if statement.deemed_on else "",
    }


def _of_dispute(dispute: Dispute) -> dict[str, Any]:
    granted = dispute.proposed_amount or dispute.granted_amount or Decimal(0)
    return {
        "number": dispute.number,
        "id": dispute.id,
        "customer": dispute.customer.label,
        "statement": dispute.statement.number,
        "revision": dispute.statement.revision_no,
        "line": dispute.line.name_zh,
        "why": dispute.reason,
        "text": dispute.again_text or dispute.text,
        "amount": format_money(dispute.disputed_amount, dispute.currency),
        "granted": format_money(granted, dispute.currency),
    }


def _notice(statement: Statement, step: str) -> str:
    return f"statement-{statement.id}-r{statement.revision_no}-{step}-"


def _dispute_mark(dispute: Dispute, step: str) -> str:
    """One letter for each time that the dispute comes to this point."""
    return f"dispute-{dispute.id}-{step}-{dispute.version}"
