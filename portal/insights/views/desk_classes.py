"""Classes at the desk: the lists of the newest run, and one customer's classes with their causes."""

from __future__ import annotations

from typing import Any

from flask import flash, g, redirect, request, url_for
from flask_babel import gettext as _

from portal.access.gate import load
from portal.access.guards import fetch, requires
from portal.access.permissions import Permission as P
from portal.customers.models import Customer
from portal.insights.actions import overriding
from portal.insights.forms.tiers import OverrideForm, first_until
from portal.insights.models import Classification, ClassOverride
from portal.insights.views.class_lists import CHURN, CLASSES, PROMOTIONS, STARS, rows_of
from portal.insights.views.class_page import context
from portal.insights.views.tier_door import bp, newest, tabs
from portal.kernel import clock
from portal.kernel.errors import InvalidMany
from portal.web.forms import attempted, form_page
from portal.web.listing import list_page
from portal.web.pages import page
from portal.web.words import say


@bp.get("/tiers/classes")
@requires(P.INSIGHT_SEE)
def classes() -> Any:
    """Every customer of the newest run."""
    run = newest()
    return list_page(CLASSES, rows_of(run), "insights/classes.html", run=run, tabs=tabs("classes"))


@bp.get("/churn")
@requires(P.INSIGHT_SEE)
def churn() -> Any:
    """Who may leave, and why."""
    run = newest()
    wanted = rows_of(run).where(Classification.churn_points > 0)
    return list_page(CHURN, wanted, "insights/churn.html", run=run, tabs=tabs("churn"))


@bp.get("/tiers/promotions")
@requires(P.INSIGHT_SEE)
def promotions() -> Any:
    """Who may soon be a tier higher."""
    run = newest()
    wanted = rows_of(run).where(Classification.promotes_to != "")
    return list_page(
        PROMOTIONS, wanted, "insights/promotions.html", run=run, tabs=tabs("promotions")
    )


@bp.get("/tiers/stars")
@requires(P.INSIGHT_SEE)
def stars() -> Any:
    """Who grows: tomorrow's stars."""
    run = newest()
    wanted = rows_of(run).where(Classification.is_star.is_(True))
    return list_page(STARS, wanted, "insights/stars.html", run=run, tabs=tabs("stars"))


@bp.get("/tiers/classes/<int:customer_id>")
@requires(P.INSIGHT_SEE)
def customer(customer_id: int) -> Any:
    """One customer: its classes, what they were worked out from, their history, what is set by hand."""
    row = load(Customer, customer_id, g.viewer, P.INSIGHT_SEE)
    return page("insights/class.html", **context(row, g.viewer))


@bp.route("/tiers/classes/<int:customer_id>/override", methods=["GET", "POST"])
@requires(P.CUSTOMER_CLASSIFY)
def override(customer_id: int) -> Any:
    """Set one class by hand."""
    row = load(Customer, customer_id, g.viewer, P.CUSTOMER_CLASSIFY)
    form = OverrideForm(data={"until_on": first_until(clock.today())})
    form.offer()
    if form.validate_on_submit() and attempted(form, lambda: _overridden(row, form)):
        flash(_("Set by hand. It counts until its last day is over."), "success")
        return redirect(url_for(".customer", customer_id=row.id), 303)
    return form_page("insights/override.html", form, customer=row)


@bp.post("/tiers/overrides/<int:override_id>/end")
@requires(P.CUSTOMER_CLASSIFY)
def end_override(override_id: int) -> Any:
    """End what was set by hand before its day."""
    row = fetch(ClassOverride, override_id)
    try:
        overriding.end(row, request.form.get("reason", "")[:500], g.viewer, clock.now())
        flash(_("Ended. What the run found counts again."), "success")
    except InvalidMany as error:
        flash(say(error.text), "error")
    return redirect(url_for(".customer", customer_id=row.customer_id), 303)


def _overridden(row: Customer, form: OverrideForm) -> ClassOverride:
    aspect, value = form.chosen()
    until = form.until_on.data
    assert until is not None, "the field has checked it"
    return overriding.override(
        row, aspect, value, form.reason.data or "", until, g.viewer, clock.now()
    )
