"""What is known of people's consent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, cast

from sqlalchemy import Select, func, select

from portal.access.scope import visible
from portal.access.viewer import Viewer
from portal.campaigns.models import MarketingConsent, SuppressedAddress
from portal.campaigns.rules.addresses import fingerprint, plain
from portal.customers.models import Contact, Customer
from portal.db.base import db


def of_address(email: str) -> MarketingConsent | None:
    """The present word of a person; None: never asked."""
    return db.session.scalar(select(MarketingConsent).where(MarketingConsent.email == plain(email)))


def of_addresses(emails: Iterable[str]) -> Mapping[str, MarketingConsent]:
    """The present word of several people, by plain address."""
    wanted = {plain(email) for email in emails if email.strip()}
    if not wanted:
        return {}
    rows = db.session.scalars(select(MarketingConsent).where(MarketingConsent.email.in_(wanted)))
    return {row.email: row for row in rows}


def is_suppressed(email: str) -> bool:
    """Whether the person behind the address was erased; the slow hash is taken only where anybody was."""
    if db.session.scalar(select(SuppressedAddress.fingerprint).limit(1)) is None:
        return False
    return db.session.get(SuppressedAddress, fingerprint(email)) is not None


def contacts(viewer: Viewer) -> Select[Any]:
    """Contacts that the viewer sees, with their customer and what they said: rows of (Contact, consent)."""
    address = func.lower(func.trim(Contact.email))
    statement = (
        select(Contact, MarketingConsent)
        .join(Customer, Customer.id == Contact.customer_id)
        .outerjoin(MarketingConsent, MarketingConsent.email == address)
        .where(Contact.active.is_(True))
    )
    return visible(cast("Select[Any]", statement), Contact, viewer)
