"""Survey, liability, refusal and a second look: the desk judges a claim (DOMAIN T7-T9)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from portal.access.permissions import Permission
from portal.access.viewer import Viewer
from portal.billing.actions.holding import reason_given
from portal.claims.actions import following, telling
from portal.claims.actions.holding import LONGEST_TEXT, check_may, check_step, held, step
from portal.claims.models import Claim
from portal.claims.queries.limits import worked_out
from portal.claims.rules.amounts import NOTHING, SECOND_LEVEL, assessed_checked
from portal.claims.rules.limits import Limit
from portal.claims.rules.states import ClaimState, ClaimStep
from portal.db import audit
from portal.kernel.errors import Forbidden, InvalidMany, NotAllowedNow, PortalError
from portal.kernel.money import format_money
from portal.kernel.text import Text, t
from portal.service_requests.rules.kinds import Responsible

OURS = frozenset({Responsible.US, Responsible.SUPPLIER})
"""Whose fault makes us answer to the customer; a supplier's we take back from the supplier."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Who is liable and what we answer for, `text` as the customer reads it.

    `sdr_rate`: the claim's currency for one SDR. `is_lifted`: intent or gross negligence, the limit does not count.
    """

    liability: str
    text: str
    assessed: Decimal | None
    sdr_rate: Decimal | None = None
    is_lifted: bool = False


def survey(claim: Claim, text: str, actor: Viewer, now: datetime) -> Claim:
    """The damage is being looked into, by whom and where."""
    check_may(actor, Permission.CLAIM_DECIDE)
    why = reason_given(text, t("Say who looks at the goods, and where."), LONGEST_TEXT)
    row = held(claim)
    _check_level(row, actor)
    step(row, ClaimStep.SURVEY, now)
    _forget_verdict(row)
    row.owner_id = row.owner_id or actor.user_id
    audit.record(actor, "claim.survey", row, now, reason=why)
    following.begin(row, actor, now)
    return row


def decide(claim: Claim, verdict: Verdict, actor: Viewer, now: datetime) -> Claim:
    """Say who is liable and how much we answer for, within what is claimed and the limit of liability.

    InvalidMany at liability, text, assessed_amount, sdr_rate. The limit's working is kept with the claim.
    """
    check_may(actor, Permission.CLAIM_DECIDE)
    row = held(claim)
    check_step(row, ClaimStep.DECIDE)
    _check_level(row, actor)
    limit = worked_out(row, verdict.sdr_rate)
    assessed = _checked(row, verdict, limit)
    step(row, ClaimStep.DECIDE, now)
    _forget_offer(row)
    row.liability, row.liability_text = verdict.liability, verdict.text.strip()
    row.assessed_amount, row.limit_amount = assessed, limit.amount
    row.limit_working = [each.to_json() for each in limit.working]
    row.limit_lifted, row.sdr_rate = verdict.is_lifted, verdict.sdr_rate
    row.decided_by, row.owner_id = actor.user_id, row.owner_id or actor.user_id
    after = {
        "liability": row.liability,
        "assessed": format_money(assessed, row.currency),
        "text": row.liability_text,  # the customer reads it with the offer, not before
    }
    audit.record(actor, "claim.decided", row, now, after=after)
    following.begin(row, actor, now)
    return row


def refuse(claim: Claim, reason: str, actor: Viewer, now: datetime) -> Claim:
    """We do not answer for it, and say why; or a declined offer is our last word. The case is closed."""
    check_may(actor, Permission.CLAIM_DECIDE)
    why = reason_given(reason, t("Say why, so that the customer understands."), LONGEST_TEXT)
    row = held(claim)
    if row.state == ClaimState.CREDITED:
        raise NotAllowedNow(t("This claim was granted."))
    check_step(row, ClaimStep.CLOSE)
    _check_level(row, actor)
    step(row, ClaimStep.CLOSE, now)
    row.end_reason = why
    audit.record(actor, "claim.refused", row, now, reason=why)
    telling.tell_customer(row, "refused", actor, now, why, offer=True)
    following.end(row, why, actor, now)
    return row


def escalate(claim: Claim, reason: str, actor: Viewer, now: datetime) -> Claim:
    """A declined offer is looked at again one level higher: a manager judges it from now on, who did not before."""
    check_may(actor, Permission.CLAIM_DECIDE, Permission.CLAIM_APPROVE)
    why = reason_given(reason, t("Say what should be looked at again."), LONGEST_TEXT)
    row = held(claim)
    step(row, ClaimStep.ESCALATE, now)
    _forget_offer(row)
    row.level = SECOND_LEVEL
    audit.record(actor, "claim.escalated", row, now, reason=why)
    telling.tell_approvers(row, "escalated", actor, now, why)
    following.begin(row, actor, now)
    return row


def limit_of(claim: Claim, sdr_rate: Decimal | None) -> Limit:
    """The limit as it would be kept if liability were decided now."""
    return worked_out(claim, sdr_rate)


def _checked(row: Claim, verdict: Verdict, limit: Limit) -> Decimal:
    wrong: dict[str, Text] = {}
    if verdict.liability not in set(Responsible) or verdict.liability == Responsible.UNCLEAR:
        wrong["liability"] = t("Say who is liable.")
    if len(verdict.text.strip()) < 2:
        wrong["text"] = t("Say why; the customer reads it.")
    if verdict.sdr_rate is not None and verdict.sdr_rate <= 0:
        wrong["sdr_rate"] = t("The rate must be above zero.")
    elif limit.amount is None and limit.missing and not verdict.is_lifted:
        wrong["sdr_rate" if verdict.sdr_rate is None else "assessed_amount"] = limit.missing[-1]
    assessed = NOTHING
    if verdict.assessed or verdict.liability in OURS:
        try:
            assessed = assessed_checked(
                verdict.assessed, row.claimed_amount, limit.amount, row.currency, is_lifted=verdict.is_lifted
            )  # fmt: skip
        except PortalError as error:
            wrong[error.field or "assessed_amount"] = error.text
    if wrong:
        raise InvalidMany(wrong)
    return assessed


def _check_level(row: Claim, actor: Viewer) -> None:
    if row.level >= SECOND_LEVEL and not actor.may(Permission.CLAIM_APPROVE):
        raise Forbidden(t("A claim that was declined is judged by a manager."))


def _forget_offer(row: Claim) -> None:
    """What was offered before does not stand any more; the history keeps it."""
    row.offered_amount = row.offered_by = row.offered_at = row.offer_until = row.approved_by = None
    row.offer_text = ""


def _forget_verdict(row: Claim) -> None:
    _forget_offer(row)
    row.liability, row.liability_text, row.decided_by = None, "", None
    row.assessed_amount = row.limit_amount = None
    row.limit_working, row.limit_lifted = [], False
