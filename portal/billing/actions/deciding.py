"""The desk decides a dispute: in whole or part by a credit, or by a reason; above the limit two people do (R3, R5)."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from portal.access.permissions import Permission
from portal.access.viewer import Viewer
from portal.billing.actions import crediting, telling
from portal.billing.actions.confirming import note_confirmed
from portal.billing.actions.crediting import Ask
from portal.billing.actions.disputing import held, step
from portal.billing.actions.holding import reason_given, settle
from portal.billing.actions.revising import place_credit
from portal.billing.models import Credit, Dispute, Statement
from portal.billing.queries.limits import within_limit
from portal.billing.rules import confirming as rules
from portal.billing.rules.credits import amount_checked
from portal.billing.rules.states import (
    DISPUTE_STEPS,
    STATEMENT_STEPS,
    DisputeState,
    DisputeStep,
    LineState,
    StatementState,
    StatementStep,
)
from portal.db import audit
from portal.db.base import db
from portal.kernel.clock import business_day
from portal.kernel.errors import Forbidden, NotAllowedNow
from portal.kernel.text import t

NOTHING = Decimal(0)
LONGEST_DECISION = 2000
SOURCES = {1: "dispute", 2: "dispute_again"}
"""What the credit of each level is named by: a dispute gives one credit a level, once."""


def grantable(dispute: Dispute) -> Decimal:
    """The most that may still be granted: what is disputed, less what was granted before."""
    return dispute.disputed_amount - (dispute.granted_amount or NOTHING)


def take(dispute: Dispute, actor: Viewer, now: datetime) -> None:
    """From now on this person looks into it."""
    _statement, row = held(dispute)
    _check_decider(row, actor)
    if row.state not in (DisputeState.OPEN, DisputeState.PENDING_APPROVAL):
        raise NotAllowedNow(t("This dispute is decided."))
    if row.owner_id == actor.user_id:
        return
    row.owner_id, row.updated_at = actor.user_id, now
    audit.record(actor, "dispute.taken", row, now, after={"owner": actor.name})


def accept(
    dispute: Dispute, amount: Decimal | None, text: str, actor: Viewer, now: datetime
) -> Dispute:
    """Grant `amount` (gross; None: all that may be granted) as a credit, on top of what was granted before.

    Above the limit the grant waits for somebody else with the right to approve credits: the dispute is pending then.
    Invalid at "amount"; a decision in part needs its reason (field "text" → Invalid at "reason").
    """
    statement, row = held(dispute)
    _check_decider(row, actor)
    DISPUTE_STEPS.next(DisputeState(row.state), DisputeStep.ACCEPT)
    if row.state != DisputeState.OPEN:
        raise NotAllowedNow(t("This dispute waits for its approval."))
    most = grantable(row)
    amount = amount_checked(most if amount is None else amount, row.currency, most)
    why = text.strip()
    if amount < most or why:
        why = reason_given(text, t("Say why it is granted in part."), LONGEST_DECISION)
    row.decision, row.decided_by, row.decided_at = why, actor.user_id, now
    row.owner_id = row.owner_id or actor.user_id
    if within_limit(amount, row.currency, business_day(now)):
        _grant(statement, row, amount, None, actor, now)
    else:
        _propose(row, amount, actor, now)
    return row


def approve(dispute: Dispute, actor: Viewer, now: datetime) -> Dispute:
    """Grant what somebody else proposed."""
    statement, row = held(dispute)
    amount, proposer = row.proposed_amount, row.decided_by
    if row.state != DisputeState.PENDING_APPROVAL or amount is None:
        raise NotAllowedNow(t("Nothing waits to be approved here."))
    _check_approver(row, actor)
    row.approved_by = actor.user_id
    _grant(statement, row, amount, proposer, actor, now)
    telling.tell_proposer(row, "approved", proposer, actor, now)
    return row


def return_(dispute: Dispute, reason: str, actor: Viewer, now: datetime) -> Dispute:
    """Not approved, with a reason: the dispute is to be decided again."""
    why = reason_given(reason, t("Say what should be changed."), LONGEST_DECISION)
    _statement, row = held(dispute)
    DISPUTE_STEPS.next(DisputeState(row.state), DisputeStep.RETURN)
    _check_approver(row, actor)
    step(row, DisputeStep.RETURN, now)
    proposer, before = row.decided_by, {"amount": str(row.proposed_amount)}
    row.proposed_amount = row.decided_by = row.decided_at = None
    row.decision = ""
    audit.record(actor, "dispute.returned", row, now, before=before, reason=why)
    telling.tell_proposer(row, "returned", proposer, actor, now, why)
    return row


def reject(dispute: Dispute, reason: str, actor: Viewer, now: datetime) -> Dispute:
    """The line stands, with a reason that the customer reads."""
    why = reason_given(reason, t("Say why, so that the customer understands."), LONGEST_DECISION)
    statement, row = held(dispute)
    _check_decider(row, actor)
    step(row, DisputeStep.REJECT, now)
    row.decision, row.decided_by, row.decided_at = why, actor.user_id, now
    row.owner_id = row.owner_id or actor.user_id
    row.line.state = (
        LineState.ADJUSTED if row.granted_amount else rules.line_state_of(DisputeState.REJECTED)
    )
    row.line.decided_by, row.line.decided_at = actor.user_id, now
    done = settle(statement, actor, now)
    audit.record(actor, "dispute.rejected", row, now, reason=why)
    telling.tell_raiser(row, "rejected", actor, now)
    note_confirmed(statement, done, actor, now)
    return row


def _propose(row: Dispute, amount: Decimal, actor: Viewer, now: datetime) -> None:
    step(row, DisputeStep.PROPOSE, now)
    row.proposed_amount = amount
    after = {"amount": str(amount), "currency": row.currency}
    audit.record(actor, "dispute.proposed", row, now, after=after, reason=row.decision or None)
    telling.tell_deciders(row, "to_approve", actor, now, approval=True, reason=row.decision)


def _grant(
    statement: Statement, row: Dispute, amount: Decimal, proposer: int | None, actor: Viewer, now: datetime
) -> None:  # fmt: skip
    """The decision counts: the credit is made and, while the statement is open, becomes a line of its next revision."""
    whole = amount == grantable(row)
    step(row, DisputeStep.ACCEPT if whole else DisputeStep.ACCEPT_IN_PART, now)
    row.proposed_amount = None
    row.granted_amount = (row.granted_amount or NOTHING) + amount
    credit = _credit(row, amount, proposer, actor, now)
    row.line.state = rules.line_state_of(DisputeState(row.state))
    row.line.decided_by, row.line.decided_at = actor.user_id, now
    if statement.confirmed_at is None and STATEMENT_STEPS.allows(
        StatementState(statement.state), StatementStep.REVISE
    ):
        place_credit(statement, credit, actor, now)
    done = settle(statement, actor, now)
    after = {"amount": str(amount), "currency": row.currency, "credit": credit.number}
    why = row.decision or None
    audit.record(actor, f"dispute.{row.state}", row, now, after=after, reason=why)
    telling.tell_raiser(row, row.state, actor, now)
    note_confirmed(statement, done, actor, now)


def _credit(
    row: Dispute, amount: Decimal, proposer: int | None, actor: Viewer, now: datetime
) -> Credit:
    reason = f"{row.number} {row.decision}".strip()[:1000]
    ask = Ask(amount, reason, line=row.line)
    credit = crediting.make(row.customer, ask, SOURCES[row.level], row.id, actor, now)
    credit.author_id = proposer or actor.user_id
    crediting.grant(credit, actor.user_id if proposer else None, actor, now)
    db.session.flush()
    return credit


def _check_decider(row: Dispute, actor: Viewer) -> None:
    if not actor.may(Permission.DISPUTE_DECIDE):
        raise Forbidden()
    if row.level == rules.LAST_LEVEL:
        _check_second_level(row, actor)


def _check_second_level(row: Dispute, actor: Viewer) -> None:
    if not actor.may(Permission.CREDIT_APPROVE):
        raise Forbidden(t("A dispute that was raised again is decided by a manager."))
    if actor.user_id == row.first_decided_by:
        raise Forbidden(t("Somebody else than the first decider looks at it now."))


def _check_approver(row: Dispute, actor: Viewer) -> None:
    if not actor.may(Permission.CREDIT_APPROVE):
        raise Forbidden()
    if actor.user_id == row.decided_by:
        raise Forbidden(t("Somebody else than the one who proposed it approves a grant."))
    if row.level == rules.LAST_LEVEL:
        _check_second_level(row, actor)
