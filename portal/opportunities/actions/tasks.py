"""Tasks of an opportunity: made in its stage, done, called off, taken up again, moved in the calendar (O11)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from portal.access.models import Assignment
from portal.access.permissions import Permission, of_roles
from portal.access.viewer import Viewer
from portal.accounts.models import User
from portal.db import audit
from portal.db.base import db
from portal.kernel.errors import InvalidMany, NotAllowedNow, NotFound, StaleEdit
from portal.kernel.text import Text, t
from portal.opportunities.actions import telling
from portal.opportunities.actions.holding import EDIT, check_open, held
from portal.opportunities.models import Collaborator, Opportunity, OpportunityTask
from portal.opportunities.queries.people import may, name_of
from portal.opportunities.rules import wording
from portal.opportunities.rules.states import TASK_STEPS, TaskState, TaskStep

LONGEST_TITLE, LONGEST_TEXT, LONGEST_RESULT = 160, 4000, 1000


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be done, by whom, until when; `assignee_id` None: its owner."""

    title: str
    due_on: date
    assignee_id: int | None = None
    text: str = ""


def make(opportunity: Opportunity, plan: Plan, actor: Viewer, now: datetime) -> OpportunityTask:
    """Plan something; it belongs to the stage that the opportunity is in. InvalidMany by the names of `Plan`."""
    row = _open(opportunity, actor)
    assignee_id = plan.assignee_id or row.owner_id
    _check(row, plan, assignee_id)
    task = OpportunityTask(
        customer_id=row.customer_id, opportunity_id=row.id, stage_id=row.stage_id, made_by=actor.user_id,
        created_at=now, updated_at=now, **_columns(plan, assignee_id),
    )  # fmt: skip
    db.session.add(task)
    db.session.flush()
    audit.record(actor, "opportunity.task_made", row, now, after=_facts(task))
    telling.tell(row, "task", assignee_id, actor, now, what=task.title, mark=f"task-{task.id}")
    return task


def change(
    task: OpportunityTask, plan: Plan, version: int | None, actor: Viewer, now: datetime
) -> OpportunityTask:
    """Plan it otherwise, as long as it is to be done; who gets it is told."""
    row, task = _held(task, actor, version)
    _check_to_do(task)
    assignee_id = plan.assignee_id or row.owner_id
    if assignee_id != task.assignee_id:
        _check(row, plan, assignee_id)
    else:
        _raise(_wrong_words(plan))
    before, had = _facts(task), task.assignee_id
    for name, value in _columns(plan, assignee_id).items():
        setattr(task, name, value)
    if db.session.is_modified(task):
        task.updated_at = now
        audit.record(actor, "opportunity.task_changed", row, now, before=before, after=_facts(task))
    if had != assignee_id:
        mark = f"task-{task.id}-{task.version}"
        telling.tell(row, "task", assignee_id, actor, now, what=task.title, mark=mark)
    return task


def move(
    task: OpportunityTask, due_on: date, version: int | None, actor: Viewer, now: datetime
) -> OpportunityTask:
    """Put it on another day."""
    plan = Plan(task.title, due_on, task.assignee_id, task.text)
    return change(task, plan, version, actor, now)


def complete(task: OpportunityTask, result: str, actor: Viewer, now: datetime) -> OpportunityTask:
    """It is done; `result` says what came of it."""
    row, task = _held(task, actor, None)
    said = wording.lines_of(result)
    _raise({"result": wording.too_long(said, LONGEST_RESULT)})
    _step(task, TaskStep.COMPLETE, now)
    task.result, task.done_at = said, now
    _ended(row, task, actor, now, said)
    return task


def cancel(task: OpportunityTask, reason: str, actor: Viewer, now: datetime) -> OpportunityTask:
    """Call it off, with a reason."""
    row, task = _held(task, actor, None)
    why = wording.reason_given(reason)
    _step(task, TaskStep.CANCEL, now)
    _ended(row, task, actor, now, why)
    return task


def reopen(task: OpportunityTask, actor: Viewer, now: datetime) -> OpportunityTask:
    """It is to be done after all."""
    row, task = _held(task, actor, None)
    before = _facts(task)
    _step(task, TaskStep.REOPEN, now)
    task.done_at = None
    audit.record(actor, "opportunity.task_changed", row, now, before=before, after=_facts(task))
    return task


def may_do(user: User | None, row: Opportunity) -> bool:
    """Whether somebody may be given a task of it: they see opportunities, and this one."""
    if user is None or not may(user.id, Permission.OPPORTUNITY_SEE):
        return False
    if user.id == row.owner_id or Permission.CUSTOMER_SEE_ALL in of_roles(user.role_set):
        return True
    team = select(Assignment.id).where(
        Assignment.user_id == user.id, Assignment.customer_id == row.customer_id
    )
    part = select(Collaborator.id).where(
        Collaborator.user_id == user.id, Collaborator.opportunity_id == row.id
    )
    return db.session.scalar(team) is not None or db.session.scalar(part) is not None


def _open(
    opportunity: Opportunity | int, actor: Viewer, permission: Permission = EDIT
) -> Opportunity:
    row = held(opportunity, actor, permission=permission)
    check_open(row)
    return row


def _held(
    task: OpportunityTask, actor: Viewer, version: int | None
) -> tuple[Opportunity, OpportunityTask]:
    """The opportunity first, then its task. Whose task it is needs no right to work on opportunities."""
    own = task.assignee_id == actor.user_id
    row = _open(task.opportunity_id, actor, Permission.OPPORTUNITY_SEE if own else EDIT)
    wanted = select(OpportunityTask).where(OpportunityTask.id == task.id)
    found = db.session.scalar(wanted.execution_options(populate_existing=True))
    if found is None:
        raise NotFound()
    if version is not None and found.version != version:
        said = t("Somebody else changed this task a moment ago. Look at it again.")
        raise StaleEdit(said, version=found.version)
    return row, found


def _check_to_do(task: OpportunityTask) -> None:
    if task.state != TaskState.OPEN.value:
        raise NotAllowedNow(t("It is done or called off. Take it up again first."))


def _step(task: OpportunityTask, which: TaskStep, now: datetime) -> None:
    task.state = TASK_STEPS.next(TaskState(task.state), which).value
    task.updated_at = now


def _ended(row: Opportunity, task: OpportunityTask, actor: Viewer, now: datetime, why: str) -> None:
    db.session.flush()
    after = _facts(task)
    audit.record(actor, "opportunity.task_ended", row, now, after=after, reason=why or None)


def _columns(plan: Plan, assignee_id: int) -> dict[str, Any]:
    return {
        "title": wording.one_line(plan.title),
        "text": wording.lines_of(plan.text),
        "due_on": plan.due_on,
        "assignee_id": assignee_id,
    }


def _facts(task: OpportunityTask) -> dict[str, Any]:
    return {
        "title": task.title,
        "state": task.state,
        "due_on": task.due_on,
        "assignee": name_of(task.assignee_id),
    }


def _wrong_words(plan: Plan) -> dict[str, Text | None]:
    title = wording.one_line(plan.title)
    return {
        "title": wording.needed(title, t("Say what is to be done."), LONGEST_TITLE),
        "text": wording.too_long(wording.lines_of(plan.text), LONGEST_TEXT),
    }


def _check(row: Opportunity, plan: Plan, assignee_id: int) -> None:
    wrong = _wrong_words(plan)
    if not may_do(db.session.get(User, assignee_id), row):
        wrong["assignee_id"] = t("Choose somebody who works on this opportunity; share it first.")
    _raise(wrong)


def _raise(problems: dict[str, Text | None]) -> None:
    wrong = {name: problem for name, problem in problems.items() if problem is not None}
    if wrong:
        raise InvalidMany(wrong)
