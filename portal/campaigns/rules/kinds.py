"""The words of campaigns, consent, notices and offers."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from portal.kernel.text import Text, t


class MailState(StrEnum):
    """What became of the mail of a campaign to one address."""

    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"
    DROPPED = (
        "dropped"  # not sent: the person said no, or the campaign was stopped, after it was posted
    )


class Consent(StrEnum):
    """Whether a person wants news from us by mail; who was never asked has no row."""

    GIVEN = "given"
    WITHDRAWN = "withdrawn"


class ConsentWay(StrEnum):
    """How a person told us."""

    PORTAL = "portal"
    LINK = "link"  # the link in a mail, opened and confirmed
    ONE_CLICK = "one_click"  # the button of the mail program (RFC 8058)
    PAPER = "paper"
    PHONE = "phone"
    MAIL = "mail"
    TALK = "talk"


class LeftOut(StrEnum):
    """Why a person of the segment gets no mail; the first that is true counts."""

    INACTIVE = "inactive"
    MERGED = "merged"
    BLACKLISTED = "blacklisted"
    LEFT = "left"
    NO_ADDRESS = "no_address"
    WITHDRAWN = "withdrawn"
    NO_CONSENT = "no_consent"


class DropCause(StrEnum):
    """Why a mail that was posted did not go."""

    WITHDRAWN = "withdrawn"
    STOPPED = "stopped"
    CUSTOMER = "customer"  # inactive, merged or blacklisted meanwhile
    ADDRESS = "address"
    REFUSED = "refused"  # by the other side, or after the last try
    TOO_MANY = "too_many"  # the person had as many campaign mails lately as the firm allows


CONSENT_WORDS: Mapping[Consent, Text] = {
    Consent.GIVEN: t("Wants news by mail"),
    Consent.WITHDRAWN: t("Wants no news by mail"),
}
NEVER_ASKED = t("Not asked yet")

WAY_WORDS: Mapping[ConsentWay, Text] = {
    ConsentWay.PORTAL: t("Ticked in the portal"),
    ConsentWay.LINK: t("By the link in a mail"),
    ConsentWay.ONE_CLICK: t("By the button of the mail program"),
    ConsentWay.PAPER: t("Signed on paper"),
    ConsentWay.PHONE: t("Said on the telephone"),
    ConsentWay.MAIL: t("Written to us"),
    ConsentWay.TALK: t("Said in a meeting"),
}
RECORDED_WAYS = (ConsentWay.PAPER, ConsentWay.PHONE, ConsentWay.MAIL, ConsentWay.TALK)
"""The ways that staff may write down; the others record themselves."""

LEFT_OUT_WORDS: Mapping[LeftOut, Text] = {
    LeftOut.INACTIVE: t("Customer inactive"),
    LeftOut.MERGED: t("Customer merged into another"),
    LeftOut.BLACKLISTED: t("Customer blacklisted"),
    LeftOut.LEFT: t("No longer there"),
    LeftOut.NO_ADDRESS: t("No mail address"),
    LeftOut.WITHDRAWN: t("Wants no news by mail"),
    LeftOut.NO_CONSENT: t("Never agreed to get news"),
}

DROP_WORDS: Mapping[DropCause, Text] = {
    DropCause.WITHDRAWN: t("Unsubscribed before it went"),
    DropCause.STOPPED: t("The campaign was stopped"),
    DropCause.CUSTOMER: t("The customer may not be written to any more"),
    DropCause.ADDRESS: t("The address cannot be right"),
    DropCause.REFUSED: t("The other side did not take it"),
    DropCause.TOO_MANY: t("Had enough campaign mails lately"),
}

MAIL_WORDS: Mapping[MailState, Text] = {
    MailState.QUEUED: t("Waiting to go"),
    MailState.SENT: t("Mail sent"),
    MailState.FAILED: t("Mail failed"),
    MailState.DROPPED: t("Held back"),
}
