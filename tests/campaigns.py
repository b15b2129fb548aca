"""Campaigns, consent, notices and offers for tests, made by the same actions as everybody's."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from portal.access.viewer import SYSTEM
from portal.campaigns.actions import consenting, notices, offers, sending, writing
from portal.campaigns.actions.notices import NoticeFacts
from portal.campaigns.actions.offers import OfferFacts
from portal.campaigns.actions.writing import CampaignFacts
from portal.campaigns.models import Campaign, CampaignMail, MarketingConsent, Notice, Offer
from portal.campaigns.rules.kinds import Consent, ConsentWay
from portal.campaigns.rules.writing import Written
from portal.customers.models import Contact, Customer
from portal.db.base import db
from portal.db.outbox import OutboxMessage
from portal.web.uploads import Upload
from tests.cast import Cast, viewer
from tests.chain import handling
from tests.factories import add

TEXT = Written(
    "四月冷链特惠", "Cold chain in April", "四月起冷链仓储 **九折**。", "Cold storage at **10 % less** from April."
)  # fmt: skip


def a_contact(of: Customer, name: str = "周涛", email: str = "", **more: Any) -> Contact:
    """A contact of a customer with an address of its own."""
    address = email or f"{name}@{of.code.lower()}.example"
    return add(Contact(customer_id=of.id, name=name, email=address, **more))


def agreed(email: str, now: datetime) -> MarketingConsent:
    """The person behind this address wants news."""
    return consenting.say(email, Consent.GIVEN, ConsentWay.PAPER, SYSTEM, now, "展会登记表")


def a_campaign(cast: Cast, now: datetime, **changes: Any) -> Campaign:
    """A draft in both languages by Chen Li, to everybody who agreed; `changes` of CampaignFacts."""
    facts = CampaignFacts(**({"name": "冷链四月", "written": TEXT} | changes))
    return writing.write(facts, viewer(cast.sales), now)


def approved(cast: Cast, now: datetime, **changes: Any) -> Campaign:
    """The same, approved by Wu Mei."""
    row = a_campaign(cast, now, **changes)
    return writing.approve(row, row.version, viewer(cast.sales_manager), now)


def mailed(cast: Cast, now: datetime, email: str, **changes: Any) -> tuple[CampaignMail, str]:
    """A campaign's mail to somebody who agreed, posted: its row and the secret of its links."""
    agreed(email, now)
    row = approved(cast, now, **changes)
    sending.send_batch(row.id, 50, now)
    mail = mail_to(row, email)
    return mail, token_of(mail)


def mail_to(campaign: Campaign, email: str) -> CampaignMail:
    """The one mail of a campaign to an address."""
    wanted = CampaignMail.campaign_id == campaign.id, CampaignMail.email == email
    return db.session.scalars(select(CampaignMail).where(*wanted)).one()


def token_of(mail: CampaignMail) -> str:
    """The secret of its links, as the waiting letter has it."""
    key = sending.key_of(mail.id)
    letter = db.session.scalars(select(OutboxMessage).where(OutboxMessage.key == key)).one()
    return str(letter.facts["path"]).removeprefix("/c/")


def a_notice(cast: Cast, now: datetime, *, published: bool = True, **changes: Any) -> Notice:
    """News since the first of March, for all, by Wu Mei; `changes` of NoticeFacts."""
    values: dict[str, Any] = {"written": TEXT, "from_on": date(2026, 3, 1)} | changes
    author = viewer(cast.sales_manager)
    row = notices.write(NoticeFacts(**values), author, now)
    return notices.publish(row, author, now) if published else row


def an_offer(
    cast: Cast, now: datetime, item_id: int, *, published: bool = True, **changes: Any
) -> Offer:
    """A service item recommended to all since the first of March, by Wu Mei; `changes` of OfferFacts."""
    values: dict[str, Any] = {
        "written": TEXT, "from_on": date(2026, 3, 1), "item_id": item_id,
    } | changes  # fmt: skip
    author = viewer(cast.sales_manager)
    row = offers.write(OfferFacts(**values), author, now)
    return offers.publish(row, author, now) if published else row


def campaign_ids(cast: Cast, now: datetime) -> dict[str, int]:
    """Ids of what Harbour Foods, a project customer there, is shown and Nordwind is not; and of a campaign."""
    tiers = ("project",)
    notice = a_notice(cast, now, tiers=tiers)
    scan = Upload(b"%PDF-1.7", "价目.pdf", "pdf")
    file = notices.attach(notice, scan, viewer(cast.sales_manager), now)
    offer = an_offer(cast, now, handling("COLD").id, tiers=tiers)
    db.session.flush()
    return {
        "notices.notice_id": notice.id, "notice_file_id": file.id, "offer_id": offer.id,
        "campaign_id": a_campaign(cast, now).id,
    }  # fmt: skip
