"""Calls to be made: the list with what is overdue, one of them, moved or dropped."""

from __future__ import annotations

from functools import partial
from typing import Any

from flask import Response, flash, g, request
from flask_babel import gettext as _

from portal.access.guards import requires
from portal.access.permissions import Permission as P
from portal.calls.actions import planning
from portal.calls.forms.calls import PlanForm
from portal.calls.labels import OVERDUE, PLANS
from portal.calls.models import CallPlan
from portal.calls.queries import calls as queries
from portal.calls.rules.kinds import PURPOSE_WORDS, Purpose
from portal.calls.views.call_form import checked, plan_facts, plan_form
from portal.calls.views.call_list import PLANS_LIST, is_overdue, of_customer, shown_number
from portal.calls.views.desk_door import (
    asked_customer,
    asked_request,
    bp,
    is_seeking,
    sought_customers,
    still_seeking,
)
from portal.customers.models import Customer
from portal.db.audit import timeline
from portal.kernel import clock
from portal.service_requests.models import ServiceRequest
from portal.web.flask_app import once
from portal.web.forms import form_page, tried
from portal.web.listing import list_page
from portal.web.pages import page
from portal.web.stepping import done, page_of, to, typed
from portal.web.timeline import happenings


@bp.get("/calls/to-make")
@requires(P.CALL_SEE)
def plans() -> Any:
    """Whom to call, the most overdue first; unless asked otherwise, only what is still to be done."""
    statement = queries.plans(g.viewer)
    if not request.args.get("state"):
        statement = statement.where(CallPlan.state == "open")
    spec = of_customer(PLANS_LIST, CallPlan.customer_id)
    return list_page(spec, statement, "calls/plans.html")


@bp.get("/calls/to-make/<int:plan_id>")
@requires(P.CALL_SEE)
def plan(plan_id: int) -> Any:
    """One call to be made."""
    row = queries.plan_of(plan_id, g.viewer)
    seen = row.request_id and page_of(
        "desk_requests.show", P.REQUEST_SEE, request_id=row.request_id
    )
    label = OVERDUE if is_overdue(row) else PLANS[row.state]
    words = {"purpose": PURPOSE_WORDS[Purpose(row.purpose)], "number": shown_number(row.number)}
    entries = happenings(timeline(row, public_only=False))
    return page(
        "calls/plan.html", plan=row, label=label, request_url=seen, entries=entries, **words
    )


@bp.route("/calls/to-make/new", methods=["GET", "POST"])
@once
@requires(P.CALL_WORK)
def new_plan() -> Any:
    """Plan a call."""
    asked = asked_request()
    customer = asked.customer if asked else asked_customer()
    form = plan_form(customer, asked, None)
    if not is_seeking() and form.validate_on_submit():
        row = tried(form, lambda: _planned(form, customer, asked))
        if row is not None:
            flash(_("The call is planned."), "success")
            return to("desk_calls.plan", plan_id=row.id)
    words, sought = sought_customers()
    shown = {"customer": customer, "asked": asked, "words": words, "sought": sought}
    draw = still_seeking if is_seeking() else form_page
    return draw("calls/plan_form.html", form=form, plan=None, **shown)


@bp.route("/calls/to-make/<int:plan_id>/edit", methods=["GET", "POST"])
@requires(P.CALL_WORK)
def edit_plan(plan_id: int) -> Any:
    """Another time or another person."""
    row = queries.plan_of(plan_id, g.viewer)
    form = plan_form(row.customer, row.request, row)
    if form.validate_on_submit() and tried(form, lambda: _moved(form, row)):
        flash(_("Saved."), "success")
        return to("desk_calls.plan", plan_id=plan_id)
    shown: dict[str, Any] = {"customer": row.customer, "asked": row.request, "words": ""}
    return form_page("calls/plan_form.html", form, plan=row, sought=(), **shown)


@bp.post("/calls/to-make/<int:plan_id>/drop")
@requires(P.CALL_WORK)
def drop(plan_id: int) -> Response:
    """It need not be made any more."""
    row, there = queries.plan_of(plan_id, g.viewer), to("desk_calls.plan", plan_id=plan_id)
    verb = partial(planning.drop, row, typed("reason", 300), g.viewer, clock.now())
    return done(there, _("Off the list."), verb)


def _planned(form: PlanForm, customer: Customer | None, asked: ServiceRequest | None) -> CallPlan:
    facts = plan_facts(form, customer.id if customer else None, asked.id if asked else None)
    checked(facts)
    return planning.plan(facts, g.viewer, clock.now())


def _moved(form: PlanForm, row: CallPlan) -> CallPlan:
    facts = plan_facts(form, row.customer_id, row.request_id)
    checked(facts)
    text = form.version.data or ""
    version = int(text) if text.isascii() and text.isdecimal() and len(text) < 9 else 0
    return planning.move(row, facts, version, g.viewer, clock.now())
