"""“I am interested”: once for each customer and offer or campaign; it becomes the owner's opportunity."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import ColumnElement, func, select

from portal.access.permissions import Permission
from portal.access.scope import past_the_walls
from portal.access.viewer import SYSTEM, Viewer
from portal.accounts.models import User
from portal.campaigns.models import CampaignMail, Interest, Offer
from portal.campaigns.queries.shown import offers_for, own_customer
from portal.catalogue.models import BundleLine, ServiceItem
from portal.customers.models import Contact, Customer
from portal.customers.rules.kinds import Source
from portal.db import audit
from portal.db.base import db
from portal.db.engine import write_from_here
from portal.kernel.clock import business_day
from portal.kernel.errors import Forbidden, Invalid, NotFound
from portal.kernel.text import t
from portal.opportunities.actions.opening import NewLine, NewOpportunity, open_
from portal.opportunities.models import Opportunity
from portal.opportunities.rules.kinds import OpportunityKind

LONGEST_TEXT = 1000
LONGEST_TITLE = 160


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What the opportunity says: its title and where it came from."""

    title: str
    source: Source
    source_type: str
    source_id: int
    source_label: str
    contact_id: int | None = None
    lines: tuple[NewLine, ...] = ()


def in_offer(offer: Offer, text: str, actor: Viewer, now: datetime) -> Interest:
    """A customer's user wants to hear more of an offer; done before, that interest. Invalid at text; NotFound when it
    is not recommended to this customer.
    """
    if not actor.may(Permission.INTEREST_SHOW):
        raise Forbidden()
    customer = _hold(own_customer(actor))
    known = _known(customer, Interest.offer_id == offer.id)
    if known is not None:
        return known
    if offer.id not in {each.id for each in offers_for(customer, business_day(now))}:
        raise NotFound()
    row = Interest(
        customer_id=customer.id, offer_id=offer.id, user_id=actor.user_id, name=actor.name[:120],
        text=_checked(text), at=now,
    )  # fmt: skip
    title = offer.title_zh or offer.title_en
    wanted = _Wanted(
        title, Source.PORTAL, "offer", offer.id, title[:120], _contact_of(customer, actor), _lines(offer)
    )  # fmt: skip
    return _kept(row, customer, wanted, actor, now)


def by_mail(mail: CampaignMail, text: str, actor: Viewer, now: datetime) -> Interest:
    """The reader of a campaign's mail wants to hear more; of several readers at one customer the first makes it.

    For SYSTEM: whoever holds the link's secret. Invalid at text.
    """
    words = _checked(text)
    customer = _hold(db.session.get_one(Customer, mail.customer_id))
    mail.interested_at = mail.interested_at or now
    known = _known(customer, Interest.campaign_id == mail.campaign_id)
    if known is not None:
        return known
    row = Interest(
        customer_id=customer.id, campaign_id=mail.campaign_id, mail_id=mail.id, contact_id=mail.contact_id,
        user_id=mail.user_id, name=mail.name, text=words, at=now,
    )  # fmt: skip
    campaign = mail.campaign
    wanted = _Wanted(
        campaign.subject_zh or campaign.subject_en, Source.CAMPAIGN, "campaign", campaign.id,
        f"{campaign.number} {campaign.name}"[:120], _contact(mail),
    )  # fmt: skip
    return _kept(row, customer, wanted, actor, now)


def _kept(
    row: Interest, customer: Customer, wanted: _Wanted, actor: Viewer, now: datetime
) -> Interest:
    with past_the_walls():
        made = _opportunity(row, customer, wanted, now)
        row.opportunity_id = made.id
    db.session.add(row)
    db.session.flush()
    told = {"about": wanted.source_label, "text": row.text[:200]}
    audit.record(actor, "interest.shown", row, now, after=told)
    return row


def _opportunity(row: Interest, customer: Customer, wanted: _Wanted, now: datetime) -> Opportunity:
    """Its owner is the customer's; the room of opportunities tells them."""
    new = NewOpportunity(
        customer_id=customer.id, title=wanted.title[:LONGEST_TITLE], kind=OpportunityKind.EXPANSION.value,
        contact_id=wanted.contact_id, currency=customer.default_currency, source=wanted.source.value,
        source_type=wanted.source_type, source_id=wanted.source_id, source_label=wanted.source_label,
        text=f"{row.name}: {row.text}" if row.text else row.name, lines=wanted.lines,
    )  # fmt: skip
    return open_(new, SYSTEM, now)


def _hold(customer: Customer | None) -> Customer:
    """Of two who press at once the later one finds the interest of the first."""
    if customer is None:
        raise NotFound()
    write_from_here(db.session())
    wanted = select(Customer.id).where(Customer.id == customer.id)
    db.session.execute(wanted.with_for_update(key_share=True))
    return customer


def _known(customer: Customer, about: ColumnElement[bool]) -> Interest | None:
    return db.session.scalar(select(Interest).where(Interest.customer_id == customer.id, about))


def _contact(mail: CampaignMail) -> int | None:
    contact = mail.contact
    here = contact is not None and contact.active and contact.customer_id == mail.customer_id
    return contact.id if here and contact is not None else None


def _contact_of(customer: Customer, actor: Viewer) -> int | None:
    """The contact that this user of the customer is: the same mail address."""
    address = select(func.lower(User.email)).where(User.id == actor.user_id).scalar_subquery()
    wanted = select(Contact.id).where(
        Contact.customer_id == customer.id,
        Contact.active.is_(True),
        func.lower(func.trim(Contact.email)) == address,
    )
    return db.session.scalar(wanted.order_by(Contact.id).limit(1))


def _lines(offer: Offer) -> tuple[NewLine, ...]:
    """The item, or those of the bundle, as the opportunity's lines."""
    if offer.item is not None:
        return (_line(offer.item, 1),)
    wanted = select(ServiceItem, BundleLine.quantity).join(
        BundleLine, BundleLine.item_id == ServiceItem.id
    )
    rows = db.session.execute(
        wanted.where(BundleLine.bundle_id == offer.bundle_id).order_by(BundleLine.position)
    )
    return tuple(_line(item, quantity) for item, quantity in rows)


def _line(item: ServiceItem, quantity: object) -> NewLine:
    return NewLine(
        item_id=item.id, name=item.name_zh or item.name_en, quantity=Decimal(str(quantity)), unit=item.main_unit
    )  # fmt: skip


def _checked(text: str) -> str:
    words = text.strip()
    if len(words) > LONGEST_TEXT:
        raise Invalid(t("At most %(most)s characters.", most=LONGEST_TEXT), "text")
    return words
