"""States with mark and tone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from portal.campaigns.models import MarketingConsent
from portal.campaigns.rules.kinds import (
    CONSENT_WORDS,
    MAIL_WORDS,
    NEVER_ASKED,
    Consent,
    MailState,
)
from portal.campaigns.rules.states import (
    CAMPAIGN_WORDS,
    SHOWN_WORDS,
    CampaignState,
    ShownState,
)
from portal.kernel.text import t
from portal.web.labels import Label

C, S, M = CampaignState, ShownState, MailState

CAMPAIGNS: Mapping[str, Label] = {
    C.DRAFT: Label(CAMPAIGN_WORDS[C.DRAFT], "neutral", "pencil"),
    C.APPROVED: Label(CAMPAIGN_WORDS[C.APPROVED], "info", "check2-circle"),
    C.SENDING: Label(CAMPAIGN_WORDS[C.SENDING], "warn", "send"),
    C.SENT: Label(CAMPAIGN_WORDS[C.SENT], "good", "send-check"),
    C.STOPPED: Label(CAMPAIGN_WORDS[C.STOPPED], "bad", "stop-circle"),
}
SHOWN: Mapping[str, Label] = {
    S.DRAFT: Label(SHOWN_WORDS[S.DRAFT], "neutral", "pencil"),
    S.PUBLISHED: Label(SHOWN_WORDS[S.PUBLISHED], "good", "broadcast"),
    S.WITHDRAWN: Label(SHOWN_WORDS[S.WITHDRAWN], "neutral", "archive"),
}
BEFORE = Label(t("Not shown yet"), "info", "clock")
AFTER = Label(t("No longer shown"), "neutral", "clock-history")
MAILS: Mapping[str, Label] = {
    M.QUEUED: Label(MAIL_WORDS[M.QUEUED], "info", "hourglass-split"),
    M.SENT: Label(MAIL_WORDS[M.SENT], "good", "send-check"),
    M.FAILED: Label(MAIL_WORDS[M.FAILED], "bad", "exclamation-circle"),
    M.DROPPED: Label(MAIL_WORDS[M.DROPPED], "neutral", "envelope-slash"),
}
CONSENTS: Mapping[str, Label] = {
    Consent.GIVEN: Label(CONSENT_WORDS[Consent.GIVEN], "good", "envelope-open"),
    Consent.WITHDRAWN: Label(CONSENT_WORDS[Consent.WITHDRAWN], "bad", "envelope-slash"),
}
UNASKED = Label(NEVER_ASKED, "neutral", "question-circle")


def shown_label(state: str, from_on: date, until_on: date | None, today: date) -> Label:
    """How a notice or an offer stands today: what is published may wait for its day, or be past it."""
    if state != S.PUBLISHED:
        return SHOWN[state]
    if today < from_on:
        return BEFORE
    return AFTER if until_on is not None and until_on < today else SHOWN[S.PUBLISHED]


def consent_label(said: MarketingConsent | None) -> Label:
    """What a person said about news by mail."""
    return UNASKED if said is None else CONSENTS[said.state]
