"""Who a person is in our tables, and what they are found by."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, or_, select

from portal.accounts.models import User
from portal.customers.models import Contact, Customer, Membership
from portal.customers.rules.kinds import CustomerKind
from portal.db.base import db
from portal.leads.models import Lead
from portal.leads.rules.kinds import LeadKind
from portal.privacy.rules.kinds import PersonKind, Pseudonym, Standing
from portal.privacy.rules.traces import Traces, tidy
from portal.service_requests.models import ServiceRequest

LIMIT = 20
K = PersonKind


@dataclass(frozen=True, slots=True)
class Hit:
    """Somebody who was found: where they stand, what they are called, and what tells them from others."""

    standing: Standing
    name: str
    detail: str


@dataclass(frozen=True, slots=True)
class Person:
    """One human being: everywhere they stand, what they are found by, and within whose rows.

    `customer_ids` None: everywhere, for our own staff.
    """

    ids: Mapping[PersonKind, frozenset[int]]
    traces: Traces
    customer_ids: frozenset[int] | None

    @property
    def user_ids(self) -> frozenset[int]:
        """The sign-ins of this person."""
        return self.ids.get(K.USER, frozenset())


def found(words: str) -> list[Hit]:
    """People with all of these words in name, address or number: a few of each kind."""
    return [
        hit
        for kind, (statement, columns) in _SOUGHT.items()
        for hit in _hits(kind, _narrowed(statement, columns, words[:80].split()))
    ]


def hits(standings: Iterable[Standing]) -> list[Hit]:
    """These people as they stand there now; who is gone is left out."""
    wanted = sorted(standings)
    return [
        hit
        for kind, (statement, _) in _SOUGHT.items()
        if (ids := [each.row_id for each in wanted if each.kind is kind])
        for hit in _hits(kind, statement.where(_MODELS[kind].id.in_(ids)))
    ]


def person(standings: Iterable[Standing], number: int) -> Person:
    """The human being behind these standings; `number` is their pseudonym's."""
    wanted = frozenset(standings)
    rows = {kind: _rows(kind, wanted) for kind in PersonKind}
    ids = {kind: frozenset(row.id for row in found) for kind, found in rows.items() if found}
    staff = any(row.kind == "staff" for row in rows[K.USER])
    reach = None if staff else _reach(rows)
    return Person(ids, _traces(rows, Pseudonym(number), reach), reach)


def same_person(standings: Iterable[Standing]) -> list[Hit]:
    """Others with one of the mail addresses of these: likely the same human being; a person decides."""
    wanted = frozenset(standings)
    known = person(wanted, 0)
    if not known.traces.emails:
        return []
    hits = [
        hit
        for kind, (statement, _) in _SOUGHT.items()
        if _MAIL.get(kind) is not None
        for hit in _hits(kind, statement.where(func.lower(_MAIL[kind]).in_(known.traces.emails)))
    ]
    return [hit for hit in hits if hit.standing not in wanted]


def _rows(kind: PersonKind, wanted: Collection[Standing]) -> Sequence[Any]:
    ids = [each.row_id for each in wanted if each.kind is kind]
    model = _MODELS[kind]
    return db.session.scalars(select(model).where(model.id.in_(ids))).all() if ids else ()


def _reach(rows: Mapping[PersonKind, Sequence[Any]]) -> frozenset[int]:
    """The customers within whose rows this person may be named."""
    users = [row.id for row in rows[K.USER]]
    members = select(Membership.customer_id).where(Membership.user_id.in_(users))
    direct = {row.customer_id for kind in (K.CONTACT, K.LEAD, K.REQUESTER) for row in rows[kind]}
    theirs = {row.id for row in rows[K.CUSTOMER]}
    return frozenset({*db.session.scalars(members), *direct, *theirs} - {None})


def _traces(
    rows: Mapping[PersonKind, Sequence[Any]], pseudonym: Pseudonym, reach: frozenset[int] | None
) -> Traces:
    users, contacts, leads = rows[K.USER], rows[K.CONTACT], rows[K.LEAD]
    firms, asking = rows[K.CUSTOMER], rows[K.REQUESTER]
    own = {row.id for row in firms}
    names = [row.name for row in (*users, *contacts)] + [row.requester_name for row in asking]
    names += [name for row in firms for name in (row.name_zh, row.name_en, row.short_name)]
    names += [row.contact_name for row in leads]
    names += [row.name for row in leads if row.kind == LeadKind.PERSON]
    emails = [row.email for row in (*users, *contacts, *leads)]
    emails += [row.requester_email for row in asking]
    phones = [row.phone for row in (*users, *contacts, *leads, *firms)]
    phones += [row.requester_phone for row in asking]
    others = [row.wechat for row in (*contacts, *leads)]
    others += [each for row in firms for each in (row.address, row.bank_account, row.credit_code)]
    return Traces(
        pseudonym, tidy(names), frozenset(each.lower() for each in tidy(emails)), tidy(phones),
        tidy(others), _guards(reach, own), loose=reach is not None,
    )  # fmt: skip


def _guards(reach: frozenset[int] | None, own: Collection[int]) -> frozenset[str]:
    """The names of the firms that stay: a person's name inside one of them is the firm's."""
    firms = select(Customer.name_zh, Customer.name_en, Customer.short_name)
    found = db.session.execute(firms.where(Customer.id.in_((reach or frozenset()) - set(own))))
    return tidy(name for row in found for name in row)


def _narrowed(statement: Select[Any], columns: Sequence[Any], words: Sequence[str]) -> Select[Any]:
    for word in words:
        statement = statement.where(or_(*(c.icontains(word, autoescape=True) for c in columns)))
    return statement


def _hits(kind: PersonKind, statement: Select[Any]) -> list[Hit]:
    rows = db.session.execute(statement.limit(LIMIT))
    return [
        Hit(Standing(kind, row[0]), row[1], " · ".join(str(each) for each in row[2:] if each))
        for row in rows
    ]


_MODELS: Mapping[PersonKind, Any] = {
    K.USER: User,
    K.CONTACT: Contact,
    K.LEAD: Lead,
    K.CUSTOMER: Customer,
    K.REQUESTER: ServiceRequest,
}
_SOUGHT: Mapping[PersonKind, Any] = {
    K.USER: (
        select(User.id, User.name, User.email, User.phone).order_by(User.id),
        (User.name, User.email, User.phone, User.search_text),
    ),
    K.CONTACT: (
        select(Contact.id, Contact.name, Contact.email, Contact.phone, Customer.name_zh)
        .join(Customer, Customer.id == Contact.customer_id)
        .order_by(Contact.id),
        (Contact.name, Contact.email, Contact.phone, Contact.wechat),
    ),
    K.LEAD: (
        select(Lead.id, Lead.contact_name, Lead.number, Lead.email, Lead.phone, Lead.name).order_by(
            Lead.id
        ),
        (Lead.contact_name, Lead.email, Lead.phone, Lead.wechat, Lead.name),
    ),
    K.CUSTOMER: (
        select(Customer.id, Customer.name_zh, Customer.code, Customer.phone)
        .where(Customer.kind == CustomerKind.PERSON.value)
        .order_by(Customer.id),
        (Customer.name_zh, Customer.name_en, Customer.phone, Customer.code),
    ),
    K.REQUESTER: (
        select(
            ServiceRequest.id, ServiceRequest.requester_name, ServiceRequest.number,
            ServiceRequest.requester_email, ServiceRequest.requester_phone,
        )
        .where(ServiceRequest.requester_id.is_(None))
        .order_by(ServiceRequest.id),
        (
            ServiceRequest.requester_name, ServiceRequest.requester_email, ServiceRequest.requester_phone,
            ServiceRequest.number,
        ),
    ),
}  # fmt: skip
_MAIL: Mapping[PersonKind, Any] = {
    K.USER: User.email,
    K.CONTACT: Contact.email,
    K.LEAD: Lead.email,
    K.REQUESTER: ServiceRequest.requester_email,
}
