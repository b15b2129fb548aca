"""Signed links: mailed to a contact without a login, opened and used up by whoever holds them."""

from __future__ import annotations

from datetime import datetime

from portal.access.viewer import Viewer
from portal.db.base import db
from portal.db.outbox import post_mail
from portal.kernel.clock import business_day
from portal.quotations.actions.answering import Signature, accept, decline, make_link
from portal.quotations.models import AcceptanceLink, QuotationVersion


def send_link(
    version: QuotationVersion, name: str, email: str, actor: Viewer, now: datetime
) -> tuple[AcceptanceLink, str]:
    """Mail a link that opens this quotation without signing in; its secret token is given back once, never kept."""
    link, token = make_link(version, name, email, actor, now)
    db.session.flush()
    quotation = version.quotation
    facts = {
        "number": quotation.number,
        "version": version.version_no,
        "title": quotation.title,
        "valid_until": str(version.valid_until),
        "ends_on": business_day(link.expires_at).isoformat(),
        "name": link.contact_name,
        "sender": actor.name,
        "path": f"/q/{token}",
    }
    locale = "en" if version.language == "en" else "zh_CN"
    key = f"quotation-link-{link.id}"
    post_mail(link.email, "quotation_link", facts, locale=locale, key=key, now=now)
    return link, token


def accept_by_link(
    link: AcceptanceLink,
    version: QuotationVersion,
    signature: Signature,
    actor: Viewer,
    now: datetime,
) -> None:
    """As `accept`, and the link remembers that it was used."""
    accept(version, signature, actor, now)
    link.used_at = now


def decline_by_link(
    link: AcceptanceLink,
    version: QuotationVersion,
    reason: str,
    signature: Signature,
    actor: Viewer,
    now: datetime,
) -> None:
    """As `decline`, and the link remembers that it was used."""
    decline(version, reason, signature, actor, now)
    link.used_at = now
