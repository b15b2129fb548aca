"""Classification runs at the desk: all of them, one on its way, and one started now."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Response, after_this_request, flash, g, redirect, url_for
from flask_babel import gettext as _

from portal.access.guards import fetch, requires
from portal.access.permissions import Permission as P
from portal.insights.actions import classifying
from portal.insights.forms.tiers import RunForm
from portal.insights.models import ClassificationRun
from portal.insights.queries.classes import runs as all_runs
from portal.insights.views.class_lists import RUNS_LIST
from portal.insights.views.class_page import run_context
from portal.insights.views.tier_door import bp, tabs
from portal.jobs import classes as jobs
from portal.kernel import clock
from portal.receivables.rules.report_months import ended_last, moved
from portal.web.flask_app import once
from portal.web.forms import attempted, form_page
from portal.web.listing import list_page
from portal.web.pages import page

MONTHS = 12
"""Months that ended, of which one may be chosen."""


@bp.get("/classification-runs")
@requires(P.INSIGHT_SEE)
def runs() -> Any:
    """Every run, the newest month first."""
    return list_page(RUNS_LIST, all_runs(), "insights/runs.html", tabs=tabs("runs"))


@bp.route("/classification-runs/new", methods=["GET", "POST"])
@once
@requires(P.INSIGHT_RUN)
def new_run() -> Any:
    """Classify a month now, for the first time or again."""
    last = ended_last(clock.today())
    form = RunForm()
    form.month.choices = [
        (f"{moved(last, -back):%Y-%m}", f"{moved(last, -back):%Y-%m}") for back in range(MONTHS)
    ]
    if form.validate_on_submit():
        month = date.fromisoformat(f"{form.month.data}-01")
        row = attempted(form, lambda: classifying.start(month, g.viewer, clock.now()))
        if row is not None:
            return _begin(row)
    return form_page("insights/run_new.html", form)


@bp.get("/classification-runs/<int:run_id>")
@requires(P.INSIGHT_SEE)
def run(run_id: int) -> Any:
    """How far a run is, and what it found."""
    return page("insights/run.html", **run_context(fetch(ClassificationRun, run_id), g.viewer))


@bp.post("/classification-runs/<int:run_id>/again")
@requires(P.INSIGHT_RUN)
def again(run_id: int) -> Any:
    """Take up a run that stopped."""
    row = fetch(ClassificationRun, run_id)
    classifying.go_on(row, jobs.is_at_work(run_id), clock.now())
    return _begin(row)


def _begin(row: ClassificationRun) -> Response:
    """Have a worker take the run once this request is saved, and show how it goes."""
    run_id = row.id

    @after_this_request
    def started(response: Response) -> Response:
        jobs.start(run_id)
        return response

    flash(_("The classification is on its way."), "success")
    return redirect(url_for("desk_tiers.run", run_id=run_id), 303)  # type: ignore[return-value]
