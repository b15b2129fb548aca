"""Tasks and visits at the desk: the list, the page of one, planning, doing."""

from __future__ import annotations

from functools import partial
from typing import Any

from flask import Response, flash, g, redirect, url_for
from flask_babel import gettext as _

from portal.access.guards import requires
from portal.access.permissions import Permission as P
from portal.db import audit
from portal.kernel import clock
from portal.kernel.errors import InvalidMany
from portal.service_requests.actions import tasks as actions
from portal.service_requests.actions.tasks import Kept
from portal.service_requests.forms.found import ResultForm, TaskForm
from portal.service_requests.models import RequestTask
from portal.service_requests.queries import tasks as queries
from portal.service_requests.rules.kinds import TASK_KIND_WORDS
from portal.service_requests.rules.states import LOCKED, RequestState
from portal.service_requests.views.found_door import (
    asked_customer,
    asked_request,
    choose_customer,
    fresh,
    local,
    seen,
    task_of,
)
from portal.service_requests.views.found_door import task_door as bp
from portal.service_requests.views.task_form import FIELDS, plan_of, task_form
from portal.service_requests.views.task_list import TASK_LIST, label_of
from portal.web.flask_app import once
from portal.web.forms import form_page, tried
from portal.web.listing import list_page
from portal.web.pages import page, refused
from portal.web.stepping import done, to, written
from portal.web.timeline import happenings

PAGE, FORM = "service_requests/task_show.html", "service_requests/task_form.html"


@bp.get("/tasks")
@requires(P.TASK_WORK)
def index() -> Any:
    """Every task, the most urgent first."""
    return list_page(TASK_LIST, queries.tasks(g.viewer), "service_requests/task_index.html")


@bp.route("/tasks/new", methods=["GET", "POST"])
@once
@requires(P.TASK_WORK)
def new() -> Any:
    """Plan something, for a request or for a customer as such."""
    row = asked_request()
    customer = asked_customer(row)
    if customer is None:
        back = (_("Calendar"), url_for("desk_calendar.index"))
        return choose_customer(_("New task or visit"), back)
    form = task_form(customer, row)
    if form.validate_on_submit():
        kept = _kept(
            form, lambda: actions.make(plan_of(form), customer, g.viewer, clock.now(), row)
        )
        if kept is not None:
            return _told(kept, _("Planned. Whoever does it is told by mail."))
    return form_page(FORM, form, customer=customer, row=row, task=None)


@bp.get("/tasks/<int:task_id>")
@requires(P.TASK_WORK)
def show(task_id: int) -> Any:
    """One task or visit."""
    task = task_of(task_id)
    return page(PAGE, **_context(task), form=ResultForm())


@bp.route("/tasks/<int:task_id>/edit", methods=["GET", "POST"])
@requires(P.TASK_WORK)
def edit(task_id: int) -> Any:
    """Plan it otherwise."""
    task = task_of(task_id)
    form = task_form(task.customer, task.request, task)
    if form.validate_on_submit() and fresh(form, task):
        kept = _kept(form, lambda: actions.change(task, plan_of(form), g.viewer, clock.now()))
        if kept is not None:
            return _told(kept, _("Changed. Whoever does it is told by mail."))
    return form_page(FORM, form, customer=task.customer, row=task.request, task=task)


@bp.post("/tasks/<int:task_id>/complete")
@requires(P.TASK_WORK)
def complete(task_id: int) -> Any:
    """It is done."""
    task, form = task_of(task_id), ResultForm()

    def verb() -> bool:
        seen(task)
        actions.complete(task, form.result.data or "", g.viewer, clock.now())
        return True

    if form.validate_on_submit() and tried(form, verb):
        flash(_("Done."), "success")
        return to("desk_tasks.show", task_id=task_id)
    return refused(PAGE, **_context(task), form=form)


@bp.post("/tasks/<int:task_id>/cancel")
@requires(P.TASK_WORK)
def cancel(task_id: int) -> Response:
    """Call it off."""
    verb = partial(actions.cancel, task_of(task_id), written("reason"), g.viewer, clock.now())
    return done(to("desk_tasks.show", task_id=task_id), _("Called off."), verb)


@bp.post("/tasks/<int:task_id>/reopen")
@requires(P.TASK_WORK)
def reopen(task_id: int) -> Response:
    """It is to be done after all."""
    verb = partial(actions.reopen, task_of(task_id), written("reason"), g.viewer, clock.now())
    return done(to("desk_tasks.show", task_id=task_id), _("It is to be done again."), verb)


def _kept(form: TaskForm, verb: Any) -> Kept | None:
    """What was kept; what a plan lacks is said where the form asks for it."""

    def named() -> Kept:
        try:
            kept: Kept = verb()
        except InvalidMany as error:
            wrong = {FIELDS.get(name, name): text for name, text in error.errors.items()}
            raise InvalidMany(wrong) from error
        return kept

    return tried(form, named)


def _told(kept: Kept, said: str) -> Response:
    """To the task; that its person is somewhere else at that time is told, not refused."""
    flash(said, "success")
    for each in kept.clashes:
        starts, ends = local(each.starts), local(each.ends)
        span = f"{starts:%Y-%m-%d %H:%M} – {ends:%H:%M}"
        flash(
            _("%(name)s is busy at that time already: %(span)s.", name=kept.task.assignee.name, span=span),
            "warning",
        )  # fmt: skip
    return redirect(url_for("desk_tasks.show", task_id=kept.task.id), 303)  # type: ignore[return-value]


def _context(task: RequestTask) -> dict[str, Any]:
    row = task.request
    return {
        "task": task,
        "label": label_of(task),
        "task_kind_words": TASK_KIND_WORDS,
        "locked": row is not None and RequestState(row.state) in LOCKED,
        "entries": happenings(audit.timeline(task, public_only=False)),
    }
