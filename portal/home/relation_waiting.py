"""What waits of looking after customers: calls to make, tasks and visits due, leads to reach, customers at risk."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, func, literal, select

from portal.access.permissions import Permission as P
from portal.access.viewer import Viewer
from portal.calls.models import CallPlan
from portal.calls.queries.calls import plans
from portal.care.models import Visit
from portal.care.queries.visits import planned
from portal.commissions.models import CommissionRun
from portal.commissions.rules.states import RunState
from portal.db.base import db
from portal.home.links import address
from portal.home.queries import SHOWN
from portal.home.rules import Waiting
from portal.insights.queries.boards import at_risk_rows
from portal.kernel.text import t
from portal.leads.queries import leads
from portal.opportunities.queries import tasks


def at_the_desk(viewer: Viewer, today: date, now: datetime) -> list[Waiting]:
    """For a member of staff, by what the person may do; one query for each right."""
    found: list[Waiting] = []
    if viewer.may(P.CALL_WORK):
        found += _calls(viewer, now)
    if viewer.may(P.OPPORTUNITY_EDIT):
        found += _tasks(viewer, today)
    if viewer.may(P.CARE_WORK):
        found += _visits(viewer, today)
    if viewer.may(P.OPPORTUNITY_EDIT):
        found += _counts(viewer, today, now)
    if viewer.may(P.COMMISSION_APPROVE):
        found += _commission(viewer)
    return found


def _calls(viewer: Viewer, now: datetime) -> Iterator[Waiting]:
    """One's own calls that should have been made."""
    mine = plans(viewer).where(
        CallPlan.assignee_id == viewer.user_id, CallPlan.state == "open", CallPlan.due_at < now
    )
    for each in db.session.scalars(mine.order_by(CallPlan.due_at, CallPlan.id).limit(SHOWN)):
        who = each.customer.label if each.customer else each.name or each.number
        title = t("Call back %(who)s", who=who)
        url = address("desk_calls.plan", plan_id=each.id)
        yield Waiting("telephone", "bad", title, each.text[:120], url, t("Call"))


def _tasks(viewer: Viewer, today: date) -> Iterator[Waiting]:
    """One's own tasks of opportunities up to today."""
    for each in tasks.due(viewer, viewer.user_id or 0, today, limit=SHOWN):
        is_late = each.due_on < today
        note = t(
            "%(customer)s · %(title)s", customer=each.customer.label, title=each.opportunity.title
        )
        url = address("desk_opportunities.show", opportunity_id=each.opportunity_id)
        title = t("%(task)s, due %(day)s", task=each.title, day=each.due_on)
        yield Waiting("bullseye", "bad" if is_late else "info", title, note, url, t("Open"))


def _visits(viewer: Viewer, today: date) -> Iterator[Waiting]:
    """One's own visits of today, and those of before without a sheet."""
    due = planned(viewer, viewer.user_id).where(Visit.planned_on <= today)
    for each in db.session.scalars(due.order_by(Visit.planned_on, Visit.id).limit(SHOWN)):
        is_late = each.planned_on is not None and each.planned_on < today
        title = t("Visit %(customer)s, %(day)s", customer=each.customer.label, day=each.planned_on)
        url = address("desk_visits.show", visit_id=each.id)
        yield Waiting("geo-alt", "warn" if is_late else "info", title, each.purpose, url, t("Open"))


def _counts(viewer: Viewer, today: date, now: datetime) -> Iterator[Waiting]:
    """Leads to be reached and customers at risk, counted by one select."""
    reached, risky = (
        leads.due(viewer, viewer.user_id, today, now) if viewer.may(P.LEAD_WORK) else None,
        at_risk_rows(viewer) if viewer.may(P.INSIGHT_SEE) else None,
    )
    counted = [_count(each) for each in (reached, risky)]
    to_reach, at_risk = db.session.execute(select(*counted)).one()
    if to_reach:
        title = t("Leads to be reached today: %(count)s", count=to_reach)
        note = t("Those that nobody reaches fall back into the pool.")
        yield Waiting("funnel", "warn", title, note, address("desk_leads.due"), t("Look at them"))
    if at_risk:
        title = t("Customers at risk of leaving: %(count)s", count=at_risk)
        note = t("Each with the signs that say so.")
        url = address("desk_tiers.churn")
        yield Waiting("exclamation-triangle", "warn", title, note, url, t("Look at them"))


def _commission(viewer: Viewer) -> Iterator[Waiting]:
    run = db.session.scalar(
        select(CommissionRun).where(CommissionRun.state == RunState.DRAFT.value).limit(1)
    )
    if run is not None and run.made_by != viewer.user_id:
        title = t("Commission of %(month)s waits for your approval", month=f"{run.month:%Y-%m}")
        url = address("desk_commissions.show", run_id=run.id)
        note = t("Worked out by a colleague.")
        yield Waiting("percent", "warn", title, note, url, t("Decide"))


def _count(statement: Select[Any] | None) -> Any:
    """How many rows a select gives, as a part of another; nothing for none."""
    if statement is None:
        return literal(0)
    return select(func.count()).select_from(statement.order_by(None).subquery()).scalar_subquery()
