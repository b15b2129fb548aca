"""Issuing freezes a version and its PDF; the one before is superseded; withdrawing takes a version back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import select

from portal.access.viewer import Viewer
from portal.customers.actions.credit import check_not_blacklisted
from portal.db import audit
from portal.db.base import db
from portal.db.outbox import post_mail
from portal.documents.actions.keeping import mark
from portal.documents.models import Document
from portal.kernel.errors import Invalid
from portal.kernel.text import t
from portal.proposals.actions.drafting import check_draft
from portal.proposals.models import Proposal, ProposalVersion
from portal.proposals.rules.sections import from_json
from portal.proposals.rules.states import STEPS, ProposalState, ProposalStep
from portal.quotations.rules.states import QuotationState

Printer = Callable[[ProposalVersion, Viewer, datetime], Document]
PRICED = frozenset({QuotationState.ISSUED, QuotationState.ACCEPTED})
"""Prices go to a customer in a proposal only when they were quoted to them."""


def check_issuable(version: ProposalVersion, actor: Viewer, now: datetime) -> None:
    """Raise what stops it: NotAllowedNow if it is frozen or the customer blacklisted, Invalid for what is missing."""
    check_draft(version)
    check_not_blacklisted(version.proposal.customer, actor, now)
    if not any(not part.is_empty for part in from_json(version.sections)):
        raise Invalid(t("There is no text in this proposal yet."))
    prices = version.quotation_version
    if prices is not None and QuotationState(prices.state) not in PRICED:
        raise Invalid(
            t(
                "The prices are of %(number)s version %(version)s, which is not issued. Issue it first.",
                number=prices.quotation.number,
                version=prices.version_no,
            )
        )


def issue(version: ProposalVersion, printer: Printer, actor: Viewer, now: datetime) -> Document:
    """Print and freeze it, replace the version issued before, tell the contact. Raises what check_issuable does."""
    check_issuable(version, actor, now)
    following = STEPS.next(ProposalState(version.state), ProposalStep.ISSUE)
    proposal = version.proposal
    _replace_issued(proposal, version, actor, now)
    version.issued_by, version.issued_at, version.updated_at = actor.user_id, now, now
    document = printer(version, actor, now)
    version.document_id, version.state = document.id, following.value
    proposal.issued_no, proposal.issued_at, proposal.shown = version.version_no, now, True
    proposal.state, proposal.updated_at = following.value, now
    db.session.flush()
    after = {"version": version.version_no, "sha256": document.sha256}
    audit.record(actor, "proposal.issued", proposal, now, after=after)
    _tell(version, actor, now)
    return document


def withdraw(version: ProposalVersion, reason: str, actor: Viewer, now: datetime) -> None:
    """Take a version back, with a reason: its paper is then worth nothing, and the verification page says so."""
    if not reason.strip():
        raise Invalid(t("Say why it is withdrawn."), "reason")
    version.state = STEPS.next(ProposalState(version.state), ProposalStep.WITHDRAW).value
    version.withdraw_reason, version.updated_at = reason.strip(), now
    proposal = version.proposal
    if version.document_id is not None:
        mark([version.document_id], "withdrawn")
        proposal.issued_no = 0
    if version.version_no == proposal.latest_no:
        proposal.state = version.state
    proposal.updated_at = now
    db.session.flush()
    audit.record(actor, "proposal.withdrawn", proposal, now, reason=reason.strip())


def _replace_issued(
    proposal: Proposal, version: ProposalVersion, actor: Viewer, now: datetime
) -> None:
    """One issued version at a time: the one before becomes superseded, and its paper says so."""
    wanted = select(ProposalVersion).where(
        ProposalVersion.proposal_id == proposal.id,
        ProposalVersion.state == ProposalState.ISSUED.value,
    )
    before = db.session.scalar(wanted)
    if before is None or before.id == version.id:
        return
    before.state = STEPS.next(ProposalState(before.state), ProposalStep.SUPERSEDE).value
    before.updated_at = now
    mark([before.document_id] if before.document_id else [], "superseded")
    db.session.flush()
    after = {"version": before.version_no, "by": version.version_no}
    audit.record(actor, "proposal.superseded", proposal, now, after=after)


def _tell(version: ProposalVersion, actor: Viewer, now: datetime) -> None:
    contact = version.proposal.contact
    if contact is None or not contact.email:
        return
    facts = {
        "id": version.proposal_id,
        "number": version.proposal.number,
        "version": version.version_no,
        "title": version.title,
        "contact": contact.name,
        "sender": actor.name,
    }
    locale = "en" if version.language == "en" else "zh_CN"
    key = f"proposal-issued-{version.id}"
    post_mail(contact.email, "proposal_issued", facts, locale=locale, key=key, now=now)
