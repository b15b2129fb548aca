"""The customer answers an offer: accepts it whole, declines it with a reason, or takes the claim back (DOMAIN T9)."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from portal.access.permissions import Permission
from portal.access.viewer import Viewer
from portal.billing.actions.holding import reason_given
from portal.claims.actions import following, telling
from portal.claims.actions.holding import LONGEST_TEXT, check_may, check_step, held, step
from portal.claims.models import Claim
from portal.claims.rules.states import ClaimStep
from portal.db import audit
from portal.documents.actions.attaching import ReceivedFile, attach
from portal.documents.rules.files import FileKind
from portal.kernel.clock import business_day
from portal.kernel.errors import Invalid, NotAllowedNow
from portal.kernel.money import format_money
from portal.kernel.text import t


def agree(claim: Claim, seen: Decimal, actor: Viewer, now: datetime) -> Claim:
    """Accept the offer of `seen`, in full and final settlement.

    NotAllowedNow when it was answered already, has another amount by now, or its last day is over.
    """
    check_may(actor, Permission.CLAIM_ANSWER)
    row = _agreed(claim, seen, actor, now)
    audit.record(actor, "claim.agreed", row, now, after=_money(row))
    telling.tell_staff(row, "agreed", actor, now)
    return row


def agree_for(
    claim: Claim, seen: Decimal, said_by: str, paper: ReceivedFile, actor: Viewer, now: datetime
) -> Claim:
    """Staff record that the customer signed the settlement agreement on paper, with the paper; Invalid at "said_by"."""
    check_may(actor, Permission.CLAIM_DECIDE)
    if len(said_by.strip()) < 2:
        raise Invalid(t("Say who signed it for the customer."), "said_by")
    row = _agreed(claim, seen, actor, now)
    attach(row, paper, FileKind.SIGNED_SCAN, actor, now)
    audit.record(actor, "claim.agreed", row, now, after=_money(row), reason=said_by.strip()[:200])
    return row


def decline(claim: Claim, reason: str, actor: Viewer, now: datetime) -> Claim:
    """Not accepted, with a reason: it may be looked at again one level higher."""
    check_may(actor, Permission.CLAIM_ANSWER)
    why = reason_given(reason, t("Say what you expect, so that we can look at it again."), LONGEST_TEXT)  # fmt: skip
    row = held(claim)
    step(row, ClaimStep.DECLINE, now)
    row.decline_reason = why
    audit.record(actor, "claim.declined", row, now, before=_money(row), reason=why)
    telling.tell_staff(row, "declined", actor, now, why)
    return row


def withdraw(claim: Claim, reason: str, actor: Viewer, now: datetime) -> Claim:
    """The customer takes the claim back before anything was agreed; staff may record that for it."""
    check_may(actor, Permission.CLAIM_ANSWER, Permission.REQUEST_RAISE, Permission.CLAIM_DECIDE)
    why = reason_given(reason, t("Say why it is withdrawn."))
    row = held(claim)
    step(row, ClaimStep.WITHDRAW, now)
    row.end_reason = why
    audit.record(actor, "claim.withdrawn", row, now, reason=why)
    telling.tell_staff(row, "withdrawn", actor, now, why)
    following.withdraw(row, why, actor, now)
    return row


def _agreed(claim: Claim, seen: Decimal, actor: Viewer, now: datetime) -> Claim:
    row = held(claim)
    check_step(row, ClaimStep.AGREE)
    if row.offered_amount is None or row.offered_amount != seen:
        raise NotAllowedNow(t("The offer has changed since you read it. Look at it again."))
    if row.offer_until is not None and business_day(now) > row.offer_until:
        raise NotAllowedNow(t("The offer's last day is over. Please ask us to extend it."))
    step(row, ClaimStep.AGREE, now)
    row.agreed_amount, row.agreed_by, row.agreed_at = row.offered_amount, actor.user_id, now
    return row


def _money(row: Claim) -> dict[str, str]:
    amount = row.agreed_amount or row.offered_amount or Decimal(0)
    return {"amount": format_money(amount, row.currency)}
