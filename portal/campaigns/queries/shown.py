"""Notices and offers: all of them for who writes them, those of today for a customer's users."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import joinedload

from portal.access.scope import visible
from portal.access.viewer import Viewer
from portal.campaigns.models import Interest, Notice, NoticeReading, Offer
from portal.campaigns.queries.bought import without_bought
from portal.campaigns.rules.shown import is_for
from portal.campaigns.rules.states import ShownState
from portal.customers.models import Customer
from portal.db.base import db

MOST = 200
"""Notices or offers of one day that a customer is shown at most."""


def own_customer(viewer: Viewer) -> Customer | None:
    """The customer for whom a user acts now."""
    return db.session.get(Customer, viewer.customer_id) if viewer.customer_id else None


def notices_for(customer: Customer | None, today: date, limit: int = MOST) -> list[Notice]:
    """What a customer's users read today: the pinned first, then the latest."""
    if customer is None:
        return []
    wanted = on_day(select(Notice), Notice, today).order_by(
        Notice.pinned.desc(), Notice.from_on.desc(), Notice.id.desc()
    )
    rows = db.session.scalars(wanted.limit(MOST))
    return [row for row in rows if is_for(row.tiers, customer.segment)][:limit]


def notice_for(customer: Customer | None, notice_id: int, today: date) -> Notice | None:
    """One of them; None where it is not for this customer, or not today."""
    row = db.session.scalar(on_day(select(Notice), Notice, today).where(Notice.id == notice_id))
    shown = row is not None and customer is not None and is_for(row.tiers, customer.segment)
    return row if shown else None


def read_by(user_id: int | None, notices: Iterable[Notice]) -> frozenset[int]:
    """Ids of those that this user has read."""
    ids = [each.id for each in notices]
    wanted = select(NoticeReading.notice_id).where(
        NoticeReading.user_id == user_id, NoticeReading.notice_id.in_(ids)
    )
    return frozenset(db.session.scalars(wanted)) if ids else frozenset()


def readers() -> Any:
    """How many have read a notice, as a column beside it."""
    count = select(func.count()).where(NoticeReading.notice_id == Notice.id)
    return count.correlate(Notice).scalar_subquery()


def offers_for(customer: Customer | None, today: date, limit: int = MOST) -> list[Offer]:
    """What is recommended to a customer today, the latest first, and not what it has bought where that is meant."""
    if customer is None:
        return []
    wanted = on_day(select(Offer), Offer, today).options(
        joinedload(Offer.item), joinedload(Offer.bundle)
    )
    rows = db.session.scalars(wanted.order_by(Offer.from_on.desc(), Offer.id.desc()).limit(MOST))
    meant = [
        row
        for row in rows
        if is_for(row.tiers, customer.segment, row.industries, customer.industry)
    ]
    return without_bought(meant, customer.id)[:limit]


def interests_in(customer_id: int, offers: Iterable[Offer]) -> dict[int, Interest]:
    """The customer's interest in each of these offers, by the offer's id."""
    ids = [each.id for each in offers]
    wanted = select(Interest).where(Interest.customer_id == customer_id, Interest.offer_id.in_(ids))
    return {row.offer_id: row for row in db.session.scalars(wanted) if row.offer_id} if ids else {}


def interests(viewer: Viewer) -> Select[Any]:
    """Who was interested in what, of the customers that the viewer sees."""
    statement = select(Interest).join(Customer, Customer.id == Interest.customer_id)
    return visible(statement, Interest, viewer)


def on_day(statement: Select[Any], model: Any, today: date) -> Select[Any]:
    """`statement` over notices or offers narrowed to those that are shown on a day."""
    return statement.where(
        and_(
            model.state == ShownState.PUBLISHED.value,
            model.from_on <= today,
            or_(model.until_on.is_(None), model.until_on >= today),
        )
    )
