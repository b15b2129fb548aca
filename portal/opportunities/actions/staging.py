"""What entering a stage does: likelihood, forecast category, and the tasks that the stage begins with (O4, O11)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from portal.access.viewer import Viewer
from portal.accounts.models import User
from portal.db.base import db
from portal.kernel.clock import business_day
from portal.opportunities.models import Opportunity, OpportunityTask, SalesStage
from portal.opportunities.rules.stage_tasks import due_on, tasks_of


def enter(
    row: Opportunity, stage: SalesStage, now: datetime, likelihood: int | None = None
) -> None:
    """Put it into a stage; it gets the stage's likelihood (unless one is given) and forecast category."""
    row.method_id, row.stage_id, row.entered_stage_at = stage.method_id, stage.id, now
    row.stage = stage
    row.likelihood = stage.likelihood if likelihood is None else likelihood
    if not row.category_given:
        row.category = stage.category


def begin_tasks(row: Opportunity, actor: Viewer, now: datetime) -> list[OpportunityTask]:
    """The tasks of its stage for its owner, as far as they were not made before."""
    wanted = tasks_of(row.stage.tasks)
    if not wanted:
        return []
    owner = db.session.get_one(User, row.owner_id)
    known = set(
        db.session.scalars(
            select(OpportunityTask.title).where(
                OpportunityTask.opportunity_id == row.id, OpportunityTask.stage_id == row.stage_id
            )
        )
    )
    made = []
    for each in wanted:
        title = each.title(owner.locale)[:160]
        if title not in known:
            made.append(task_of(row, title, due_on(business_day(now), each.days), actor))
    db.session.add_all(made)
    db.session.flush()
    return made


def task_of(row: Opportunity, title: str, due: object, actor: Viewer) -> OpportunityTask:
    """A new task of the stage that the opportunity is in, for its owner; not added yet."""
    return OpportunityTask(
        customer_id=row.customer_id, opportunity_id=row.id, stage_id=row.stage_id, title=title,
        assignee_id=row.owner_id, due_on=due, made_by=actor.user_id,
    )  # fmt: skip
