"""Campaigns are sent in batches, each a transaction of its own, and no more in one run than the campaign says."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from portal.campaigns.actions import sending
from portal.campaigns.models import Campaign
from portal.db.base import db
from portal.db.work import unit_of_work


def send(now: datetime) -> str:
    """Post the next mails of every campaign that is due."""
    posted = sum(_send(each, now) for each in sending.due(now))
    return f"{posted} posted"


def _send(campaign_id: int, now: datetime) -> int:
    left = db.session.scalar(select(Campaign.per_run).where(Campaign.id == campaign_id)) or 0
    posted = 0
    while left > 0:
        with unit_of_work():
            batch = sending.send_batch(campaign_id, left, now)
        posted, left = posted + batch.posted, left - batch.posted
        if not batch.more:
            break
    return posted
