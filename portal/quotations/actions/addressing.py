"""To whom a quotation is addressed, and what it is called."""

from __future__ import annotations

from datetime import datetime

from portal.access.viewer import Viewer
from portal.customers.models import Contact
from portal.db import audit
from portal.kernel.errors import Invalid
from portal.kernel.text import t
from portal.quotations.actions.drafting import check_editable, index
from portal.quotations.models import Quotation, QuotationVersion


def address(
    quotation: Quotation,
    version: QuotationVersion,
    title: str,
    contact: Contact | None,
    actor: Viewer,
    now: datetime,
) -> None:
    """Name the quotation and the contact it goes to; only while its latest version is a draft."""
    check_editable(version)
    if not title.strip():
        raise Invalid(t("Say in a few words what is quoted."), "title")
    if contact is not None and contact.customer_id != quotation.customer_id:
        raise Invalid(t("This contact belongs to another customer."), "contact_id")
    before = {"title": quotation.title, "contact": quotation.contact_id}
    quotation.title = title.strip()[:160]
    quotation.contact_id = contact.id if contact else None
    after = {"title": quotation.title, "contact": quotation.contact_id}
    if before == after:
        return
    index(quotation, quotation.customer)
    quotation.updated_at = now
    audit.record(actor, "quotation.changed", quotation, now, before=before, after=after)
