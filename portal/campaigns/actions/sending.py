"""Sending: each address gets one mail of a campaign, whatever crashes or runs twice (REQUIREMENTS K7).

The row of the mail and its place in the outbox are written in one transaction; the row is unique by campaign and
address. A run that is killed leaves whole batches or nothing, and the next one goes on with whoever has none yet.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select

from portal.access.viewer import SYSTEM
from portal.campaigns.actions.writing import held, written_of
from portal.campaigns.models import Campaign, CampaignMail
from portal.campaigns.queries import audience
from portal.campaigns.queries.consent import of_addresses
from portal.campaigns.queries.limits import campaign_settings, had_lately
from portal.campaigns.rules.addresses import Person, plain, reachable
from portal.campaigns.rules.kinds import DropCause, MailState
from portal.campaigns.rules.segments import Segment
from portal.campaigns.rules.states import CAMPAIGN_STEPS, CampaignState, CampaignStep
from portal.db import audit
from portal.db.base import db
from portal.db.outbox import post_mail
from portal.kernel.clock import business_day

BATCH = 50
TEMPLATE = "campaign"


@dataclass(frozen=True, slots=True)
class Batch:
    """What one transaction did. `more`: there may be somebody left."""

    posted: int
    more: bool


def due(now: datetime) -> list[int]:
    """Ids of the campaigns that have something to send now, the oldest first."""
    states = (CampaignState.APPROVED.value, CampaignState.SENDING.value)
    wanted = select(Campaign.id).where(
        Campaign.state.in_(states), or_(Campaign.starts_at.is_(None), Campaign.starts_at <= now)
    )
    return list(db.session.scalars(wanted.order_by(Campaign.id)))


def send_batch(campaign_id: int, most: int, now: datetime) -> Batch:
    """Post the next `most` mails at most; ends the campaign when everybody has theirs and none waits.

    One transaction: two runs at once take turns at the campaign's row.
    """
    row = held(campaign_id)
    state = CampaignState(row.state)
    if state not in (CampaignState.APPROVED, CampaignState.SENDING):
        return Batch(0, False)
    if state is CampaignState.APPROVED:
        row.state = CAMPAIGN_STEPS.next(state, CampaignStep.START).value
        row.started_at = row.updated_at = now
        audit.record(SYSTEM, "campaign.started", row, now)
    segment, today = Segment.from_json(row.segment), business_day(now)
    people = audience.next_people(segment, SYSTEM, today, min(most, BATCH), row.id)
    _post(row, people, now)
    if not people:
        _finish(row, now)
    return Batch(len(people), bool(people))


def token_hash(token: str) -> str:
    """What is kept of a link's secret."""
    return hashlib.sha256(token.encode()).hexdigest()


def key_of(mail_id: int) -> str:
    """The key of a mail in the outbox."""
    return f"campaign-{mail_id}"


def _post(campaign: Campaign, people: Iterable[Person], now: datetime) -> None:
    rows = [_mail(campaign, person, now) for person in people]
    _keep_back_those_who_had_enough([row for row, _token in rows], now)
    db.session.add_all([row for row, _token in rows])
    db.session.flush()
    agreed = of_addresses(row.email for row, _token in rows)
    for row, token in rows:
        if row.state != MailState.QUEUED:
            continue
        subject, text = written_of(campaign).in_language(row.locale)
        facts = {
            "mail_id": row.id, "subject": subject, "text": text, "name": row.name,
            "agreed_on": business_day(agreed[row.email].at).isoformat(), "path": f"/c/{token}",
        }  # fmt: skip
        post_mail(row.email, TEMPLATE, facts, locale=row.locale, key=key_of(row.id), now=now)


def _keep_back_those_who_had_enough(rows: list[CampaignMail], now: datetime) -> None:
    """Their row says why nothing goes; it counts for no later campaign."""
    settings = campaign_settings()
    if not settings.most or not rows:
        return
    had = had_lately((row.email for row in rows), now)
    for row in rows:
        if row.state == MailState.QUEUED and settings.is_full(had.get(row.email, 0)):
            row.state, row.cause = MailState.DROPPED.value, DropCause.TOO_MANY.value
            row.ended_at = now


def _mail(campaign: Campaign, person: Person, now: datetime) -> tuple[CampaignMail, str]:
    token = secrets.token_urlsafe(32)
    row = CampaignMail(
        campaign_id=campaign.id, customer_id=person.customer_id, contact_id=person.contact_id,
        user_id=person.user_id, owner_id=person.owner_id, name=person.name[:120],
        email=plain(person.email), locale=person.locale, segment=person.tier,
        state=MailState.QUEUED.value, token_hash=token_hash(token), posted_at=now,
    )  # fmt: skip
    if not reachable(person.email):
        row.state, row.cause, row.ended_at = MailState.FAILED.value, DropCause.ADDRESS.value, now
    return row, token


def _finish(campaign: Campaign, now: datetime) -> None:
    """Everybody has theirs: sent, once nothing waits in the outbox any more."""
    waiting = select(func.count()).where(
        CampaignMail.campaign_id == campaign.id, CampaignMail.state == MailState.QUEUED.value
    )
    if db.session.scalar(waiting):
        return
    campaign.state = CAMPAIGN_STEPS.next(CampaignState.SENDING, CampaignStep.FINISH).value
    campaign.ended_at = campaign.updated_at = now
    audit.record(SYSTEM, "campaign.sent", campaign, now)
