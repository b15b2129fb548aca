"""Tasks of opportunities: of one, of a person, in the calendar's days (REQUIREMENTS O11)."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from portal.access.scope import visible
from portal.access.viewer import Viewer
from portal.accounts.models import User
from portal.customers.models import Customer
from portal.db.base import db
from portal.opportunities.models import Opportunity, OpportunityTask
from portal.opportunities.rules.states import TaskState

T = OpportunityTask
MOST_SHOWN = 1000
SHOWN = (
    joinedload(T.opportunity).load_only(
        Opportunity.number, Opportunity.title, Opportunity.state, Opportunity.version
    ),
    joinedload(T.customer).load_only(Customer.code, Customer.name_zh, Customer.name_en, Customer.short_name),
    joinedload(T.assignee).load_only(User.name).lazyload(User.roles),
    joinedload(T.stage),
)  # fmt: skip


def tasks(viewer: Viewer) -> Select[Any]:
    """Every task of opportunities that the viewer may see."""
    statement: Select[Any] = select(T).options(*SHOWN)
    return visible(statement, T, viewer)


def of_opportunity(opportunity_id: int, viewer: Viewer) -> list[OpportunityTask]:
    """The tasks of one: those to be done first, by their day."""
    wanted = tasks(viewer).where(T.opportunity_id == opportunity_id)
    order = (T.state != TaskState.OPEN.value), T.due_on, T.id
    return list(db.session.scalars(wanted.order_by(*order).limit(MOST_SHOWN)))


def calendar(
    viewer: Viewer, first: date, last: date, *, assignee_id: int | None = None, only_open: bool = False
) -> dict[date, list[OpportunityTask]]:  # fmt: skip
    """Day → its tasks, from `first` to `last`: a week or a month; called-off ones are left out. At most MOST_SHOWN."""
    wanted = tasks(viewer).where(T.due_on.between(first, last))
    states = [TaskState.OPEN.value] if only_open else [TaskState.OPEN.value, TaskState.DONE.value]
    wanted = wanted.where(T.state.in_(states))
    if assignee_id is not None:
        wanted = wanted.where(T.assignee_id == assignee_id)
    found: dict[date, list[OpportunityTask]] = defaultdict(list)
    for row in db.session.scalars(wanted.order_by(T.due_on, T.id).limit(MOST_SHOWN)):
        found[row.due_on].append(row)
    return dict(found)


def due(viewer: Viewer, user_id: int, until: date) -> Select[Any]:
    """What a person has to do up to a day, the oldest first."""
    wanted = tasks(viewer).where(
        T.assignee_id == user_id, T.state == TaskState.OPEN.value, T.due_on <= until
    )
    return wanted.order_by(T.due_on, T.id)


def overdue(statement: Select[Any], today: date) -> Select[Any]:
    """Narrow to those that should be done already."""
    return statement.where(T.state == TaskState.OPEN.value, T.due_on < today)


def one(task_id: int, viewer: Viewer) -> OpportunityTask | None:
    """One task, if the viewer may see it."""
    found: OpportunityTask | None = db.session.scalar(tasks(viewer).where(T.id == task_id))
    return found
