"""Nothing leaves below the floor unseen: submit, approve, return, reopen (DOMAIN M3, section 16)."""

from __future__ import annotations

from datetime import datetime

from portal.access.viewer import Viewer
from portal.db import audit
from portal.kernel.errors import Forbidden, Invalid
from portal.kernel.text import t
from portal.quotations.actions.drafting import check_editable
from portal.quotations.actions.pricing import recompute, repeat_on_quotation
from portal.quotations.models import QuotationVersion
from portal.quotations.rules.states import STEPS, QuotationState, QuotationStep


def submit(
    version: QuotationVersion, reason: str, actor: Viewer, now: datetime, seen: int | None = None
) -> None:
    """Ask somebody with the right to approve what is over the limits; needs the author's reason."""
    check_editable(version, seen)
    recompute(version, now)
    if not version.approval_reasons:
        raise Invalid(t("This version is inside all limits: issue it, no approval is needed."))
    if not reason.strip():
        raise Invalid(t("Say why this price should be given."), "reason")
    _step(version, QuotationStep.SUBMIT, now)
    version.submit_reason = reason.strip()
    audit.record(actor, "quotation.submitted", version.quotation, now, reason=reason.strip())


def approve(
    version: QuotationVersion, actor: Viewer, now: datetime, seen: int | None = None
) -> None:
    """Approve exactly what is on the page; never one's own version."""
    _check_seen(version, seen)
    if actor.user_id == version.author_id:
        raise Forbidden(t("Somebody else than the author approves a quotation."))
    _step(version, QuotationStep.APPROVE, now)
    version.approved_by, version.approved_at = actor.user_id, now
    after = {"version": version.version_no, "reasons": version.approval_reasons}
    audit.record(actor, "quotation.approved", version.quotation, now, after=after)


def return_to_author(version: QuotationVersion, reason: str, actor: Viewer, now: datetime) -> None:
    """Send it back to be changed, with a reason."""
    if not reason.strip():
        raise Invalid(t("Say what should be changed."), "reason")
    _step(version, QuotationStep.RETURN, now)
    audit.record(actor, "quotation.returned", version.quotation, now, reason=reason.strip())


def reopen(version: QuotationVersion, actor: Viewer, now: datetime) -> None:
    """Back to a draft to be changed: an approval is void as soon as anything may change."""
    _step(version, QuotationStep.REOPEN, now)
    version.approved_by = version.approved_at = None
    audit.record(actor, "quotation.reopened", version.quotation, now)


def _step(version: QuotationVersion, step: QuotationStep, now: datetime) -> None:
    version.state = STEPS.next(QuotationState(version.state), step)
    version.updated_at = now
    repeat_on_quotation(version, now)


def _check_seen(version: QuotationVersion, seen: int | None) -> None:
    if seen is not None and seen != version.version:
        raise Invalid(
            t("The quotation changed after you opened it. Read it again before you decide.")
        )
