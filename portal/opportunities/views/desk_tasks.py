"""Tasks of opportunities: planned, done, called off, taken up again; their calendar."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Any

from flask import Response, g
from flask_babel import gettext as _

from portal.access.guards import fetch, requires
from portal.access.permissions import Permission as P
from portal.kernel import clock
from portal.opportunities.actions import tasks
from portal.opportunities.actions.holding import check_open
from portal.opportunities.actions.tasks import Plan
from portal.opportunities.forms.parts import TaskForm
from portal.opportunities.models import OpportunityTask
from portal.opportunities.queries import one
from portal.opportunities.views import choosing
from portal.opportunities.views.asking import Question, asked
from portal.opportunities.views.calendar_page import context
from portal.opportunities.views.choosing import chosen
from portal.opportunities.views.door import bp, opportunity_of, to_page
from portal.web.links import ours_or
from portal.web.pages import page
from portal.web.stepping import as_id, done_or_stale, to, written

TASK = "/opportunities/tasks/<int:opportunity_task_id>"


@bp.get("/opportunities/calendar")
@requires(P.OPPORTUNITY_SEE)
def calendar() -> Any:
    """A month or a week of tasks, of one person or of everybody."""
    return page("opportunities/calendar.html", **context())


@bp.route("/opportunities/<int:opportunity_id>/tasks", methods=["GET", "POST"])
@requires(P.OPPORTUNITY_EDIT)
def task(opportunity_id: int) -> Any:
    """Plan something."""
    row = opportunity_of(opportunity_id)
    check_open(row)
    form = _form(TaskForm(data={"assignee_id": str(row.owner_id), "due_on": clock.today()}), row)
    question = Question(row, _("New task"), "task", button=_("Plan it"))
    verb = lambda: tasks.make(row, _plan(form), g.viewer, clock.now())  # noqa: E731
    return asked(form, question, verb, said=_("Planned."), anchor="tasks")


@bp.route(f"{TASK}/edit", methods=["GET", "POST"])
@requires(P.OPPORTUNITY_SEE)
def edit_task(opportunity_task_id: int) -> Any:
    """Plan it otherwise."""
    found = fetch(OpportunityTask, opportunity_task_id)
    row = opportunity_of(found.opportunity_id)
    form = _form(TaskForm(obj=found), row, found)
    where = {"opportunity_task_id": opportunity_task_id}
    question = Question(row, found.title, "edit_task", where, of_row=False)
    version = as_id(form.version.data)
    verb = lambda: tasks.change(found, _plan(form), version, g.viewer, clock.now())  # noqa: E731
    return asked(form, question, verb, anchor="tasks")


@bp.post(f"{TASK}/complete")
@requires(P.OPPORTUNITY_SEE)
def complete_task(opportunity_task_id: int) -> Response:
    """It is done; what came of it."""
    found = fetch(OpportunityTask, opportunity_task_id)
    verb = partial(tasks.complete, found, written("result"), g.viewer, clock.now())
    return done_or_stale(_back(found), _("Done."), verb)


@bp.post(f"{TASK}/cancel")
@requires(P.OPPORTUNITY_SEE)
def cancel_task(opportunity_task_id: int) -> Response:
    """Call it off, with a reason."""
    found = fetch(OpportunityTask, opportunity_task_id)
    verb = partial(tasks.cancel, found, written("reason"), g.viewer, clock.now())
    return done_or_stale(_back(found), _("Called off."), verb)


@bp.post(f"{TASK}/reopen")
@requires(P.OPPORTUNITY_SEE)
def reopen_task(opportunity_task_id: int) -> Response:
    """It is to be done after all."""
    found = fetch(OpportunityTask, opportunity_task_id)
    return done_or_stale(
        _back(found), _("To do again."), partial(tasks.reopen, found, g.viewer, clock.now())
    )


def _back(found: OpportunityTask) -> Response:
    there = ours_or(written("back"), "")
    if not there:
        return to_page(found.opportunity_id, "tasks")
    response = to("desk_opportunities.calendar")
    response.location = there
    return response


def _form(form: TaskForm, row: Any, found: OpportunityTask | None = None) -> TaskForm:
    team = [each.user for each in one.collaborators(row, g.viewer)]
    kept = [found.assignee] if found else []
    form.assignee_id.choices = choosing.colleagues(row.owner, *team, *kept)
    return form


def _plan(form: TaskForm) -> Plan:
    due: date = form.due_on.data
    return Plan(form.title.data or "", due, chosen(form.assignee_id.data), form.text.data or "")
