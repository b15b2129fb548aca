"""Campaigns by mail, the consent they need, notices, recommended services, and who was interested."""

from __future__ import annotations

from portal.campaigns.models.campaigns import Campaign, CampaignMail
from portal.campaigns.models.consent import MarketingConsent, SuppressedAddress
from portal.campaigns.models.notices import Notice, NoticeFile, NoticeReading
from portal.campaigns.models.offers import Interest, Offer

__all__ = [
    "Campaign",
    "CampaignMail",
    "Interest",
    "MarketingConsent",
    "Notice",
    "NoticeFile",
    "NoticeReading",
    "Offer",
    "SuppressedAddress",
]
