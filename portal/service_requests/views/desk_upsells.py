"""Chances to sell at the desk: the list, the page of one, noting, quoting, winning, dropping."""

from __future__ import annotations

from functools import partial
from typing import Any

from flask import Response, flash, g, url_for
from flask_babel import gettext as _

from portal.access.guards import requires
from portal.access.permissions import Permission as P
from portal.catalogue.queries.items import item_by_code
from portal.customers.models import Customer
from portal.db import audit
from portal.db.base import db
from portal.kernel import clock
from portal.kernel.errors import Invalid
from portal.kernel.text import t
from portal.opportunities.models import Opportunity
from portal.opportunities.queries.lists import opportunities
from portal.quotations.models import Quotation
from portal.service_requests.actions import upselling as actions
from portal.service_requests.actions.upsell_passed import pass_on
from portal.service_requests.actions.upselling import Chance
from portal.service_requests.forms.found import QuotedForm, UpsellForm
from portal.service_requests.found_labels import UPSELLS
from portal.service_requests.models import Upsell
from portal.service_requests.queries import upsells as queries
from portal.service_requests.rules.states import UpsellState
from portal.service_requests.views.found_door import (
    asked_customer,
    asked_request,
    choose_customer,
    fresh,
    or_nobody,
    people_for,
    upsell_of,
)
from portal.service_requests.views.found_door import upsell_door as bp
from portal.service_requests.views.upsell_list import UPSELL_LIST
from portal.web.flask_app import once
from portal.web.forms import currency_choices, form_page, tried
from portal.web.listing import list_page
from portal.web.pages import page, refused
from portal.web.stepping import done, to, written
from portal.web.timeline import happenings

PAGE, FORM = "service_requests/upsell_show.html", "service_requests/upsell_form.html"


@bp.get("/upsells")
@requires(P.UPSELL_SEE)
def index() -> Any:
    """Every chance, the latest first."""
    return list_page(UPSELL_LIST, queries.upsells(g.viewer), "service_requests/upsell_index.html")


@bp.route("/upsells/new", methods=["GET", "POST"])
@once
@requires(P.UPSELL_EDIT)
def new() -> Any:
    """Note one, seen in a request or not."""
    row = asked_request()
    customer = asked_customer(row)
    if customer is None:
        return choose_customer(_("New chance to sell"), (_("Chances to sell"), url_for(".index")))
    form = _form(customer, None)
    if form.validate_on_submit():
        upsell = tried(
            form, lambda: actions.note(_chance(form), customer, g.viewer, clock.now(), row)
        )
        if upsell is not None:
            flash(_("%(number)s is noted.", number=upsell.number), "success")
            return to("desk_upsells.show", upsell_id=upsell.id)
    return form_page(FORM, form, customer=customer, row=row, upsell=None)


@bp.get("/upsells/<int:upsell_id>")
@requires(P.UPSELL_SEE)
def show(upsell_id: int) -> Any:
    """One chance, and the way to a quotation."""
    return page(PAGE, **_context(upsell_of(upsell_id)), form=QuotedForm())


@bp.route("/upsells/<int:upsell_id>/edit", methods=["GET", "POST"])
@requires(P.UPSELL_EDIT)
def edit(upsell_id: int) -> Any:
    """Say it otherwise."""
    upsell = upsell_of(upsell_id)
    form = _form(upsell.customer, upsell)
    if form.validate_on_submit() and fresh(form, upsell):
        verb = lambda: actions.change(upsell, _chance(form), g.viewer, clock.now())  # noqa: E731
        if tried(form, verb) is not None:
            flash(_("Saved."), "success")
            return to("desk_upsells.show", upsell_id=upsell_id)
    return form_page(FORM, form, customer=upsell.customer, row=upsell.request, upsell=upsell)


@bp.post("/upsells/<int:upsell_id>/quote")
@requires(P.UPSELL_EDIT)
def quote(upsell_id: int) -> Any:
    """A quotation was made of it."""
    upsell, form = upsell_of(upsell_id), QuotedForm()
    verb = lambda: actions.quote(upsell, form.quotation.data or "", g.viewer, clock.now())  # noqa: E731
    if form.validate_on_submit() and tried(form, verb) is not None:
        flash(_("Linked to the quotation."), "success")
        return to("desk_upsells.show", upsell_id=upsell_id)
    return refused(PAGE, **_context(upsell), form=form)


@bp.post("/upsells/<int:upsell_id>/pass-on")
@requires(P.UPSELL_EDIT)
def to_opportunity(upsell_id: int) -> Response:
    """Sales goes on with it as an opportunity."""
    verb = partial(pass_on, upsell_of(upsell_id), g.viewer, clock.now())
    return done(to("desk_upsells.show", upsell_id=upsell_id), _("It is an opportunity now."), verb)


@bp.post("/upsells/<int:upsell_id>/win")
@requires(P.UPSELL_EDIT)
def win(upsell_id: int) -> Response:
    """The customer buys."""
    verb = partial(actions.win, upsell_of(upsell_id), g.viewer, clock.now())
    return done(to("desk_upsells.show", upsell_id=upsell_id), _("Won."), verb)


@bp.post("/upsells/<int:upsell_id>/drop")
@requires(P.UPSELL_EDIT)
def drop(upsell_id: int) -> Response:
    """Nothing comes of it."""
    verb = partial(actions.drop, upsell_of(upsell_id), written("reason"), g.viewer, clock.now())
    return done(to("desk_upsells.show", upsell_id=upsell_id), _("Dropped."), verb)


def _form(customer: Customer, upsell: Upsell | None) -> UpsellForm:
    begun = {"owner_id": g.viewer.user_id, "currency": customer.default_currency}
    form = UpsellForm(obj=upsell) if upsell else UpsellForm(data=begun)
    if upsell and upsell.item and not form.is_submitted():
        form.item_code.data = upsell.item.code
    form.currency.choices = currency_choices()
    owner = upsell.owner if upsell else None
    form.owner_id.choices = or_nobody(people_for(P.UPSELL_EDIT, customer.id, owner))
    return form


def _chance(form: UpsellForm) -> Chance:
    code = (form.item_code.data or "").strip()
    item = item_by_code(code) if code else None
    if code and item is None:
        raise Invalid(t("No service item has this code."), "item_code")
    return Chance(
        form.text.data or "", item.id if item else None, form.amount.data, form.currency.data, form.owner_id.data
    )  # fmt: skip


def _opportunity(upsell: Upsell) -> Opportunity | None:
    """What became of it, as far as the viewer may see that."""
    if upsell.opportunity_id is None or not g.viewer.may(P.OPPORTUNITY_SEE):
        return None
    found: Opportunity | None = db.session.scalar(
        opportunities(g.viewer).where(Opportunity.id == upsell.opportunity_id)
    )
    return found


def _context(upsell: Upsell) -> dict[str, Any]:
    viewer, state = g.viewer, UpsellState(upsell.state)
    may_edit = viewer.may(P.UPSELL_EDIT) and upsell.opportunity_id is None
    at_work = may_edit and state in (UpsellState.OPEN, UpsellState.QUOTED)
    is_open = at_work and state is UpsellState.OPEN
    quotation = db.session.get(Quotation, upsell.quotation_id) if upsell.quotation_id else None
    return {
        "upsell": upsell,
        "label": UPSELLS[state],
        "quotation": quotation if viewer.may(P.QUOTATION_SEE) else None,
        "opportunity": _opportunity(upsell),
        "may": {
            "edit": at_work,
            "quote": is_open,
            "make": is_open and viewer.may(P.QUOTATION_EDIT),
        },
        "entries": happenings(audit.timeline(upsell, public_only=False)),
    }
