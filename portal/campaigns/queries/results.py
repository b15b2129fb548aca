"""What came of campaigns, counted from their mails; each limited to the customers that the viewer sees."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import joinedload

from portal.access.scope import visible
from portal.access.viewer import Viewer
from portal.accounts.models import User
from portal.campaigns.models import Campaign, CampaignMail
from portal.campaigns.rules.kinds import MailState
from portal.campaigns.rules.results import Tally
from portal.customers.models import Customer
from portal.customers.rules.kinds import Segment
from portal.db.base import db

M = CampaignMail


def campaigns() -> Select[Any]:
    """Every campaign, with its author."""
    return select(Campaign).options(joinedload(Campaign.author).lazyload(User.roles))


def mails(campaign_id: int, viewer: Viewer) -> Select[Any]:
    """The mails of a campaign with their customers."""
    statement = select(M).join(Customer, Customer.id == M.customer_id)
    together = joinedload(M.customer), joinedload(M.contact)
    return visible(statement, M, viewer).where(M.campaign_id == campaign_id).options(*together)


def of_campaign(campaign_id: int, viewer: Viewer) -> Tally:
    """All of it together."""
    return _tallied(campaign_id, viewer, M.campaign_id)[0]


def by_tier(campaign_id: int, viewer: Viewer) -> list[Tally]:
    """By the customers' tier on the day of posting."""
    order = [tier.value for tier in Segment]
    found = [each for each in _tallied(campaign_id, viewer, M.segment) if each.posted]
    return sorted(found, key=lambda each: order.index(each.key))


def of_several(campaign_ids: Iterable[int], viewer: Viewer) -> dict[int, Tally]:
    """Of the campaigns of a list, in one query."""
    ids = list(campaign_ids)
    rows = visible(select(M.campaign_id, *_COUNTS), M, viewer)
    rows = rows.where(M.campaign_id.in_(ids)).group_by(M.campaign_id)
    return {row[0]: Tally("", *row[1:]) for row in db.session.execute(rows)} if ids else {}


def _count(condition: Any) -> Any:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


_COUNTS = (
    func.count(M.id),
    _count(M.state == MailState.SENT.value),
    _count(M.state == MailState.FAILED.value),
    _count(M.state == MailState.DROPPED.value),
    _count(M.unsubscribed_at.is_not(None)),
    _count(M.interested_at.is_not(None)),
)


def _tallied(campaign_id: int, viewer: Viewer, key: Any) -> list[Tally]:
    rows = visible(select(key, *_COUNTS), M, viewer).where(M.campaign_id == campaign_id)
    found = db.session.execute(rows.group_by(key).order_by(key)).all()
    return [Tally(str(row[0]), *map(int, row[1:])) for row in found] or [Tally()]
