"""Tier cards and the bounds in them; how many customers each tier and each of its people has."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from portal.access.models import Assignment
from portal.access.scope import visible
from portal.access.viewer import Viewer
from portal.accounts.models import User
from portal.customers.models import Customer
from portal.customers.rules.kinds import Segment
from portal.db.base import db
from portal.documents.queries import firm_profile
from portal.insights.models import TierCard, TierService
from portal.insights.rules.kinds import TIER_ORDER
from portal.insights.rules.settings import InsightSettings
from portal.insights.rules.tiers import FIRST_BOUNDS, Bounds


class Load(NamedTuple):
    """One person in charge: so many active customers of one tier."""

    user_id: int
    name: str
    segment: str
    customers: int


def insight_settings() -> InsightSettings:
    """The firm's own bounds and windows."""
    return InsightSettings.from_json(firm_profile().insight)


def cards() -> dict[Segment, TierCard]:
    """Every card with its service menu, the lowest tier first; tiers without one are left out."""
    statement = select(TierCard).options(
        selectinload(TierCard.services).selectinload(TierService.item)
    )
    found = {row.segment: row for row in db.session.scalars(statement)}
    return {tier: found[tier.value] for tier in TIER_ORDER if tier.value in found}


def card_of(segment: str) -> TierCard | None:
    """The card of one tier with its menu."""
    statement = select(TierCard).where(TierCard.segment == segment)
    return db.session.scalar(statement.options(selectinload(TierCard.services)))


def bounds() -> Bounds:
    """The lower bounds, from the cards; those that a firm starts with where there is no card."""
    rows = db.session.execute(select(TierCard.segment, TierCard.lower_amount))
    found: dict[str, Decimal] = {row.segment: row.lower_amount for row in rows}
    return {tier: found.get(tier.value, FIRST_BOUNDS[tier]) for tier in TIER_ORDER}


def counts(viewer: Viewer) -> dict[str, int]:
    """Segment → active customers that the viewer may see."""
    statement = visible(select(Customer.segment, func.count()), Customer, viewer).where(
        Customer.active.is_(True), Customer.merged_into_id.is_(None)
    )
    return {row[0]: row[1] for row in db.session.execute(statement.group_by(Customer.segment))}


def loads(viewer: Viewer) -> list[Load]:
    """How many active customers of each tier everybody in charge has, the most first (DOMAIN K3)."""
    statement = (
        visible(select(User.id, User.name, Customer.segment, func.count()), Customer, viewer)
        .select_from(Customer)
        .join(Assignment, (Assignment.customer_id == Customer.id) & (Assignment.part == "owner"))
        .join(User, User.id == Assignment.user_id)
        .where(Customer.active.is_(True), Customer.merged_into_id.is_(None))
        .group_by(User.id, User.name, Customer.segment)
        .order_by(func.count().desc(), User.name, Customer.segment)
    )
    return [Load(*row) for row in db.session.execute(statement)]
