"""Who rings: customers and their people with this number, looked up by one key (REQUIREMENTS S14)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import func, or_, select

from portal.access.scope import past_the_walls, visible
from portal.access.viewer import Viewer
from portal.accounts.models import User
from portal.calls.models import Call
from portal.customers.models import Contact, Customer, Membership, Site
from portal.db.base import db
from portal.db.phones import PhoneKey
from portal.kernel.phones import Phone, numbers_in, sought_keys

MOST = 20


@dataclass(slots=True)
class Candidate:
    """A customer that the number may stand for, and through whom."""

    customer: Customer
    contact: Contact | None = None
    people: list[str] = field(default_factory=list)
    is_sure: bool = True

    @property
    def name(self) -> str:
        """Who is probably on the line."""
        return self.people[0] if self.people else ""


@dataclass(frozen=True, slots=True)
class Caller:
    """A number looked up. `hidden`: customers of colleagues with it; `colleagues`: our own people."""

    number: str
    phone: Phone | None
    keys: tuple[str, ...]
    candidates: tuple[Candidate, ...]
    hidden: int = 0
    colleagues: tuple[str, ...] = ()


def caller(number: str, viewer: Viewer, today: date) -> Caller:
    """Everybody that the viewer may see with this number, sure ones first, then by name."""
    keys = sought_keys(number)
    phone = next(iter(numbers_in(number)), None)
    if not keys:
        return Caller(number, phone, (), ())
    held = _held(keys)
    found = _candidates(keys, held, viewer, today)
    everybody = _customers_of(held, today)
    ordered = sorted(found.values(), key=_order)
    return Caller(
        number, phone, keys, tuple(ordered[:MOST]), len(everybody - set(found)), _colleagues(held)
    )


def _order(each: Candidate) -> tuple[bool, bool, str, int]:
    customer = each.customer
    return (not each.is_sure, not customer.active, customer.name_zh, customer.id)


Held = dict[tuple[str, int], str]
"""(table, id) of a row → the key that it was found by."""


def _held(keys: tuple[str, ...]) -> Held:
    statement = select(PhoneKey).where(PhoneKey.key.in_(keys)).order_by(PhoneKey.id).limit(500)
    return {(row.holder, row.holder_id): row.key for row in db.session.scalars(statement)}


def _ids(held: Held, holder: str) -> list[int]:
    return [row_id for kind, row_id in held if kind == holder]


def _candidates(
    keys: tuple[str, ...], held: Held, viewer: Viewer, today: date
) -> dict[int, Candidate]:
    found: dict[int, Candidate] = {}
    for contact in _rows(Contact, _ids(held, "contact"), viewer):
        each = _candidate(found, contact.customer_id, viewer)
        each.contact = each.contact or contact
        each.people.append(contact.name)
        each.is_sure &= held["contact", contact.id] == keys[0]
    for member in _members(_ids(held, "user"), viewer, today):
        _candidate(found, member.customer_id, viewer).people.append(member.user.name)
    for site in _rows(Site, _ids(held, "site"), viewer):
        _candidate(found, site.customer_id, viewer).people.append(site.contact_name or site.name)
    for customer_id in _visible_ids(_ids(held, "customer"), viewer):
        _candidate(found, customer_id, viewer)
    for customer_id in _rang_before(keys, viewer) - set(found):
        _candidate(found, customer_id, viewer).is_sure = False
    return found


def _candidate(found: dict[int, Candidate], customer_id: int, viewer: Viewer) -> Candidate:
    if customer_id not in found:
        theirs = visible(select(Customer), Customer, viewer).where(Customer.id == customer_id)
        found[customer_id] = Candidate(db.session.scalars(theirs).one())
    return found[customer_id]


def _rows(model: Any, ids: Iterable[int], viewer: Viewer) -> list[Any]:
    statement = visible(select(model), model, viewer).where(model.id.in_(list(ids)))
    return list(db.session.scalars(statement.where(model.active.is_(True)).order_by(model.id)))


def _members(user_ids: list[int], viewer: Viewer, today: date) -> list[Membership]:
    in_force = or_(Membership.ends_on.is_(None), Membership.ends_on >= today)
    theirs = visible(select(Membership), Membership, viewer)
    wanted = theirs.join(User, User.id == Membership.user_id).where(
        Membership.user_id.in_(user_ids), in_force, User.active.is_(True)
    )
    return list(db.session.scalars(wanted.order_by(Membership.id)))


def _visible_ids(ids: list[int], viewer: Viewer) -> list[int]:
    statement = visible(select(Customer.id), Customer, viewer).where(Customer.id.in_(ids))
    return list(db.session.scalars(statement.order_by(Customer.id)))


def _rang_before(keys: tuple[str, ...], viewer: Viewer) -> set[int]:
    """Customers who rang from this number, though it stands in no field of theirs."""
    earlier = (
        select(Call.customer_id)
        .where(Call.digits == keys[0], Call.customer_id.is_not(None))
        .group_by(Call.customer_id)
        .order_by(func.max(Call.began_at).desc())
        .limit(MOST)
    )
    return set(_visible_ids([each for each in db.session.scalars(earlier) if each], viewer))


def _customers_of(held: Held, today: date) -> set[int]:
    """Every customer with the number, whoever looks after it: told as a count alone."""
    with past_the_walls():
        found = set(_ids(held, "customer"))
        for model, holder in ((Contact, "contact"), (Site, "site")):
            mine = model.id.in_(_ids(held, holder))
            theirs = select(model.customer_id).where(mine, model.active.is_(True))
            found |= set(db.session.scalars(theirs))
        in_force = or_(Membership.ends_on.is_(None), Membership.ends_on >= today)
        members = (
            select(Membership.customer_id)
            .join(User, User.id == Membership.user_id)
            .where(Membership.user_id.in_(_ids(held, "user")), in_force, User.active.is_(True))
        )
        return found | set(db.session.scalars(members))


def _colleagues(held: Held) -> tuple[str, ...]:
    ours = select(User.name).where(
        User.id.in_(_ids(held, "user")), User.kind == "staff", User.active.is_(True)
    )
    return tuple(db.session.scalars(ours.order_by(User.name)))
