"""Visits at the desk: the lists, one visit, planning, moving and calling off."""

from __future__ import annotations

from functools import partial
from typing import Any

from flask import Response, flash, g, request
from flask_babel import gettext as _

from portal.access.guards import requires
from portal.access.permissions import Permission as P
from portal.care.actions import visits
from portal.care.actions.visits import Kept
from portal.care.queries import visits as queries
from portal.care.rules.states import VisitState
from portal.care.views.door import asked_customer, whom
from portal.care.views.door import visits_door as bp
from portal.care.views.visit_form import visit_facts, visit_form
from portal.care.views.visit_list import MADE, PLANNED
from portal.care.views.visit_page import context
from portal.kernel import clock
from portal.kernel.errors import NotAllowedNow
from portal.kernel.text import t
from portal.web.flask_app import once
from portal.web.forms import form_page, tried
from portal.web.listing import list_page
from portal.web.pages import page
from portal.web.stepping import done, local, number_in, to, typed, version_in

FORM = "care/visit_form.html"


@bp.get("/visits")
@requires(P.CARE_SEE)
def index() -> Any:
    """What is planned, the most overdue first."""
    return _list(PLANNED, queries.planned(g.viewer), "index")


@bp.get("/visits/made")
@requires(P.CARE_SEE)
def made() -> Any:
    """What was done, the last first."""
    return _list(MADE, queries.made(g.viewer), "made")


@bp.get("/visits/<int:visit_id>")
@requires(P.CARE_SEE)
def show(visit_id: int) -> Any:
    """One visit."""
    return page("care/visit.html", **context(queries.visit_of(visit_id, g.viewer)))


@bp.route("/visits/new", methods=["GET", "POST"])
@once
@requires(P.CARE_WORK)
def new() -> Any:
    """Plan a visit: first to whom, then the rest."""
    customer = asked_customer(P.CARE_WORK)
    if customer is None:
        return page("care/visit_whom.html", **whom())
    form = visit_form(customer, None)
    if form.validate_on_submit():
        facts = visit_facts(form, customer.id)
        kept = tried(form, lambda: visits.plan(facts, g.viewer, clock.now()))
        if kept is not None:
            return _kept(kept, _("The visit is planned."))
    return form_page(FORM, form, visit=None, customer=customer)


@bp.route("/visits/<int:visit_id>/edit", methods=["GET", "POST"])
@requires(P.CARE_WORK)
def edit(visit_id: int) -> Any:
    """Another day, another person."""
    visit = queries.visit_of(visit_id, g.viewer)
    if visit.state != VisitState.PLANNED.value:
        raise NotAllowedNow(t("This visit was made or called off."))
    form = visit_form(visit.customer, visit)
    if form.validate_on_submit():
        facts, version = visit_facts(form, visit.customer_id), version_in(form.version.data)
        kept = tried(form, lambda: visits.move(visit, facts, version, g.viewer, clock.now()))
        if kept is not None:
            return _kept(kept, _("Saved."))
    return form_page(FORM, form, visit=visit, customer=visit.customer)


@bp.post("/visits/<int:visit_id>/cancel")
@requires(P.CARE_WORK)
def cancel(visit_id: int) -> Response:
    """It is not made."""
    visit = queries.visit_of(visit_id, g.viewer)
    verb = partial(visits.cancel, visit, typed("reason", 500), g.viewer, clock.now())
    return done(to("desk_visits.show", visit_id=visit_id), _("The visit is called off."), verb)


def _list(spec: Any, statement: Any, tab: str) -> Any:
    """The list, narrowed to the customer whose page led here."""
    chosen = number_in("customer") if "customer" in request.args else None
    if chosen is not None:
        statement = statement.where(queries.V.customer_id == chosen)
    return list_page(spec, statement, "care/visits.html", tab=tab)


def _kept(kept: Kept, said: str) -> Response:
    """To the visit; where its person is somewhere else at that time, that is said."""
    flash(said, "success")
    if kept.clashes:
        times = ", ".join(f"{local(row.starts_at):%H:%M}" for row in kept.clashes if row.starts_at)
        name = kept.visit.visitor.name
        flash(_("%(name)s has other visits then: %(times)s.", name=name, times=times), "warning")
    return to("desk_visits.show", visit_id=kept.visit.id)
