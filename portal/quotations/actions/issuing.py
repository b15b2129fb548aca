"""Issuing freezes a version: its lines, rates, and the PDF in the archive; withdrawing takes it back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import select, update

from portal.access.viewer import Viewer
from portal.customers.actions.credit import check_not_blacklisted
from portal.db import audit
from portal.db.base import db
from portal.db.outbox import post_mail
from portal.documents.models import Document
from portal.kernel.clock import business_day
from portal.kernel.errors import Invalid, NotAllowedNow
from portal.kernel.text import t
from portal.opportunities.rules.papers import PaperStep
from portal.quotations.actions import for_opportunity
from portal.quotations.actions.drafting import check_editable
from portal.quotations.actions.pricing import recompute, repeat_on_quotation
from portal.quotations.models import QuotationVersion
from portal.quotations.rules.states import STEPS, QuotationState, QuotationStep

Printer = Callable[[QuotationVersion, Viewer, datetime], Document]
"""Prints a version and stores the paper: `actions.papers.print_version`, given by the caller."""


def issue(
    version: QuotationVersion,
    printer: Printer,
    actor: Viewer,
    now: datetime,
    seen: int | None = None,
) -> Document:
    """Freeze the version, print it, replace the version issued before, and tell the contact.

    Raises what `freeze` raises.
    """
    freeze(version, actor, now, seen)
    document = printer(version, actor, now)
    version.document_id = document.id
    repeat_on_quotation(version, now)
    after = {
        "version": version.version_no,
        "sha256": document.sha256,
        "total": version.total_amount,
    }
    audit.record(actor, "quotation.issued", version.quotation, now, after=after)
    for_opportunity.tell(version, PaperStep.ISSUED, actor, now)
    _tell(version, actor, now)
    return document


def freeze(
    version: QuotationVersion, actor: Viewer, now: datetime, seen: int | None = None
) -> None:
    """All of issuing that comes before the paper: afterwards the version reads as it will be printed.

    A draft inside its limits needs no approval. Invalid says what is missing: lines, a price, a rate of exchange,
    an approval, a valid day. NotAllowedNow for a blacklisted customer.
    """
    check_not_blacklisted(version.quotation.customer, actor, now)
    state = QuotationState(version.state)
    if state is QuotationState.DRAFT:
        check_editable(version, seen)
        recompute(version, now)
        if version.approval_reasons:
            raise Invalid(t("This version is over its limits: send it for approval first."))
    check_complete(version, now)
    following = STEPS.next(state, QuotationStep.ISSUE)
    replace_issued(version, actor, now)
    version.state = following
    version.issued_by, version.issued_at, version.updated_at = actor.user_id, now, now
    version.quotation.issued_no = version.version_no
    db.session.flush()


def check_complete(version: QuotationVersion, now: datetime) -> None:
    """Raise Invalid with the first thing that stops a version from being issued (DOMAIN S6)."""
    shown = [row for row in version.lines if not (row.problem and row.amount is not None)]
    if not shown:
        raise Invalid(t("There is no charge on this quotation yet."))
    for row in shown:
        if row.amount is None and not row.is_on_request:
            raise Invalid(
                t(
                    "“%(name)s” has no price. Price it, mark it as on request, or remove it.",
                    name=row.name_zh,
                )
            )
    if version.valid_until is None or version.valid_until < business_day(now):
        raise Invalid(t("The last valid day has passed. Set a new one."), "valid_until")
    if version.shows_converted_total and version.total_amount is None:
        raise Invalid(
            t(
                "A rate of exchange is missing for the total in %(code)s.",
                code=version.total_currency,
            )
        )


def replace_issued(version: QuotationVersion, actor: Viewer, now: datetime) -> None:
    """One issued version at a time: the one before becomes superseded, and its paper says so."""
    before = db.session.scalar(
        select(QuotationVersion).where(
            QuotationVersion.quotation_id == version.quotation_id,
            QuotationVersion.state == QuotationState.ISSUED.value,
        )
    )
    if before is None or before.id == version.id:
        return
    before.state = STEPS.next(QuotationState(before.state), QuotationStep.SUPERSEDE)
    before.updated_at = now
    mark_paper(before, "superseded")
    db.session.flush()
    after = {"version": before.version_no, "by": version.version_no}
    audit.record(actor, "quotation.superseded", version.quotation, now, after=after)


def withdraw(version: QuotationVersion, reason: str, actor: Viewer, now: datetime) -> None:
    """Take a version back, with a reason; what was accepted cannot be withdrawn."""
    if not reason.strip():
        raise Invalid(t("Say why it is withdrawn."), "reason")
    if version.state == QuotationState.ACCEPTED:
        raise NotAllowedNow(t("The customer has accepted this version."))
    version.state = STEPS.next(QuotationState(version.state), QuotationStep.WITHDRAW)
    version.withdraw_reason, version.updated_at = reason.strip(), now
    mark_paper(version, "withdrawn")
    repeat_on_quotation(version, now)
    audit.record(actor, "quotation.withdrawn", version.quotation, now, reason=reason.strip())


def mark_paper(version: QuotationVersion, state: str) -> None:
    """Say on the verification page what the version's paper is worth now (`Document.state`)."""
    db.session.execute(
        update(Document).where(Document.id == version.document_id).values(state=state)
    )


def _tell(version: QuotationVersion, actor: Viewer, now: datetime) -> None:
    contact = version.quotation.contact
    if contact is None or not contact.email:
        return
    facts = {
        "id": version.quotation_id,
        "number": version.quotation.number,
        "version": version.version_no,
        "title": version.quotation.title,
        "valid_until": str(version.valid_until),
        "contact": contact.name,
        "sender": actor.name,
    }
    post_mail(
        contact.email,
        "quotation_issued",
        facts,
        locale="en" if version.language == "en" else "zh_CN",
        key=f"quotation-issued-{version.id}",
        now=now,
    )
