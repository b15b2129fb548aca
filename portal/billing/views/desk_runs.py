"""Billing a period: the runs, starting one, how it goes, and what it would draft for one customer."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Response, after_this_request, flash, g, redirect, request, url_for
from flask_babel import gettext as _

from portal.access.gate import load
from portal.access.guards import fetch, requires
from portal.access.permissions import Permission as P
from portal.billing.actions import runs as actions
from portal.billing.forms.desk import RunForm
from portal.billing.models import StatementRun
from portal.billing.views.desk_door import statement_door as bp
from portal.billing.views.months import days_of, ended_months, last_ended
from portal.billing.views.run_page import preview_context, run_context
from portal.billing.views.statement_list import RUNS_LIST
from portal.billing.views.statement_list import runs as all_runs
from portal.customers.models import Customer
from portal.customers.queries.finding import matching
from portal.jobs import statements as jobs
from portal.kernel import clock
from portal.kernel.errors import Invalid, NotFound
from portal.kernel.text import t
from portal.web.flask_app import once
from portal.web.forms import attempted, form_page
from portal.web.listing import list_page
from portal.web.pages import page

FOUND = 8


@bp.get("/statement-runs")
@requires(P.STATEMENT_RUN)
def runs() -> Any:
    """Every billing run."""
    return list_page(RUNS_LIST, all_runs(), "billing/desk_runs.html")


@bp.route("/statement-runs/new", methods=["GET", "POST"])
@once
@requires(P.STATEMENT_RUN)
def new_run() -> Any:
    """Which month, for whom; or first a look at one customer."""
    form = _form()
    if form.validate_on_submit():
        chosen = attempted(form, lambda: (_customer(form), *_period(form)))
        if chosen is not None and "preview" in request.form:
            return _to_preview(form, chosen[0])
        row = attempted(form, lambda: _started(*chosen)) if chosen is not None else None
        if row is not None:
            return _begin(row)
    return form_page("billing/desk_run_new.html", form, found=_suggested(form))


@bp.get("/statement-runs/<int:run_id>")
@requires(P.STATEMENT_RUN)
def run(run_id: int) -> Any:
    """How far a run is, what it drafted, and whom it could not bill."""
    return page("billing/desk_run.html", **run_context(fetch(StatementRun, run_id)))


@bp.post("/statement-runs/<int:run_id>/again")
@requires(P.STATEMENT_RUN)
def again(run_id: int) -> Any:
    """Take up a run that stopped; what it did is not done twice."""
    row = fetch(StatementRun, run_id)
    actions.start_again(row, jobs.is_at_work(run_id), clock.now())
    return _begin(row)


@bp.get("/statements/preview")
@requires(P.STATEMENT_RUN)
def preview() -> Any:
    """What one customer would be billed, by the same path, with nothing saved."""
    days, wanted = days_of(request.args.get("month", "")), request.args.get("customer_id", "")
    if days is None or not wanted.isdecimal() or len(wanted) > 9:
        raise NotFound()
    customer = load(Customer, int(wanted), g.viewer, P.STATEMENT_RUN)
    return page("billing/desk_preview.html", **preview_context(customer, *days))


def _form() -> RunForm:
    asked = request.args.get("month", "")
    months = ended_months()
    proposed = asked if asked in dict(months) else f"{last_ended(clock.today()):%Y-%m}"
    name = request.args.get("customer", "")[:80]
    whom = "one" if name else "all"
    form = RunForm(data={"month": proposed, "whom": whom, "customer": name})
    form.month.choices = months
    return form


def _suggested(form: RunForm) -> list[Customer]:
    """Whom the words may have meant, where they meant several."""
    words = (form.customer.data or "").strip()
    return matching(words, g.viewer, FOUND) if form.customer.errors and words else []


def _customer(form: RunForm) -> Customer | None:
    """The one customer, None for all; Invalid at the field when none or several are meant."""
    if form.whom.data == "all" and "preview" not in request.form:
        return None
    words = (form.customer.data or "").strip()
    found = matching(words, g.viewer, FOUND) if words else []
    exact = [each for each in found if words.lower() in (each.code.lower(), each.name_zh.lower())]
    if len(exact or found) == 1:
        return (exact or found)[0]
    if not words:
        raise Invalid(t("Say for which customer."), "customer")
    if not found:
        raise Invalid(t("No customer fits these words."), "customer")
    raise Invalid(t("Several customers fit: write the code."), "customer")


def _period(form: RunForm) -> tuple[date, date]:
    days = days_of(form.month.data or "")
    assert days is not None, "the field has checked it"
    return days


def _started(customer: Customer | None, first: date, last: date) -> StatementRun:
    return actions.start(first, last, g.viewer, clock.now(), customer.id if customer else None)


def _begin(row: StatementRun) -> Response:
    """Have a worker take the run once this request is saved, and show how it goes."""
    run_id = row.id

    @after_this_request
    def started(response: Response) -> Response:
        jobs.start(run_id)
        return response

    flash(_("The run is on its way."), "success")
    return redirect(url_for("desk_statements.run", run_id=run_id), 303)  # type: ignore[return-value]


def _to_preview(form: RunForm, customer: Customer | None) -> Response:
    chosen = customer.id if customer else 0
    url = url_for("desk_statements.preview", month=form.month.data, customer_id=chosen)
    return redirect(url, 303)  # type: ignore[return-value]
