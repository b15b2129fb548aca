"""What people decide about a customer's credit: a hold by hand, lifting one until a day, the blacklist (E8, K8)."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import select

from portal.access.viewer import Viewer
from portal.customers.models import Customer
from portal.customers.rules.credit import StandingFacts, is_blacklisted
from portal.db import audit
from portal.db.base import db
from portal.kernel.clock import business_day
from portal.kernel.errors import Forbidden, Invalid, NotAllowedNow
from portal.kernel.text import t
from portal.receivables.actions.standing import standing_of
from portal.receivables.models import HoldLift
from portal.receivables.rules.kinds import DECISIONS, DecisionState, DecisionStep

LONGEST_LIFT = timedelta(days=92)


def hold(customer: Customer, reason: str, actor: Viewer, now: datetime) -> None:
    """No new orders until somebody releases it. NotAllowedNow when a person holds it already.

    An automatic hold becomes this person's, and no longer ends by itself.
    """
    why = _reason(reason, 500)
    row = standing_of(customer.id)
    if row.held_since is not None and row.held_by is not None:
        raise NotAllowedNow(t("This customer is on hold already."))
    row.held_since, row.hold_reason, row.held_by = business_day(now), why, actor.user_id
    row.lifted_until, row.lift_reason = None, ""
    audit.record(actor, "customer.held", customer, now, reason=why)


def release(customer: Customer, reason: str, actor: Viewer, now: datetime) -> None:
    """End a hold that a person set; one that came by itself goes by itself, or is lifted until a day."""
    why = _reason(reason, 500)
    row = standing_of(customer.id)
    if row.held_since is None:
        raise NotAllowedNow(t("This customer is not on hold."))
    if row.held_by is None:
        raise NotAllowedNow(
            t("This hold ends by itself when its cause is gone. Propose to lift it until a day.")
        )
    before = {"reason": row.hold_reason}
    row.held_since, row.hold_reason, row.held_by = None, "", None
    row.lifted_until, row.lift_reason = None, ""
    audit.record(actor, "customer.released", customer, now, before=before, reason=why)


def propose_lift(
    customer: Customer, until_on: date, reason: str, actor: Viewer, now: datetime
) -> HoldLift:
    """Ask somebody else to let orders in until a day. One proposal at a time; NotAllowedNow without a hold."""
    why = _reason(reason, 1000)
    _check_until(until_on, business_day(now))
    if standing_of(customer.id).held_since is None:
        raise NotAllowedNow(t("This customer is not on hold."))
    pending = select(HoldLift.id).where(
        HoldLift.customer_id == customer.id, HoldLift.state == DecisionState.PENDING.value
    )
    if db.session.scalar(pending) is not None:
        raise NotAllowedNow(t("Lifting this hold is proposed already."))
    row = HoldLift(
        customer_id=customer.id, customer=customer, state=DecisionState.PENDING.value,
        until_on=until_on, reason=why, proposed_by=actor.user_id, proposed_at=now,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    audit.record(actor, "hold_lift.proposed", row, now, after={"until": until_on}, reason=why)
    return row


def approve_lift(lift: HoldLift, actor: Viewer, now: datetime) -> None:
    """Orders are let in to the day that was proposed; never by who proposed it."""
    if actor.user_id is not None and actor.user_id == lift.proposed_by:
        raise Forbidden(t("Somebody else than who proposed it approves this."))
    row = standing_of(lift.customer_id)
    _decide(lift, DecisionStep.APPROVE, "", actor, now)
    _check_until(lift.until_on, business_day(now))
    if row.held_since is None:
        raise NotAllowedNow(t("This customer is not on hold."))
    row.lifted_until, row.lift_reason = lift.until_on, lift.reason
    audit.record(actor, "hold_lift.approved", lift, now, after={"until": lift.until_on})


def refuse_lift(lift: HoldLift, reason: str, actor: Viewer, now: datetime) -> None:
    """The hold stays, and why."""
    _decide(lift, DecisionStep.REFUSE, _reason(reason, 1000), actor, now)
    audit.record(actor, "hold_lift.refused", lift, now, reason=lift.decision)


def withdraw_lift(lift: HoldLift, actor: Viewer, now: datetime) -> None:
    """Take one's own proposal back."""
    if actor.user_id != lift.proposed_by:
        raise Forbidden(t("Only who proposed it can withdraw this."))
    _decide(lift, DecisionStep.WITHDRAW, "", actor, now)
    audit.record(actor, "hold_lift.withdrawn", lift, now)


def blacklist(
    customer: Customer, reason: str, until_on: date | None, actor: Viewer, now: datetime
) -> None:
    """No quotation, no order, no credit until a day (None: until it is cleared); collecting goes on."""
    why, today = _reason(reason, 500), business_day(now)
    if until_on is not None and until_on < today:
        raise Invalid(t("Choose a day from today on."), "until_on")
    row = standing_of(customer.id)
    row.blacklisted_on, row.blacklisted_until = today, until_on
    row.blacklist_reason, row.blacklisted_by = why, actor.user_id
    after = {"until": until_on}
    audit.record(actor, "customer.blacklisted", customer, now, after=after, reason=why)


def clear(customer: Customer, reason: str, actor: Viewer, now: datetime) -> None:
    """Take a customer off the blacklist."""
    why = _reason(reason, 500)
    row = standing_of(customer.id)
    listed = StandingFacts(
        blacklisted_on=row.blacklisted_on, blacklisted_until=row.blacklisted_until
    )
    if not is_blacklisted(listed, business_day(now)):
        raise NotAllowedNow(t("This customer is not blacklisted."))
    before = {"since": row.blacklisted_on, "reason": row.blacklist_reason}
    row.blacklisted_on = row.blacklisted_until = row.blacklisted_by = None
    row.blacklist_reason = ""
    audit.record(actor, "customer.cleared", customer, now, before=before, reason=why)


def _decide(
    lift: HoldLift, step: DecisionStep, decision: str, actor: Viewer, now: datetime
) -> None:
    db.session.refresh(lift, with_for_update={"of": HoldLift})
    lift.state = DECISIONS.next(DecisionState(lift.state), step).value
    lift.decided_by, lift.decided_at, lift.decision = actor.user_id, now, decision
    lift.updated_at = now
    db.session.flush()


def _check_until(until_on: date, today: date) -> None:
    if not today <= until_on <= today + LONGEST_LIFT:
        text = t("From today to %(last)s.", last=today + LONGEST_LIFT)
        raise Invalid(text, "until_on")


def _reason(reason: str, longest: int) -> str:
    why = reason.strip()
    if not why:
        raise Invalid(t("Say why."), "reason")
    if len(why) > longest:
        raise Invalid(t("A reason has at most %(most)s characters.", most=longest), "reason")
    return why
