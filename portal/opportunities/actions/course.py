"""The course of an opportunity: through the stages of its method, won or lost, unlocked (REQUIREMENTS O4, O16, O18)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import select

from portal.access.permissions import Permission
from portal.access.viewer import Viewer
from portal.db import audit
from portal.db.base import db
from portal.kernel.clock import business_day
from portal.kernel.errors import Forbidden, Invalid, InvalidMany
from portal.kernel.text import t
from portal.opportunities.actions import staging
from portal.opportunities.actions.holding import held, touch, unlocked
from portal.opportunities.models import (
    Competitor,
    Opportunity,
    OpportunityTask,
    OutcomeReason,
    SalesMethod,
    SalesStage,
)
from portal.opportunities.queries.evidence import missing_for
from portal.opportunities.rules import wording
from portal.opportunities.rules.entry import at_fields
from portal.opportunities.rules.states import (
    OPPORTUNITY_STEPS,
    TASK_STEPS,
    OpportunityState,
    OpportunityStep,
    TaskState,
    TaskStep,
)

FOLLOWERS: list[Callable[[Opportunity, Viewer, datetime], None]] = []
"""Later rooms whose records follow an opportunity's state are called when it is won, lost or open again."""


def move(
    opportunity: Opportunity, stage: SalesStage, version: int | None, actor: Viewer, now: datetime
) -> Opportunity:
    """Put it into another stage, of its method or another one; the stage's tasks are made for its owner.

    InvalidMany names what the stages on the way ask for and is not there, each at its field (`entry.FIELDS`); Invalid
    at "stage_id" for a stage that is no longer used.
    """
    row = unlocked(opportunity, actor, version)
    if row.stage_id == stage.id:
        return row
    method = db.session.get_one(SalesMethod, stage.method_id)
    if not stage.active or not method.active:
        raise Invalid(t("This stage is no longer used."), "stage_id")
    wanting = missing_for(row, stage, actor.locale)
    if wanting:
        raise InvalidMany(at_fields(wanting))
    before = _standing(row)
    row.state = OPPORTUNITY_STEPS.next(OpportunityState(row.state), OpportunityStep.MOVE).value
    staging.enter(row, stage, now)
    touch(row, now)
    audit.record(actor, "opportunity.moved", row, now, before=before, after=_standing(row))
    staging.begin_tasks(row, actor, now)
    return row


def win(
    opportunity: Opportunity, reason_id: int | None, text: str, version: int | None, actor: Viewer, now: datetime
) -> Opportunity:  # fmt: skip
    """It is won: locked from now on, its open tasks are called off. Invalid at "reason_id" without a reason."""
    row = unlocked(opportunity, actor, version)
    return _close(row, OpportunityStep.WIN, reason_id, text, None, actor, now)


def lose(
    opportunity: Opportunity, reason_id: int | None, competitor_id: int | None, text: str, version: int | None,
    actor: Viewer, now: datetime,
) -> Opportunity:  # fmt: skip
    """It is lost, perhaps to a competitor; likewise. Invalid at "reason_id", "competitor_id"."""
    row = unlocked(opportunity, actor, version)
    if competitor_id is not None and db.session.get(Competitor, competitor_id) is None:
        raise Invalid(t("Choose one of the list."), "competitor_id")
    return _close(row, OpportunityStep.LOSE, reason_id, text, competitor_id, actor, now)


def unlock(
    opportunity: Opportunity, reason: str, version: int | None, actor: Viewer, now: datetime
) -> Opportunity:
    """Open a won or lost one again, with a reason; it stands in its stage as if it had just entered it.

    Forbidden without the right to unlock; why it was won or lost stays in the history.
    """
    row = held(opportunity, actor, version)
    if not actor.may(Permission.OPPORTUNITY_UNLOCK):
        raise Forbidden()
    state = OPPORTUNITY_STEPS.next(OpportunityState(row.state), OpportunityStep.UNLOCK)
    why = wording.reason_given(reason)
    before = _standing(row)
    row.state, row.closed_on, row.outcome_reason_id, row.lost_to_id = state.value, None, None, None
    row.outcome_text = ""
    staging.enter(row, row.stage, now)
    touch(row, now)
    audit.record(
        actor, "opportunity.unlocked", row, now, before=before, after=_standing(row), reason=why
    )
    _follow(row, actor, now)
    return row


def _close(
    row: Opportunity, step: OpportunityStep, reason_id: int | None, text: str, competitor_id: int | None,
    actor: Viewer, now: datetime,
) -> Opportunity:  # fmt: skip
    state = OPPORTUNITY_STEPS.next(OpportunityState(row.state), step)
    reason = _reason(reason_id, state)
    said = wording.lines_of(text)
    problem = wording.too_long(said, wording.LONGEST_REASON)
    if problem is not None:
        raise Invalid(problem, "text")
    before = _standing(row)
    ended = _call_off_tasks(row, now)
    row.state, row.closed_on = state.value, business_day(now)
    row.outcome_reason_id, row.outcome_reason, row.outcome_text = reason.id, reason, said
    row.lost_to_id = competitor_id
    row.likelihood = 100 if state is OpportunityState.WON else 0
    touch(row, now)
    after = _standing(row) | {"reason": reason.name_zh, "tasks called off": ended}
    event = "opportunity.won" if state is OpportunityState.WON else "opportunity.lost"
    audit.record(actor, event, row, now, before=before, after=after, reason=said or None)
    _follow(row, actor, now)
    return row


def _reason(reason_id: int | None, state: OpportunityState) -> OutcomeReason:
    row = db.session.get(OutcomeReason, reason_id) if reason_id is not None else None
    if row is None or row.outcome != state.value or not row.active:
        raise Invalid(t("Choose the reason."), "reason_id")
    return row


def _call_off_tasks(row: Opportunity, now: datetime) -> int:
    wanted = select(OpportunityTask).where(
        OpportunityTask.opportunity_id == row.id, OpportunityTask.state == TaskState.OPEN.value
    )
    tasks = list(db.session.scalars(wanted))
    for task in tasks:
        task.state = TASK_STEPS.next(TaskState.OPEN, TaskStep.CANCEL).value
        task.updated_at = now
    return len(tasks)


def _standing(row: Opportunity) -> dict[str, Any]:
    amount = None if row.amount is None else f"{row.currency} {row.amount}"
    return {
        "state": row.state,
        "stage": row.stage.name_zh,
        "likelihood": row.likelihood,
        "amount": amount,
    }


def _follow(row: Opportunity, actor: Viewer, now: datetime) -> None:
    for follower in FOLLOWERS:
        follower(row, actor, now)
