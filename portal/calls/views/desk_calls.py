"""Calls at the desk: the list, a note, and the request that comes of it."""

from __future__ import annotations

from functools import partial
from typing import Any

from flask import Response, flash, g, request, url_for
from flask_babel import gettext as _

from portal.access.guards import requires
from portal.access.permissions import Permission as P
from portal.calls.actions import noting
from portal.calls.forms.calls import CallForm, RequestForm
from portal.calls.models import Call, CallPlan
from portal.calls.queries import calls as queries
from portal.calls.views.call_form import call_facts, call_form, checked, edit_form
from portal.calls.views.call_list import CALLS_LIST, of_customer
from portal.calls.views.call_page import context
from portal.calls.views.desk_door import (
    asked_customer,
    asked_request,
    bp,
    is_seeking,
    sought_customers,
    still_seeking,
)
from portal.customers.models import Customer
from portal.kernel import clock
from portal.kernel.errors import Invalid, InvalidMany
from portal.service_requests.models import ServiceRequest
from portal.web.flask_app import once
from portal.web.forms import form_page, tried
from portal.web.listing import list_page
from portal.web.pages import page
from portal.web.stepping import done, number_in, page_of, to


@bp.get("/calls")
@requires(P.CALL_SEE)
def index() -> Any:
    """Every call that one may see, the latest first."""
    spec = of_customer(CALLS_LIST, Call.customer_id)
    return list_page(spec, queries.calls(g.viewer), "calls/index.html")


@bp.get("/calls/<int:call_id>")
@requires(P.CALL_SEE)
def show(call_id: int) -> Any:
    """One call."""
    return page("calls/show.html", **context(queries.call_of(call_id, g.viewer)))


@bp.route("/calls/new", methods=["GET", "POST"])
@once
@requires(P.CALL_WORK)
def new() -> Any:
    """Note a call: while one speaks, or afterwards."""
    asked, plan = asked_request(), _asked_plan()
    customer = asked.customer if asked else (plan.customer if plan else asked_customer())
    form = call_form(customer, plan, asked)
    if not is_seeking() and form.validate_on_submit():
        call = tried(form, lambda: _noted(form, customer, asked, plan))
        if call is not None:
            return _onwards(call, plan)
    return _form_page(form, call=None, customer=customer, plan=plan, asked=asked)


@bp.route("/calls/<int:call_id>/edit", methods=["GET", "POST"])
@requires(P.CALL_WORK)
def edit(call_id: int) -> Any:
    """Put a note right, or say whose call it was."""
    call = queries.call_of(call_id, g.viewer)
    customer = asked_customer() or call.customer
    form = edit_form(call, customer)
    sent = not is_seeking() and form.validate_on_submit()
    if sent and tried(form, lambda: _changed(form, call, customer)):
        flash(_("Saved."), "success")
        return to("desk_calls.show", call_id=call_id)
    return _form_page(form, call=call, customer=customer, plan=None, asked=None)


def _form_page(form: CallForm, **shown: Any) -> Any:
    words, sought = sought_customers()
    draw = still_seeking if is_seeking() else form_page
    return draw("calls/form.html", form=form, words=words, sought=sought, **shown)


@bp.post("/calls/<int:call_id>/request")
@requires(P.CALL_WORK)
def to_request(call_id: int) -> Response:
    """Make a request of it in one step."""
    call, form = queries.call_of(call_id, g.viewer), RequestForm()
    there = to("desk_calls.show", call_id=call_id)
    if not form.validate():
        flash(_("Choose what kind of request it is."), "error")
        return there
    kind, severity, title = form.kind.data, int(form.severity.data), form.title.data or ""
    verb = partial(noting.to_request, call, kind, severity, title, g.viewer, clock.now())
    return done(there, _("The request is opened."), partial(_told_as_one, verb))


def _told_as_one(verb: Any) -> None:
    """What is wrong with the new request, in one sentence."""
    try:
        verb()
    except InvalidMany as error:
        raise Invalid(next(iter(error.errors.values()))) from error


def _asked_plan() -> CallPlan | None:
    wanted = number_in("plan")
    return None if wanted is None else queries.plan_of(wanted, g.viewer)


def _noted(
    form: CallForm, customer: Customer | None, asked: ServiceRequest | None, plan: CallPlan | None
) -> Call:
    facts = call_facts(form, customer.id if customer else None, asked.id if asked else None)
    checked(facts)
    return noting.note(facts, g.viewer, clock.now(), plan=plan)


def _changed(form: CallForm, call: Call, customer: Customer | None) -> Call:
    request_id = call.request_id if customer and customer.id == call.customer_id else None
    facts = call_facts(form, customer.id if customer else None, request_id, call)
    checked(facts)
    typed = form.version.data or ""
    version = int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 9 else 0
    return noting.change(call, facts, version, g.viewer, clock.now())


def _onwards(call: Call, plan: CallPlan | None) -> Response:
    """To the new request where that was wanted, else to the call."""
    if plan is not None and plan.state == "open":
        flash(_("Noted. Nobody was reached: the call stays on the list."), "info")
    else:
        flash(_("The call is noted."), "success")
    url = page_of("desk_requests.new", P.REQUEST_RAISE, customer=call.customer_id, call=call.id)
    if "request" in request.form.getlist("then") and call.customer_id and url:
        return Response(status=303, headers={"Location": url})
    return Response(status=303, headers={"Location": url_for("desk_calls.show", call_id=call.id)})
