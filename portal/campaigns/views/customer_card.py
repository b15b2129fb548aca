"""The card on a customer's page: who of them gets our news, what they got and were interested in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Select, case, func, select

from portal.access.permissions import Permission as P
from portal.access.scope import visible
from portal.access.viewer import Viewer
from portal.campaigns.models import CampaignMail, Interest, MarketingConsent
from portal.campaigns.rules.kinds import Consent
from portal.campaigns.views.campaign_list import interest_rows
from portal.customers.models import Contact, Customer
from portal.db.base import db

TEMPLATE = "campaigns/customer_card.html"
PLACE = "aside"
ORDER = 70
SHOWN = 3


def card(customer: Customer, viewer: Viewer) -> Mapping[str, object] | None:
    """Two queries: the latest interests, and counts with the last mail's day."""
    if not viewer.may(P.CAMPAIGN_SEE):
        return None
    wanted = interest_rows(viewer).where(Interest.customer_id == customer.id)
    latest = wanted.order_by(Interest.at.desc(), Interest.id.desc()).limit(SHOWN)
    contacts, agreed, last_mail = db.session.execute(_counts(customer, viewer)).one()
    interests = db.session.scalars(latest).all()
    return {
        "interests": interests, "contacts": contacts, "agreed": agreed, "last_mail": last_mail
    }  # fmt: skip


def _counts(customer: Customer, viewer: Viewer) -> Select[Any]:
    """Contacts, those who agreed, and when the last mail was posted."""
    given = case((MarketingConsent.state == Consent.GIVEN.value, 1), else_=0)
    last = select(func.max(CampaignMail.posted_at)).where(CampaignMail.customer_id == customer.id)
    columns = (
        func.count(Contact.id), func.coalesce(func.sum(given), 0), last.scalar_subquery()
    )  # fmt: skip
    address = func.lower(func.trim(Contact.email))
    return (
        visible(select(*columns), Contact, viewer)
        .outerjoin(MarketingConsent, MarketingConsent.email == address)
        .where(Contact.customer_id == customer.id, Contact.active.is_(True))
    )
