"""The secret links of a campaign's mail: unsubscribe, interested. Reading a page writes nothing."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal.access.viewer import Viewer
from portal.campaigns.actions import consenting
from portal.campaigns.actions.sending import token_hash
from portal.campaigns.models import CampaignMail, MarketingConsent
from portal.campaigns.rules.kinds import Consent, ConsentWay
from portal.db.base import db
from portal.kernel.errors import NotFound
from portal.kernel.text import t


def find(token: str) -> CampaignMail:
    """The mail of a link, with its campaign and customer; NotFound when it is unknown or was altered. For SYSTEM."""
    wanted = select(CampaignMail).where(CampaignMail.token_hash == token_hash(token))
    together = joinedload(CampaignMail.campaign), joinedload(CampaignMail.customer)
    mail = db.session.scalar(wanted.options(*together))
    if mail is None:
        raise NotFound(t("This link is not one of ours. Please open it again from our letter."))
    return mail


def unsubscribe(
    mail: CampaignMail, way: ConsentWay, actor: Viewer, now: datetime
) -> MarketingConsent:
    """The reader wants no more news: from this instant nothing goes to the address, also not what waits already."""
    said = consenting.say(mail.email, Consent.WITHDRAWN, way, actor, now, mail.campaign.number)
    mail.unsubscribed_at = mail.unsubscribed_at or now
    return said


def subscribe_again(mail: CampaignMail, actor: Viewer, now: datetime) -> MarketingConsent:
    """Pressed by mistake: the reader wants news after all."""
    said = consenting.say(
        mail.email, Consent.GIVEN, ConsentWay.LINK, actor, now, mail.campaign.number
    )
    mail.unsubscribed_at = None
    return said
