"""Leads at the desk: the lists, one lead, writing one down."""

from __future__ import annotations

from typing import Any

from flask import flash, g
from flask_babel import gettext as _

from portal.access.guards import requires
from portal.access.permissions import Permission as P
from portal.kernel import clock
from portal.leads.actions import recording, touching
from portal.leads.queries import leads as queries
from portal.leads.queries.alike import likely
from portal.leads.rules.states import LeadState
from portal.leads.views.desk_door import bp
from portal.leads.views.lead_form import lead_facts, lead_form, touch_facts, touch_form
from portal.leads.views.lead_list import ALL, DUE, MINE, POOL
from portal.leads.views.lead_page import context, room_words
from portal.web.flask_app import once
from portal.web.forms import attempted, form_page
from portal.web.listing import ListSpec, list_page
from portal.web.pages import page, refused
from portal.web.stepping import to, version_in

INDEX = "leads/index.html"


@bp.get("/leads")
@requires(P.LEAD_SEE)
def index() -> Any:
    """The leads in my hands, the next touch first."""
    return _list(MINE, queries.held_by(g.viewer, g.viewer.user_id), "index")


@bp.get("/leads/due")
@requires(P.LEAD_SEE)
def due() -> Any:
    """Mine that want a touch today, or fall back soon."""
    mine = queries.due(g.viewer, g.viewer.user_id, clock.today(), clock.now())
    return _list(DUE, mine, "due")


@bp.get("/leads/pool")
@requires(P.LEAD_SEE)
def pool() -> Any:
    """What anybody may pick, the longest waiting first."""
    return _list(POOL, queries.in_pool(g.viewer), "pool")


@bp.get("/leads/all", endpoint="all")
@requires(P.LEAD_SEE)
def every() -> Any:
    """Everything that one may see, closed ones too."""
    return _list(ALL, queries.leads(g.viewer), "all")


@bp.get("/leads/<int:lead_id>")
@requires(P.LEAD_SEE)
def show(lead_id: int) -> Any:
    """One lead."""
    return page("leads/show.html", **context(queries.lead_of(lead_id, g.viewer)))


@bp.post("/leads/<int:lead_id>/touch")
@once
@requires(P.LEAD_WORK)
def touch(lead_id: int) -> Any:
    """Note what was done."""
    lead = queries.lead_of(lead_id, g.viewer)
    form = touch_form(lead)
    if form.validate() and attempted(form, lambda: _touched(lead, form)):
        flash(_("Noted. The days until it falls back count anew."), "success")
        return to("desk_leads.show", lead_id=lead_id)
    return refused("leads/show.html", **context(lead, form))


@bp.route("/leads/new", methods=["GET", "POST"])
@once
@requires(P.LEAD_WORK)
def new() -> Any:
    """Write a lead down."""
    form = lead_form(None)
    if form.validate_on_submit():
        lead = attempted(form, lambda: _recorded(form))
        if lead is not None:
            if likely(lead, g.viewer):
                flash(_("Kept. Look at who it may be already, at the right."), "info")
            elif lead.state == LeadState.POOL:
                flash(_("The lead lies in the pool."), "success")
            else:
                flash(_("The lead is in your hands."), "success")
            return to("desk_leads.show", lead_id=lead.id)
    return form_page("leads/form.html", form, prospect=None, **room_words())


@bp.route("/leads/<int:lead_id>/edit", methods=["GET", "POST"])
@requires(P.LEAD_WORK)
def edit(lead_id: int) -> Any:
    """Put right what is known."""
    lead = queries.lead_of(lead_id, g.viewer)
    form = lead_form(lead)
    if form.validate_on_submit() and attempted(form, lambda: _changed(lead, form)):
        flash(_("Saved."), "success")
        return to("desk_leads.show", lead_id=lead_id)
    return form_page("leads/form.html", form, prospect=lead)


def _list(spec: ListSpec, statement: Any, tab: str) -> Any:
    return list_page(spec, statement, INDEX, tab=tab, **room_words())


def _recorded(form: Any) -> Any:
    to_pool = bool(form.to_pool.data)
    return recording.record(lead_facts(form), g.viewer, clock.now(), to_pool=to_pool)


def _changed(lead: Any, form: Any) -> Any:
    version = version_in(form.version.data)
    return recording.change(lead, lead_facts(form), version, g.viewer, clock.now())


def _touched(lead: Any, form: Any) -> Any:
    return touching.touch(lead, touch_facts(form), g.viewer, clock.now())
