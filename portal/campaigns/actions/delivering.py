"""A campaign's mail at the door of the house: looked at once more, and what became of it noted.

Between posting and delivery a person may have said no: then the mail stays here (REQUIREMENTS K7).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select

from portal.campaigns.models import Campaign, CampaignMail
from portal.campaigns.queries.audience import may_be_written_to
from portal.campaigns.queries.consent import of_address
from portal.campaigns.rules.kinds import DROP_WORDS, Consent, DropCause, MailState
from portal.campaigns.rules.states import CampaignState
from portal.db.base import db
from portal.kernel.clock import business_day


def held_back(facts: Mapping[str, Any], now: datetime) -> str | None:
    """Why this mail must not go, in plain words; None: it may. Marks its row when it must not."""
    mail = _mail(facts)
    cause = _cause(mail, now)
    if cause is None:
        return None
    mail.state, mail.cause, mail.ended_at = MailState.DROPPED.value, cause.value, now
    return DROP_WORDS[cause].msgid


def went(facts: Mapping[str, Any], now: datetime) -> None:
    """The other side took it."""
    mail = _mail(facts)
    mail.state, mail.ended_at = MailState.SENT.value, now


def failed(facts: Mapping[str, Any], now: datetime) -> None:
    """It will never be taken."""
    mail = _mail(facts)
    mail.state, mail.cause, mail.ended_at = MailState.FAILED.value, DropCause.REFUSED.value, now


def _mail(facts: Mapping[str, Any]) -> CampaignMail:
    wanted = select(CampaignMail).where(CampaignMail.id == facts["mail_id"]).with_for_update()
    return db.session.scalars(wanted).one()


def _cause(mail: CampaignMail, now: datetime) -> DropCause | None:
    said = of_address(mail.email)
    if said is None or said.state != Consent.GIVEN:
        return DropCause.WITHDRAWN
    campaign = db.session.get_one(Campaign, mail.campaign_id)
    if campaign.state == CampaignState.STOPPED:
        return DropCause.STOPPED
    if not may_be_written_to(mail.customer_id, business_day(now)):
        return DropCause.CUSTOMER
    return None
