"""What waits of looking after customers: calls to make, tasks and visits due, leads to reach, customers at risk."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from functools import partial
from typing import Any

from sqlalchemy import Select, func, select

from portal.access.permissions import Permission as P
from portal.access.viewer import Viewer
from portal.calls.models import CallPlan
from portal.calls.queries.calls import plans
from portal.care.models import Visit
from portal.care.queries.visits import planned
from portal.care.rules.kinds import purpose_words
from portal.commissions.models import CommissionRun
from portal.commissions.rules.states import RunState
from portal.customers.models import Customer
from portal.db.together import Columns, Rows
from portal.home.links import address
from portal.home.queries import CALLED, SHOWN, Part, part
from portal.home.rules import Waiting
from portal.insights.queries.boards import at_risk_rows
from portal.kernel.text import t
from portal.leads.queries import leads
from portal.opportunities.models import Opportunity, OpportunityTask
from portal.opportunities.queries import tasks


def at_the_desk(viewer: Viewer, today: date, now: datetime) -> list[Part]:
    """For a member of staff, by what the person may do."""
    found: list[Part] = []
    if viewer.may(P.CALL_WORK):
        found.append(part(_my_calls(viewer, now), _calls))
    if viewer.may(P.OPPORTUNITY_EDIT):
        found.append(part(_my_tasks(viewer, today), partial(_tasks, today)))
    if viewer.may(P.CARE_WORK):
        found.append(part(_my_visits(viewer, today), partial(_visits, today)))
    if viewer.may(P.OPPORTUNITY_EDIT) and viewer.may(P.LEAD_WORK):
        reached = leads.due(viewer, viewer.user_id, today, now)
        found.append(part(_counted(reached), _leads))
    if viewer.may(P.OPPORTUNITY_EDIT) and viewer.may(P.INSIGHT_SEE):
        found.append(part(_counted(at_risk_rows(viewer)), _at_risk))
    if viewer.may(P.COMMISSION_APPROVE):
        found.append(part(_drafts_of_others(viewer), _commission))
    return found


def _my_calls(viewer: Viewer, now: datetime) -> Columns:
    """One's own calls that should have been made."""
    late = plans(viewer).where(
        CallPlan.assignee_id == viewer.user_id, CallPlan.state == "open", CallPlan.due_at < now
    )
    late = late.outerjoin(Customer, Customer.id == CallPlan.customer_id)
    columns = (CallPlan.id, CALLED, CallPlan.name, CallPlan.number, CallPlan.text)
    return late.with_only_columns(*columns).order_by(CallPlan.due_at, CallPlan.id).limit(SHOWN)


def _calls(rows: Rows) -> Iterator[Waiting]:
    for plan_id, customer, name, number, text in rows:
        title = t("Call back %(who)s", who=customer or name or number)
        url = address("desk_calls.plan", plan_id=plan_id)
        yield Waiting("telephone", "bad", title, text[:120], url, t("Call"))


def _my_tasks(viewer: Viewer, today: date) -> Columns:
    """One's own tasks of opportunities up to today."""
    task = OpportunityTask
    due = tasks.due(viewer, viewer.user_id or 0, today).outerjoin(
        Opportunity, Opportunity.id == task.opportunity_id
    )
    due = due.outerjoin(Customer, Customer.id == task.customer_id)
    columns = (task.opportunity_id, task.title, task.due_on, CALLED, Opportunity.title)
    return due.with_only_columns(*columns).limit(SHOWN)


def _tasks(today: date, rows: Rows) -> Iterator[Waiting]:
    for opportunity_id, task, due_on, customer, title in rows:
        note = t("%(customer)s · %(title)s", customer=customer, title=title)
        url = address("desk_opportunities.show", opportunity_id=opportunity_id)
        said = t("%(task)s, due %(day)s", task=task, day=due_on)
        yield Waiting("bullseye", "bad" if due_on < today else "info", said, note, url, t("Open"))


def _my_visits(viewer: Viewer, today: date) -> Columns:
    """One's own visits of today, and those of before without a sheet."""
    due = planned(viewer, viewer.user_id).where(Visit.planned_on <= today)
    due = due.outerjoin(Customer, Customer.id == Visit.customer_id)
    columns = (Visit.id, CALLED, Visit.planned_on, Visit.purpose)
    return due.with_only_columns(*columns).order_by(Visit.planned_on, Visit.id).limit(SHOWN)


def _visits(today: date, rows: Rows) -> Iterator[Waiting]:
    for visit_id, customer, on, purpose in rows:
        title = t("Visit %(customer)s, %(day)s", customer=customer, day=on)
        url = address("desk_visits.show", visit_id=visit_id)
        yield Waiting(
            "geo-alt",
            "warn" if on < today else "info",
            title,
            purpose_words(purpose),
            url,
            t("Open"),
        )


def _leads(rows: Rows) -> Iterator[Waiting]:
    if count := rows[0][0]:
        title = t("Leads to be reached today: %(count)s", count=count)
        note = t("Those that nobody reaches fall back into the pool.")
        yield Waiting("funnel", "warn", title, note, address("desk_leads.due"), t("Look at them"))


def _at_risk(rows: Rows) -> Iterator[Waiting]:
    if count := rows[0][0]:
        title = t("Customers at risk of leaving: %(count)s", count=count)
        note = t("Each with the signs that say so.")
        url = address("desk_tiers.churn", risk="yes")
        yield Waiting("exclamation-triangle", "warn", title, note, url, t("Look at them"))


def _drafts_of_others(viewer: Viewer) -> Select[Any]:
    columns: Any = (CommissionRun.id, CommissionRun.month, CommissionRun.made_by)
    draft: Select[Any] = select(*columns).where(CommissionRun.state == RunState.DRAFT.value)
    return draft.where(CommissionRun.made_by.is_distinct_from(viewer.user_id)).limit(1)


def _commission(rows: Rows) -> Iterator[Waiting]:
    for run_id, month, _made_by in rows:
        title = t("Commission of %(month)s waits for your approval", month=f"{month:%Y-%m}")
        url = address("desk_commissions.show", run_id=run_id)
        note = t("Worked out by a colleague.")
        yield Waiting("percent", "warn", title, note, url, t("Decide"))


def _counted(statement: Select[Any]) -> Select[Any]:
    """How many rows a select gives."""
    counted: Select[Any] = select(func.count()).select_from(statement.order_by(None).subquery())
    return counted
