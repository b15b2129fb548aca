"""An offer to the customer; above the limit of one person somebody else approves it first (DOMAIN T9)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from portal.access.permissions import Permission
from portal.access.viewer import Viewer
from portal.billing.actions.holding import reason_given
from portal.claims.actions import following, telling
from portal.claims.actions.holding import LONGEST_TEXT, check_may, check_step, held, step
from portal.claims.models import Claim
from portal.claims.queries.limits import claim_limit, in_firm_currency
from portal.claims.rules.amounts import needs_second_person, offer_checked
from portal.claims.rules.kinds import Settlement
from portal.claims.rules.states import ClaimState, ClaimStep
from portal.db import audit
from portal.kernel.clock import business_day
from portal.kernel.errors import Forbidden, Invalid, InvalidMany, NotAllowedNow
from portal.kernel.money import format_money
from portal.kernel.text import Text, t


@dataclass(frozen=True, slots=True)
class Offer:
    """What is offered, until when it may be accepted (None: no last day), and how it would be given."""

    amount: Decimal | None
    text: str
    until: date | None = None
    settlement: str = Settlement.CREDIT


def offer(claim: Claim, made: Offer, actor: Viewer, now: datetime) -> Claim:
    """Make an offer; above the limit it waits for somebody else. InvalidMany at offered_amount, until, settlement."""
    check_may(actor, Permission.CLAIM_DECIDE)
    row = held(claim)
    if row.state != ClaimState.LIABILITY_DECIDED:
        check_step(row, ClaimStep.PROPOSE)
    amount = _checked(row, made, business_day(now))
    row.offered_amount, row.offer_text = amount, made.text.strip()[:LONGEST_TEXT]
    row.offer_until, row.settlement = made.until, made.settlement
    row.offered_by, row.approved_by, row.decline_reason = actor.user_id, None, ""
    if needs_approval(row, now):
        step(row, ClaimStep.PROPOSE, now)
        audit.record(actor, "claim.proposed", row, now, after=_money(row))
        telling.tell_approvers(row, "to_approve", actor, now, row.offer_text)
        following.begin(row, actor, now)
    else:
        _made(row, actor, now)
    return row


def approve(claim: Claim, actor: Viewer, now: datetime) -> Claim:
    """Somebody else than who proposed it lets the offer go out."""
    check_may(actor, Permission.CLAIM_APPROVE)
    row = held(claim)
    _check_pending(row)
    if actor.user_id == row.offered_by:
        raise Forbidden(t("Somebody else than the one who proposed it approves an offer."))
    if row.offer_until is not None and row.offer_until < business_day(now):
        raise NotAllowedNow(t("The offer's last day is over: return it, to be proposed anew."))
    row.approved_by = actor.user_id
    _made(row, actor, now)
    telling.tell_proposer(row, "approved", row.offered_by, actor, now)
    return row


def return_(claim: Claim, reason: str, actor: Viewer, now: datetime) -> Claim:
    """Not like this, with a reason: the offer is to be made anew."""
    check_may(actor, Permission.CLAIM_APPROVE)
    why = reason_given(reason, t("Say what should be changed."), LONGEST_TEXT)
    row = held(claim)
    _check_pending(row)
    step(row, ClaimStep.RETURN, now)
    proposer, before = row.offered_by, _money(row)
    row.offered_amount = row.offered_by = row.offer_until = None
    row.offer_text = ""
    audit.record(actor, "claim.returned", row, now, before=before, reason=why)
    telling.tell_proposer(row, "returned", proposer, actor, now, why)
    return row


def extend(claim: Claim, until: date | None, actor: Viewer, now: datetime) -> Claim:
    """Another last day for an offer that is out; Invalid at "until"."""
    check_may(actor, Permission.CLAIM_DECIDE)
    row = held(claim)
    if row.state != ClaimState.OFFER_MADE:
        raise NotAllowedNow(t("No offer is out."))
    if until is None or until < business_day(now):
        raise Invalid(t("A day from today on."), "until")
    before, row.offer_until, row.updated_at = str(row.offer_until), until, now
    audit.record(
        actor, "claim.changed", row, now, before={"until": before}, after={"until": str(until)}
    )
    telling.tell_customer(row, "offered", actor, now, row.offer_text, offer=True)
    return row


def needs_approval(row: Claim, now: datetime) -> bool:
    """Whether the claim's offer as it stands needs a second person."""
    worth = in_firm_currency(row.offered_amount or Decimal(0), row.currency, business_day(now))
    return needs_second_person(worth, claim_limit(), row.level)


def _made(row: Claim, actor: Viewer, now: datetime) -> None:
    step(row, ClaimStep.OFFER, now)
    row.offered_at = now
    audit.record(actor, "claim.offered", row, now, after=_money(row), reason=row.offer_text or None)
    telling.tell_customer(row, "offered", actor, now, row.offer_text, offer=True)
    following.begin(row, actor, now)


def _check_pending(row: Claim) -> None:
    if row.state != ClaimState.PENDING_APPROVAL:
        raise NotAllowedNow(t("Nothing waits to be approved here."))


def _checked(row: Claim, made: Offer, today: date) -> Decimal:
    wrong: dict[str, Text] = {}
    amount = Decimal(0)
    try:
        amount = offer_checked(made.amount, row.assessed_amount, row.currency)
    except Invalid as error:
        wrong["offered_amount"] = error.text
    if made.until is not None and made.until < today:
        wrong["until"] = t("A day from today on.")
    if made.settlement not in set(Settlement):
        wrong["settlement"] = t("Choose how it is given.")
    if wrong:
        raise InvalidMany(wrong)
    return amount


def _money(row: Claim) -> dict[str, str]:
    return {"amount": format_money(row.offered_amount or Decimal(0), row.currency)}
