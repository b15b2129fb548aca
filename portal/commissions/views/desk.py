"""Commission at the desk: the runs, one run by person, a person's lines, the plans."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, g, redirect, request, url_for
from flask_babel import gettext as _

from portal.access.guards import fetch, requires
from portal.access.permissions import Permission as P
from portal.commissions.actions import plans as plan_actions
from portal.commissions.actions import runs
from portal.commissions.forms.plans import PayForm, PlanForm
from portal.commissions.models import CommissionPlan, CommissionRun
from portal.commissions.queries import runs as queries
from portal.commissions.views import pages
from portal.commissions.views.lists import RUNS_LIST, lines_list, names
from portal.kernel import clock
from portal.kernel.errors import Forbidden, NotFound
from portal.receivables.rules.report_months import asked_months
from portal.web import doors
from portal.web.flask_app import once
from portal.web.forms import form_page
from portal.web.listing import list_page
from portal.web.pages import page
from portal.web.stepping import done_at

bp = doors.desk("commissions", __name__)


@bp.get("/commissions")
@requires(P.COMMISSION_SEE)
def index() -> Any:
    """The months; a salesperson's own sums."""
    found = queries.runs(g.viewer)
    return list_page(RUNS_LIST, found, "commissions/index.html", **pages.index_context())


@bp.post("/commissions")
@once
@requires(P.COMMISSION_EDIT)
def start() -> Response:
    """Work out a month."""
    asked = request.form.get("month", "")
    month = asked_months(asked, asked, clock.today()).first
    return pages.started(lambda: runs.start(month, g.viewer, clock.now()))


@bp.get("/commissions/<int:run_id>")
@requires(P.COMMISSION_SEE)
def show(run_id: int) -> Any:
    """A run by person; who may not see costs goes to their own lines."""
    run = fetch(CommissionRun, run_id)
    if not queries.sees_all(g.viewer):
        return redirect(url_for(".person", run_id=run_id, user_id=g.viewer.user_id))
    return page("commissions/show.html", **pages.run_context(run, PayForm()))


@bp.get("/commissions/<int:run_id>/people/<int:user_id>")
@requires(P.COMMISSION_SEE)
def person(run_id: int, user_id: int) -> Any:
    """Each payment with what it earned."""
    run = fetch(CommissionRun, run_id)
    if not queries.sees_all(g.viewer) and user_id != g.viewer.user_id:
        raise NotFound()
    found = queries.lines(g.viewer).where(queries.of_person(run, user_id)).add_columns(*names())
    context = pages.person_context(run, user_id)
    return list_page(lines_list(run), found, "commissions/person.html", **context)


@bp.post("/commissions/<int:run_id>/rebuild")
@requires(P.COMMISSION_EDIT)
def rebuild(run_id: int) -> Response:
    """Work a draft out again."""
    run = fetch(CommissionRun, run_id, lock=True)
    verb = lambda: runs.rebuild(run, g.viewer, clock.now())  # noqa: E731
    return done_at(_shown(run_id), _("Worked out again."), verb)


@bp.post("/commissions/<int:run_id>/discard")
@requires(P.COMMISSION_EDIT)
def discard(run_id: int) -> Response:
    """Throw a draft away."""
    run = fetch(CommissionRun, run_id, lock=True)
    verb = lambda: runs.discard(run, g.viewer, clock.now())  # noqa: E731
    return done_at(url_for(".index"), _("Discarded. Its payments are free again."), verb)


@bp.post("/commissions/<int:run_id>/approve")
@requires(P.COMMISSION_APPROVE)
def approve(run_id: int) -> Response:
    """Freeze it; somebody else than who worked it out."""
    run = fetch(CommissionRun, run_id, lock=True)
    verb = lambda: runs.approve(run, g.viewer, clock.now())  # noqa: E731
    return done_at(_shown(run_id), _("Approved. Nothing of it changes any more."), verb)


@bp.post("/commissions/<int:run_id>/pay")
@requires(P.COMMISSION_EDIT)
def pay(run_id: int) -> Any:
    """Note that it was paid out."""
    run, form = fetch(CommissionRun, run_id, lock=True), PayForm()
    if form.validate_on_submit():
        on, reference = form.paid_on.data, form.reference.data or ""
        verb = lambda: runs.pay(run, on, reference, g.viewer, clock.now())  # noqa: E731
        if pages.tried(form, verb):
            flash(_("Noted: paid out."), "success")
            return redirect(_shown(run_id), 303)
    return form_page("commissions/show.html", form, **pages.run_context(run))


@bp.get("/commissions/plans")
@requires(P.COMMISSION_SEE)
def plans() -> Any:
    """Every plan; only for who may see costs."""
    if not queries.sees_all(g.viewer):
        raise Forbidden()
    return page("commissions/plans.html", **pages.plans_context())


@bp.route("/commissions/plans/new", methods=["GET", "POST"])
@once
@requires(P.COMMISSION_EDIT)
def new_plan() -> Any:
    """A plan for a person or a role, from a month on."""
    form = PlanForm()
    form.whom.choices = pages.whom()
    if form.validate_on_submit():
        verb = lambda: plan_actions.make(form.value(), g.viewer, clock.now())  # noqa: E731
        if pages.tried(form, verb):
            flash(_("Made. It counts from that month's commission on."), "success")
            return redirect(url_for(".plans"), 303)
    return form_page("commissions/plan.html", form)


@bp.post("/commissions/plans/<int:commission_plan_id>/withdraw")
@requires(P.COMMISSION_EDIT)
def withdraw_plan(commission_plan_id: int) -> Response:
    """Take a plan away that no run has used."""
    plan = fetch(CommissionPlan, commission_plan_id)
    verb = lambda: plan_actions.withdraw(plan, g.viewer, clock.now())  # noqa: E731
    return done_at(url_for(".plans"), _("Withdrawn."), verb)


def _shown(run_id: int) -> str:
    return url_for(".show", run_id=run_id)
