"""Settlement terms, applications, holds and the blacklist at the desk."""

from __future__ import annotations

from functools import partial
from typing import Any

from flask import Response, flash, g, redirect, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import joinedload

from portal.access.guards import fetch, requires
from portal.access.permissions import Permission as P
from portal.customers.models import Customer, SettlementTerms
from portal.customers.queries import contacts
from portal.kernel import clock
from portal.receivables.actions import settlement
from portal.receivables.actions.standing import terms_of
from portal.receivables.forms.settlement import ApplicationForm, TermsForm, filled
from portal.receivables.models import SettlementApplication
from portal.receivables.queries import credit as queries
from portal.receivables.queries import decisions
from portal.receivables.rules.settlement import TermsFacts
from portal.receivables.views import settlement_page as shown
from portal.receivables.views.desk_door import choose_customer, chosen_customer, customer_of, reason
from portal.receivables.views.desk_door import settlement_door as bp
from portal.receivables.views.settlement_list import APPLICATIONS_LIST, HELD_LIST, LIFTS_LIST, tabs
from portal.web.flask_app import once
from portal.web.forms import form_page, tried
from portal.web.listing import list_page
from portal.web.pages import page, refused
from portal.web.stepping import done_at

LIST = "receivables/desk_settlement.html"
CUSTOMER = "receivables/desk_terms.html"
EDIT = "receivables/desk_terms_edit.html"


@bp.get("/settlement")
@requires(P.AGEING_SEE)
def index() -> Any:
    """Applications, those to be decided first of all."""
    found = queries.applications(g.viewer)
    return list_page(
        APPLICATIONS_LIST,
        found,
        LIST,
        tabs=tabs("index"),
        heading=_("Applications for monthly settlement"),
    )


@bp.get("/settlement/lifts")
@requires(P.AGEING_SEE)
def lifts() -> Any:
    """Proposals to lift a hold."""
    found = queries.lifts(g.viewer)
    return list_page(LIFTS_LIST, found, LIST, tabs=tabs("lifts"), heading=_("Lifts of holds"))


@bp.get("/settlement/held")
@requires(P.AGEING_SEE)
def held() -> Any:
    """Who is on hold, and why."""
    found = decisions.held(g.viewer)
    return list_page(HELD_LIST, found, LIST, tabs=tabs("held"), heading=_("Customers on hold"))


@bp.get("/settlement/customers/<int:customer_id>")
@requires(P.AGEING_SEE)
def customer(customer_id: int) -> Any:
    """Terms, credit, hold and lifts of one customer."""
    return page(CUSTOMER, **shown.context(customer_of(customer_id)))


@bp.route("/settlement/customers/<int:customer_id>/terms", methods=["GET", "POST"])
@requires(P.SETTLEMENT_APPROVE)
def edit(customer_id: int) -> Any:
    """Change the terms: first what changes, then it is saved."""
    row = customer_of(customer_id)
    current = terms_of(row.id)
    before = settlement.facts_of(current)
    form, rows = shown.terms_form(row, current, before), None
    if form.validate_on_submit():
        after = form.facts(before)
        rows = shown.what_changes(row, before, after)
        if request.form.get("do") == "save" and tried(form, lambda: _changed(row, after, form)):
            flash(_("Saved. The new terms count from now on."), "success")
            return redirect(url_for(".customer", customer_id=customer_id), 303)
    return form_page(EDIT, form, customer=row, rows=rows)


def _changed(row: Customer, after: TermsFacts, form: TermsForm) -> Any:
    version = int(form.version.data) if (form.version.data or "").isdecimal() else None
    why = (form.reason.data or "").strip()
    return settlement.change(row, after, g.viewer, clock.now(), seen=version, reason=why)


@bp.route("/settlement/new", methods=["GET", "POST"])
@once
@requires(P.SETTLEMENT_APPLY)
def apply() -> Any:
    """Apply for a customer: first for whom, then for what."""
    row = chosen_customer()
    if row is None:
        back = (_("Applications"), url_for(".index"))
        return choose_customer(_("Apply for monthly settlement: for which customer?"), "", back)
    before = settlement.facts_of(terms_of(row.id))
    form = filled(ApplicationForm, before, contacts(row.id, g.viewer))
    if form.validate_on_submit():
        facts = (row, form.facts(before), form.reason.data or "", g.viewer, clock.now())
        made = tried(form, lambda: settlement.apply(*facts))
        if made is not None:
            flash(_("Applied: %(number)s. Somebody else decides.", number=made.number), "success")
            return redirect(url_for(".application", application_id=made.id), 303)
    return form_page("receivables/desk_apply.html", form, customer=row)


@bp.get("/settlement/<int:application_id>")
@requires(P.AGEING_SEE)
def application(application_id: int) -> Any:
    """One application: what would change, and the decision."""
    row = _application(application_id)
    current = terms_of(row.customer_id)
    form = _decision(row, current)
    return page(
        "receivables/desk_application.html", **shown.application_context(row, current, form)
    )


@bp.post("/settlement/<int:application_id>/approve")
@requires(P.SETTLEMENT_APPROVE)
def approve(application_id: int) -> Any:
    """Grant what was asked for, or other terms."""
    row = _application(application_id)
    current = terms_of(row.customer_id)
    form = _decision(row, current)
    if form.validate_on_submit():
        granted = form.facts(settlement.facts_of(current))
        is_whole = granted == TermsFacts.from_json(row.asked)
        note = form.reason.data or ""
        facts = (row, g.viewer, clock.now(), None if is_whole else granted, note)
        if tried(form, lambda: settlement.approve(*facts)) is not None:
            flash(_("Approved. The terms count from now on."), "success")
            return redirect(url_for(".application", application_id=application_id), 303)
    return refused(
        "receivables/desk_application.html", **shown.application_context(row, current, form)
    )


@bp.post("/settlement/<int:application_id>/refuse")
@requires(P.SETTLEMENT_APPROVE)
def refuse(application_id: int) -> Response:
    """The terms stay."""
    row = _application(application_id)
    verb = partial(settlement.refuse, row, reason(), g.viewer, clock.now())
    return done_at(
        url_for(".application", application_id=application_id),
        _("Refused. The applicant reads why."),
        verb,
    )


@bp.post("/settlement/<int:application_id>/withdraw")
@requires(P.SETTLEMENT_APPLY)
def withdraw(application_id: int) -> Response:
    """Take it back before it is decided."""
    row = _application(application_id)
    verb = partial(settlement.withdraw, row, g.viewer, clock.now())
    return done_at(url_for(".application", application_id=application_id), _("Withdrawn."), verb)


def _decision(row: SettlementApplication, current: SettlementTerms | None) -> TermsForm:
    """What is granted, filled in with what was asked for."""
    form = shown.terms_form(row.customer, current, shown.asked_of(row, current))
    form.reason.label.text = _("Note to the applicant")
    return form


def _application(application_id: int) -> SettlementApplication:
    together = (joinedload(SettlementApplication.customer),)
    return fetch(SettlementApplication, application_id, options=together)
