"""How many campaign mails an address had lately, and the firm's limit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import func, select

from portal.campaigns.models import CampaignMail, MarketingConsent
from portal.campaigns.rules.kinds import MailState
from portal.campaigns.rules.settings import CampaignSettings
from portal.db.base import db
from portal.db.kept import Kept
from portal.documents.models import FirmProfile
from portal.documents.queries import firm_profile

COUNTED = (MailState.QUEUED.value, MailState.SENT.value)


def campaign_settings() -> CampaignSettings:
    """The firm's limit, seldom by a query."""
    return _SETTINGS.get()


def had_lately(emails: Iterable[str], now: datetime) -> Mapping[str, int]:
    """Plain address → mails of any campaign that went or wait since the window began.

    Holds the people's consent until the transaction ends: two campaigns that write to the same person at the same
    moment take turns, so that both cannot be the last one that is allowed.
    """
    wanted = sorted(set(emails))
    consents = select(MarketingConsent.id).where(MarketingConsent.email.in_(wanted))
    db.session.execute(consents.order_by(MarketingConsent.email).with_for_update())
    counts = (
        select(CampaignMail.email, func.count())
        .where(
            CampaignMail.email.in_(wanted),
            CampaignMail.state.in_(COUNTED),
            CampaignMail.posted_at > now - campaign_settings().window,
        )
        .group_by(CampaignMail.email)
    )
    return {row[0]: row[1] for row in db.session.execute(counts)}


_SETTINGS = Kept(lambda: CampaignSettings.from_json(firm_profile().sales), FirmProfile)
