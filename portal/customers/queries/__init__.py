"""Reading customers, each select limited to what the viewer may see."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import defer, joinedload

from portal.access.models import Assignment
from portal.access.permissions import Permission, Power, of_powers, of_roles
from portal.access.scope import one_of, visible
from portal.access.viewer import NOBODY, Viewer
from portal.accounts.models import StaffRole, User
from portal.customers.models import Contact, Customer, Membership, Site
from portal.customers.rules import naming
from portal.customers.rules.edits import Change
from portal.customers.rules.kinds import CustomerKind, Part
from portal.customers.rules.people import ContactFacts, SiteFacts
from portal.customers.rules.profile import CustomerFacts
from portal.db import whole
from portal.db.audit import AuditEntry
from portal.db.base import db
from portal.db.together import Question, answer
from portal.kernel import clock
from portal.kernel.creditcode import clean_credit_code, credit_code_problem

SIMILAR_SHOWN = 5
TEAM_ROLES = ("sales", "sales_manager", "customer_service", "service_manager", "administrator")


def customers(viewer: Viewer) -> Select[Any]:
    """Every customer that the viewer may see, without duplicates that were merged into another."""
    return _seen(Customer, viewer).where(Customer.merged_into_id.is_(None))


def all_customers(viewer: Viewer) -> list[Customer]:
    """The active customers within a customer's user's reach, by code."""
    statement = customers(viewer).where(Customer.active.is_(True))
    return list(db.session.scalars(statement.order_by(Customer.code)))


def _seen(model: type[Any], viewer: Viewer) -> Select[Any]:
    statement: Select[Any] = select(model)
    return visible(statement, model, viewer)


def customer_list(viewer: Viewer) -> Select[Any]:
    """Customers with the owner's name and the main contact, for the desk's list.

    The extra columns are looked up for the rows of a page only; counting needs none of them.
    """
    owner = select(User.name).join(Assignment, Assignment.user_id == User.id)
    owner = owner.where(Assignment.customer_id == Customer.id, Assignment.part == Part.OWNER)
    main = Contact.customer_id == Customer.id, Contact.is_main.is_(True)
    statement: Any = select(
        Customer,
        owner.limit(1).scalar_subquery().label("owner"),
        select(Contact.name).where(*main).limit(1).scalar_subquery().label("contact"),
        select(Contact.phone).where(*main).limit(1).scalar_subquery().label("contact_phone"),
    ).options(defer(Customer.search_text), defer(Customer.note))
    return visible(statement, Customer, viewer).where(Customer.merged_into_id.is_(None))


def owned_by(statement: Select[Any], user_id: int) -> Select[Any]:
    """`statement` over customers, narrowed to those whose owner is this member of staff."""
    theirs = select(Assignment.customer_id).where(
        Assignment.user_id == user_id, Assignment.part == Part.OWNER
    )
    return statement.where(Customer.id.in_(theirs))


def owners(viewer: Viewer) -> list[tuple[int, str]]:
    """(user id, name) of the staff who own a customer that the viewer may see, by name."""
    is_owner = one_of(
        User.id, Assignment.user_id, Assignment, viewer, Assignment.part == Part.OWNER
    )
    rows = db.session.execute(select(User.id, User.name).where(is_owner).order_by(User.name))
    return [(row.id, row.name) for row in rows]


def staff_for_teams() -> list[tuple[int, str]]:
    """(user id, name) of the active staff who may look after customers, by name."""
    in_trade = select(StaffRole.user_id).where(StaffRole.role.in_(TEAM_ROLES))
    rows = db.session.execute(
        select(User.id, User.name)
        .where(User.active.is_(True), User.id.in_(in_trade))
        .order_by(User.name)
    )
    return [(row.id, row.name) for row in rows]


def groups(viewer: Viewer) -> list[Customer]:
    """The groups that a branch can belong to, by name."""
    statement = customers(viewer).where(
        Customer.kind == CustomerKind.GROUP, Customer.active.is_(True)
    )
    return list(db.session.scalars(statement.order_by(Customer.name_zh)))


def group_of(customer: Customer, viewer: Viewer) -> Customer | None:
    """The group of a branch, if the viewer may see it."""
    if customer.parent_id is None:
        return None
    found: Customer | None = db.session.scalar(
        customers(viewer).where(Customer.id == customer.parent_id)
    )
    return found


def branches(customer: Customer, viewer: Viewer) -> list[Customer]:
    """The branches of a group, by code."""
    statement = customers(viewer).where(Customer.parent_id == customer.id)
    return list(db.session.scalars(statement.order_by(Customer.code)))


def became(customer_id: int, viewer: Viewer) -> Customer | None:
    """The customer that a duplicate was merged into; None where it was not, or where that one is not seen."""
    target = whole.columns_of(Customer, [customer_id], ("merged_into_id",)).get(customer_id)
    if target is None or target[0] is None:
        return None
    found: Customer | None = db.session.scalar(
        _seen(Customer, viewer).where(Customer.id == target[0])
    )
    return found


def ids_of(customer_id: int) -> list[int]:
    """A customer's own id and those of the duplicates that were merged into it."""
    return [customer_id, *whole.holders(Customer, "merged_into_id", customer_id)]


def aliases(ids: Iterable[int]) -> dict[int, tuple[str, ...]]:
    """Customer id → names and codes of the duplicates that were merged into it, by which it is found as well."""
    names = ("merged_into_id", "name_zh", "name_en", "short_name", "code")
    found: dict[int, tuple[str, ...]] = {}
    for into, *said in whole.among(Customer, "merged_into_id", ids, names):
        found[into] = (*found.get(into, ()), *filter(None, said))
    return found


def branch_ids(customer_id: int) -> frozenset[int]:
    """The ids of all branches of a customer, whoever may see them."""
    return frozenset(whole.holders(Customer, "parent_id", customer_id))


@dataclass(frozen=True, slots=True)
class TeamMember:
    """One of our people and the part they have in a customer."""

    user_id: int
    name: str
    part: str
    phone: str
    email: str


def team(customer_id: int) -> list[TeamMember]:
    """The owner first, then the team by name."""
    return answer(team_asked(customer_id))


def team_asked(customer_id: int) -> Question[list[TeamMember]]:
    """The same, to be asked with others."""
    columns: Any = (User.id, User.name, Assignment.part, func.coalesce(User.phone, ""), User.email)
    statement: Select[Any] = (
        select(*columns)
        .join(Assignment, Assignment.user_id == User.id)
        .where(Assignment.customer_id == customer_id)
        .order_by(Assignment.part, User.name)
    )
    return Question(statement, lambda rows: [TeamMember(*row) for row in rows])


def contacts(customer_id: int, viewer: Viewer) -> list[Contact]:
    """A customer's contacts, the main one first."""
    statement = _seen(Contact, viewer).where(
        Contact.customer_id == customer_id, Contact.active.is_(True)
    )
    return list(db.session.scalars(statement.order_by(Contact.is_main.desc(), Contact.id)))


def sites(customer_id: int, viewer: Viewer) -> list[Site]:
    """A customer's sites in the order they were added."""
    statement = _seen(Site, viewer).where(Site.customer_id == customer_id, Site.active.is_(True))
    return list(db.session.scalars(statement.order_by(Site.id)))


def facts_of(row: Customer | Contact | Site) -> dict[str, Any]:
    """What a form about the record holds, by field; as its history keeps it."""
    shape = {"customer": CustomerFacts, "contact": ContactFacts, "site": SiteFacts}[
        row.__tablename__
    ]
    return {
        each.name: ""
        if (value := getattr(row, each.name)) is None and not each.name.endswith("_id")
        else value
        for each in fields(shape)
    }


def changes_since(row: Any, version: int) -> list[Change]:
    """The saved edits of a record that its reader of `version` has not seen, oldest first."""
    entries = db.session.scalars(
        select(AuditEntry)
        .where(AuditEntry.subject_type == row.__tablename__, AuditEntry.subject_id == row.id)
        .order_by(AuditEntry.id)
    )
    return [
        Change(e.actor_name, e.at, e.after["version"], e.before or {}, _fields(e.after))
        for e in entries
        if isinstance(e.after, dict) and e.after.get("version", 0) > version
    ]


def _fields(after: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in after.items() if name != "version"}


@dataclass(frozen=True, slots=True)
class Similar:
    """Customers that may be the same firm: those the viewer may see, and how many others there are."""

    seen: tuple[Customer, ...]
    unseen: int

    def __bool__(self) -> bool:
        return bool(self.seen) or self.unseen > 0


def similar(
    name_zh: str, name_en: str, credit_code: str, viewer: Viewer, except_id: int | None = None
) -> Similar:
    """Customers with this credit code or a name very like these, whoever looks after them."""
    names = [name for name in (name_zh, name_en) if name]
    words = [word for name in names for word in naming.shortlist_words(name)]
    rows = whole.with_any_word(Customer, "search_text", words, ("id", "name_zh", "name_en"))
    alike = {
        row_id
        for row_id, *theirs in rows
        if any(naming.are_alike(mine, other) for mine in names for other in theirs if other)
    }
    if credit_code and credit_code_problem(credit_code) is None:
        alike.update(whole.holders(Customer, "credit_code", clean_credit_code(credit_code)))
    wanted = sorted(alike - {except_id})[:50]
    seen = list(db.session.scalars(customers(viewer).where(Customer.id.in_(wanted))))
    return Similar(tuple(seen[:SIMILAR_SHOWN]), len(wanted) - len(seen))


def members(viewer: Viewer, customer_id: int | None = None) -> list[Membership]:
    """Memberships with users and customers: of one customer, or of all that the viewer may see."""
    statement = _seen(Membership, viewer).options(
        joinedload(Membership.user).lazyload(User.roles), joinedload(Membership.customer)
    )
    if customer_id is not None:
        statement = statement.where(Membership.customer_id == customer_id)
    return list(db.session.scalars(statement.order_by(Membership.customer_id, Membership.id)))


def other_powers(membership: Membership) -> list[frozenset[Power]]:
    """The powers of the other memberships in force at the same customer."""
    today = clock.today()
    statement = select(Membership).where(
        Membership.customer_id == membership.customer_id,
        Membership.id != membership.id,
        or_(Membership.ends_on.is_(None), Membership.ends_on >= today),
    )
    return [each.power_set for each in db.session.scalars(statement)]


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
    branches = db.session.scalars(
        select(Customer.id).where(Customer.parent_id == membership.customer_id)
    )
    return frozenset({membership.customer_id, *branches})
