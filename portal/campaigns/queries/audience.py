"""Who a campaign reaches, and why others of its segment are left out: one pass over contacts, one over users."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, literal, null, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from portal.access.models import Assignment
from portal.access.scope import past_the_walls, visible
from portal.access.viewer import SYSTEM, Viewer
from portal.accounts.models import User
from portal.campaigns.models import CampaignMail, MarketingConsent
from portal.campaigns.rules.addresses import Person, each_once
from portal.campaigns.rules.kinds import Consent, LeftOut
from portal.campaigns.rules.segments import Segment
from portal.catalogue.models import ServiceItem
from portal.contracts.models import Entitlement
from portal.customers.models import Contact, CreditStanding, Customer, Membership
from portal.customers.rules.kinds import Part
from portal.db.base import db

REACHED = "reached"
ENGLISH, CHINESE = "en", "zh_CN"


@dataclass(frozen=True, slots=True)
class Preview:
    """How many people a segment has, how many get the mail, and why the others do not."""

    customers: int
    reached: int
    left_out: tuple[tuple[LeftOut, int], ...]
    first: tuple[Person, ...]

    @property
    def people(self) -> int:
        """Everybody of the segment, reached or not."""
        return self.reached + sum(count for _why, count in self.left_out)


def preview(segment: Segment, viewer: Viewer, today: date, shown: int = 12) -> Preview:
    """Whom it would be sent to now, whoever looks after them; `first` are of those that `viewer` sees."""
    with past_the_walls():
        counted, (reached, customers) = _fates(segment, today), _reached(segment, today)
    left = tuple((why, counted[why.value]) for why in LeftOut if counted[why.value])
    return Preview(customers, reached, left, tuple(next_people(segment, viewer, today, shown)))


def next_people(
    segment: Segment, viewer: Viewer, today: date, limit: int, campaign_id: int | None = None
) -> list[Person]:
    """The next `limit` at most who get the mail and have none of this campaign yet; each address once.

    Contacts come before users: where both have the address, the contact's name is written.
    """
    people: list[Person] = []
    for statement in (_contacts(segment, viewer, today), _users(segment, viewer, today)):
        rows = statement.subquery()
        wanted = select(rows).where(rows.c.fate == REACHED)
        if campaign_id is not None:
            wanted = wanted.where(~_mailed(rows.c.address, campaign_id))
        wanted = wanted.order_by(rows.c.customer_id, rows.c.person).limit(limit - len(people))
        people = each_once([*people, *map(_person, db.session.execute(wanted).mappings())])
        if len(people) >= limit:
            break
    return people


def may_be_written_to(customer_id: int, today: date) -> bool:
    """Whether the customer is still there, itself, and not blacklisted."""
    wanted = select(Customer.id).where(
        Customer.id == customer_id,
        Customer.active.is_(True),
        Customer.merged_into_id.is_(None),
        ~_blacklisted(today),
    )
    return db.session.scalar(wanted) is not None


def _fates(segment: Segment, today: date) -> Counter[str]:
    """How many people of the segment come to each end."""
    counted: Counter[str] = Counter()
    for people in (_contacts(segment, SYSTEM, today), _users(segment, SYSTEM, today)):
        rows = people.subquery()
        fates = select(rows.c.fate, func.count(func.distinct(rows.c.person)))
        counted.update(dict(db.session.execute(fates.group_by(rows.c.fate)).all()))
    return counted


def _reached(segment: Segment, today: date) -> tuple[int, int]:
    """How many addresses get it, and at how many customers."""
    parts: list[Any] = []
    for people in (_contacts(segment, SYSTEM, today), _users(segment, SYSTEM, today)):
        rows = people.subquery()
        parts.append(select(rows.c.address, rows.c.customer_id).where(rows.c.fate == REACHED))
    found = parts[0].union_all(parts[1]).subquery()
    sums = db.session.execute(
        select(
            func.count(func.distinct(found.c.address)),
            func.count(func.distinct(found.c.customer_id)),
        )
    ).one()
    return sums[0], sums[1]


def _person(row: Any) -> Person:
    return Person(
        row["customer_id"], row["name"], row["address"], row["locale"], row["tier"],
        row["owner_id"], row["contact_id"], row["user_id"],
    )  # fmt: skip


def _contacts(segment: Segment, viewer: Viewer, today: date) -> Select[Any]:
    """The contacts of the segment with their fate; their language is that of their login, else of their papers."""
    address = func.lower(func.trim(Contact.email))
    by_papers = case((Customer.document_language == ENGLISH, ENGLISH), else_=CHINESE)
    locale = func.coalesce(User.locale, by_papers)
    gone = or_(Contact.active.is_(False), Contact.left_on <= today)
    statement = (
        select(
            *_columns(Contact.name, address, locale, gone, today),
            Contact.id.label("person"),
            Contact.id.label("contact_id"),
            User.id.label("user_id"),
        )
        .select_from(Contact)
        .join(Customer, Customer.id == Contact.customer_id)
        .outerjoin(User, and_(func.lower(User.email) == address, address != ""))
        .outerjoin(MarketingConsent, MarketingConsent.email == address)
    )
    return _narrowed(visible(statement, Contact, viewer), segment, locale)


def _users(segment: Segment, viewer: Viewer, today: date) -> Select[Any]:
    """The customers' users who are no contact of theirs, with their fate."""
    address = func.lower(User.email)
    known = exists().where(
        Contact.customer_id == Membership.customer_id,
        func.lower(func.trim(Contact.email)) == address,
    )
    gone = or_(User.active.is_(False), Membership.ends_on < today)
    statement = (
        select(
            *_columns(User.name, address, User.locale, gone, today),
            Membership.id.label("person"),
            null().label("contact_id"),
            User.id.label("user_id"),
        )
        .select_from(Membership)
        .join(User, User.id == Membership.user_id)
        .join(Customer, Customer.id == Membership.customer_id)
        .outerjoin(MarketingConsent, MarketingConsent.email == address)
        .where(~known)
    )
    return _narrowed(visible(statement, Membership, viewer), segment, User.locale)


def _columns(
    name: Any, address: ColumnElement[str], locale: Any, gone: ColumnElement[bool], today: date
) -> Sequence[ColumnElement[Any]]:
    owner = (
        select(Assignment.user_id)
        .where(Assignment.customer_id == Customer.id, Assignment.part == Part.OWNER.value)
        .order_by(Assignment.id)
        .limit(1)
        .scalar_subquery()
    )
    fate = case(
        (Customer.merged_into_id.is_not(None), LeftOut.MERGED.value),
        (Customer.active.is_(False), LeftOut.INACTIVE.value),
        (_blacklisted(today), LeftOut.BLACKLISTED.value),
        (gone, LeftOut.LEFT.value),
        (address.not_like("%_@_%._%"), LeftOut.NO_ADDRESS.value),
        (MarketingConsent.state == Consent.WITHDRAWN.value, LeftOut.WITHDRAWN.value),
        (MarketingConsent.id.is_(None), LeftOut.NO_CONSENT.value),
        else_=literal(REACHED),
    )
    return (
        Customer.id.label("customer_id"), name.label("name"), address.label("address"),
        locale.label("locale"), Customer.segment.label("tier"), owner.label("owner_id"),
        fate.label("fate"),
    )  # fmt: skip


def _narrowed(statement: Select[Any], segment: Segment, locale: Any) -> Select[Any]:
    parts: Sequence[tuple[tuple[str, ...], InstrumentedAttribute[str]]] = (
        (segment.tiers, Customer.segment),
        (segment.states, Customer.state),
        (segment.abc, Customer.abc),
        (segment.markets, Customer.market),
        (segment.areas, Customer.area),
        (segment.industries, Customer.industry),
    )
    for words, column in parts:
        if words:
            statement = statement.where(column.in_(words))
    if segment.languages:
        statement = statement.where(locale.in_(segment.languages))
    if segment.owner_ids:
        owned = select(Assignment.customer_id).where(
            Assignment.user_id.in_(segment.owner_ids), Assignment.part == Part.OWNER.value
        )
        statement = statement.where(Customer.id.in_(owned))
    return _having_bought(statement, segment)


def _having_bought(statement: Select[Any], segment: Segment) -> Select[Any]:
    bought = select(Entitlement.customer_id)
    if segment.bought_item_id is not None:
        of_item = bought.where(Entitlement.item_id == segment.bought_item_id)
        statement = statement.where(Customer.id.in_(of_item))
    if segment.bought_category:
        of_kind = bought.join(ServiceItem, ServiceItem.id == Entitlement.item_id).where(
            ServiceItem.category == segment.bought_category
        )
        statement = statement.where(Customer.id.in_(of_kind))
    return statement


def _blacklisted(today: date) -> ColumnElement[bool]:
    return exists().where(
        CreditStanding.customer_id == Customer.id,
        CreditStanding.blacklisted_on <= today,
        or_(CreditStanding.blacklisted_until.is_(None), CreditStanding.blacklisted_until >= today),
    )


def _mailed(address: Any, campaign_id: int) -> ColumnElement[bool]:
    return exists().where(CampaignMail.campaign_id == campaign_id, CampaignMail.email == address)
