"""The steps of a lead: into somebody's hands, out of them, a customer."""

from __future__ import annotations

from functools import partial
from typing import Any

from flask import Response, flash, g, request
from flask_babel import gettext as _

from portal.access.guards import requires
from portal.access.permissions import Permission as P
from portal.customers.queries.finding import matching
from portal.kernel import clock
from portal.kernel.errors import Invalid, NotFound
from portal.kernel.text import t
from portal.leads.actions import converting, pool
from portal.leads.queries import leads as queries
from portal.leads.queries.alike import likely
from portal.leads.views.desk_door import asked_customer, bp
from portal.leads.views.lead_form import convert_form, wish_of
from portal.web.flask_app import once, refuse
from portal.web.forms import attempted, form_page
from portal.web.stepping import REFUSED, as_id, done, page_of, reason_of, to, typed

LONGEST = 500
FOUND = 12


@bp.post("/leads/<int:lead_id>/pick")
@requires(P.LEAD_WORK)
def pick(lead_id: int) -> Response:
    """Take it out of the pool; who was slower, or may not have it, reads why."""
    try:
        pool.pick(queries.lead_of(lead_id, g.viewer), g.viewer, clock.now())
    except NotFound as error:  # in others' hands it is not there for sales
        quicker = t("Somebody was quicker: this lead is no longer in the pool.")
        raise NotFound(quicker) from error
    except REFUSED as error:
        flash(reason_of(error), "error")
        return refuse(to("desk_leads.pool"))
    flash(_("The lead is in your hands."), "success")
    return _there(lead_id)


@bp.post("/leads/<int:lead_id>/assign")
@requires(P.LEAD_ASSIGN)
def assign(lead_id: int) -> Response:
    """Into somebody's hands."""
    lead = queries.lead_of(lead_id, g.viewer)

    def verb() -> None:
        user_id = as_id(request.form.get("owner_id"))
        if user_id is None:
            raise Invalid(t("Choose somebody who works on leads."), "owner_id")
        pool.assign(lead, user_id, g.viewer, clock.now(), typed("reason", LONGEST))

    return done(_there(lead_id), _("Assigned. Both are told."), verb)


@bp.post("/leads/<int:lead_id>/give-back")
@requires(P.LEAD_WORK)
def give_back(lead_id: int) -> Response:
    """Back into the pool, for others."""
    lead = queries.lead_of(lead_id, g.viewer)
    verb = partial(pool.give_back, lead, typed("reason", LONGEST), g.viewer, clock.now())
    return done(_there(lead_id), _("The lead lies in the pool again."), verb)


@bp.post("/leads/<int:lead_id>/discard")
@requires(P.LEAD_WORK)
def discard(lead_id: int) -> Response:
    """It comes to nothing."""
    lead = queries.lead_of(lead_id, g.viewer)
    verb = partial(pool.discard, lead, typed("reason", LONGEST), g.viewer, clock.now())
    return done(_there(lead_id), _("Discarded."), verb)


@bp.post("/leads/<int:lead_id>/reopen")
@requires(P.LEAD_WORK)
def reopen(lead_id: int) -> Response:
    """It is worth a try after all."""
    lead = queries.lead_of(lead_id, g.viewer)
    verb = partial(pool.reopen, lead, typed("reason", LONGEST), g.viewer, clock.now())
    return done(_there(lead_id), _("The lead lies in the pool again."), verb)


@bp.route("/leads/<int:lead_id>/convert", methods=["GET", "POST"])
@once
@requires(P.LEAD_WORK)
def convert(lead_id: int) -> Any:
    """Make it a customer with a contact and an opportunity; likely customers stand there first."""
    lead, customer = queries.lead_of(lead_id, g.viewer), asked_customer()
    form = convert_form(lead, customer)
    if form.validate_on_submit():
        verb = partial(converting.convert, lead, wish_of(form, customer), g.viewer, clock.now())
        opportunity = attempted(form, verb)
        if opportunity is not None:
            flash(_("The lead is a customer now, with an opportunity."), "success")
            return _onwards(lead_id, opportunity.id)
    words = typed("q", 80)
    sought = matching(words, g.viewer, FOUND) if words else []
    alike = likely(lead, g.viewer)
    shown = {"customer": customer, "likely": alike, "words": words, "sought": sought}
    return form_page("leads/convert.html", form, prospect=lead, **shown)


def _there(lead_id: int) -> Response:
    """To the lead, where the viewer still sees it."""
    return to("desk_leads.show", lead_id=lead_id)


def _onwards(lead_id: int, opportunity_id: int) -> Response:
    """To the opportunity."""
    if page_of("desk_opportunities.show", P.OPPORTUNITY_SEE, opportunity_id=opportunity_id):
        return to("desk_opportunities.show", opportunity_id=opportunity_id)
    return to("desk_leads.show", lead_id=lead_id)
