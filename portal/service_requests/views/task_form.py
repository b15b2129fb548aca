"""The form of a task or visit: its choices, what it begins with, and what was typed as a plan."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from flask import g, request
from flask_babel import gettext as _

from portal.access.permissions import Permission as P
from portal.customers.models import Customer
from portal.customers.queries import sites
from portal.kernel import clock
from portal.service_requests.actions.tasks import Plan
from portal.service_requests.forms.found import TaskForm
from portal.service_requests.models import RequestTask, ServiceRequest
from portal.service_requests.rules.kinds import RequestKind, TaskKind
from portal.service_requests.views.found_door import day_in, local, people_for
from portal.web.stepping import zone

END_OF_DAY, MORNING, NOON = time(18), time(9), time(10)
USUAL = {
    RequestKind.FIELD_SERVICE: TaskKind.VISIT,
    RequestKind.TRAINING: TaskKind.TRAINING,
    RequestKind.RETURN: TaskKind.PICKUP,
}


def task_form(
    customer: Customer, row: ServiceRequest | None, task: RequestTask | None = None
) -> TaskForm:
    """The form, filled with what the task says, or with what is likely for a new one."""
    form = TaskForm(data=_values(task) if task else _likely(row))
    known = task.assignee if task else None
    form.assignee_id.choices = people_for(P.TASK_WORK, customer.id, known)
    found = sites(customer.id, g.viewer)
    form.site_id.choices = [("", _("No place of the customer"))] + [
        (each.id, f"{each.name} · {each.address}") for each in found
    ]
    if row is None or row.is_internal:
        del form.is_shared
    return form


def plan_of(form: TaskForm) -> Plan:
    """What was typed; what the kind does not have is left out."""
    is_visit = form.kind.data != TaskKind.TASK.value
    due = None if is_visit else _instant(form.due_on.data, form.due_time.data or END_OF_DAY)
    timed = form.visit_on.data is not None and (is_visit or form.from_time.data is not None)
    day = form.visit_on.data if timed else None
    return Plan(
        kind=form.kind.data, title=form.title.data or "", assignee_id=form.assignee_id.data, due_at=due,
        text=form.text.data or "", starts_at=_instant(day, form.from_time.data),
        ends_at=_instant(day, form.until_time.data), site_id=form.site_id.data, place=form.place.data or "",
        is_shared=bool(form.is_shared.data) if form.is_shared else False,
    )  # fmt: skip


FIELDS = {"due_at": "due_on", "starts_at": "from_time", "ends_at": "until_time"}
"""Where what a plan lacks is said on the form."""


def _instant(day: date | None, at: time | None) -> datetime | None:
    return None if day is None or at is None else datetime.combine(day, at, zone())


def _likely(row: ServiceRequest | None) -> dict[str, Any]:
    today = clock.today()
    kind = TaskKind.TASK
    if row is not None:
        kind = USUAL.get(RequestKind(row.kind), TaskKind.TASK)
    if request.args.get("kind") in set(TaskKind):
        kind = TaskKind(request.args["kind"])
    day = day_in("on", today)
    values = {
        "kind": kind.value,
        "assignee_id": g.viewer.user_id,
        "due_on": day,
        "due_time": END_OF_DAY,
    }
    if kind is not TaskKind.TASK:
        values |= {"visit_on": day, "from_time": MORNING, "until_time": NOON}
    return values


def _values(task: RequestTask) -> dict[str, Any]:
    due = local(task.due_at)
    values = {
        "version": str(task.version), "kind": task.kind, "title": task.title, "assignee_id": task.assignee_id,
        "due_on": due.date(), "due_time": due.time(), "site_id": task.site_id, "place": task.place,
        "text": task.text, "is_shared": task.is_shared,
    }  # fmt: skip
    if task.starts_at is not None and task.ends_at is not None:
        starts, ends = local(task.starts_at), local(task.ends_at)
        values |= {"visit_on": starts.date(), "from_time": starts.time(), "until_time": ends.time()}
    return values
