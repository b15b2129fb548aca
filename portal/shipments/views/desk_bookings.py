"""The desk's bookings: the queue of those to answer, one's page with every step, booking for a customer."""

from __future__ import annotations

from decimal import Decimal
from functools import partial
from typing import Any

from flask import Response, flash, g, redirect, request, url_for
from flask_babel import gettext as _

from portal.access.gate import load
from portal.access.guards import fetch, requires
from portal.access.permissions import Permission as P
from portal.customers.models import Customer
from portal.customers.queries import sites
from portal.customers.queries.finding import matching
from portal.kernel import clock
from portal.kernel.errors import InvalidMany
from portal.kernel.units import unit_word
from portal.shipments.actions import bookings as actions
from portal.shipments.actions import opening
from portal.shipments.forms.bookings import FactsForm, read_wishes, typed_quantities
from portal.shipments.models import Booking
from portal.shipments.queries import bookings as queries
from portal.shipments.queries.bookable import bookable
from portal.shipments.views import booking_steps
from portal.shipments.views.booking_lists import BOOKINGS_AT_DESK, QUEUE
from portal.shipments.views.booking_page import context
from portal.shipments.views.steps import done, seen
from portal.web.doors import desk
from portal.web.fields import plain_number
from portal.web.forms import attempted, form_page
from portal.web.listing import list_page
from portal.web.pages import page

bp = desk("bookings", "portal.shipments.views.desk")
FOUND = 12


@bp.get("/bookings")
@requires(P.BOOKING_SEE)
def index() -> Any:
    """Those that wait for our answer, the oldest first."""
    return list_page(QUEUE, queries.requested(g.viewer), "bookings/desk_index.html", is_queue=True)


@bp.get("/bookings/all")
@requires(P.BOOKING_SEE)
def everything() -> Any:
    """Every booking."""
    return list_page(
        BOOKINGS_AT_DESK, queries.bookings(g.viewer), "bookings/desk_index.html", is_queue=False
    )


@bp.route("/bookings/new", methods=["GET", "POST"])
@requires(P.BOOKING_MAKE)
def new() -> Any:
    """Book for a customer, in two steps; first of all: for whom."""
    entitlement = booking_steps.entitlement_named(request.args.get("entitlement", ""))
    copied = booking_steps.earlier(request.args.get("from", ""))
    customer = _customer(entitlement, copied)
    if customer is None:
        words = request.args.get("q", "").strip()[:80]
        found = matching(words, g.viewer, FOUND) if words else []
        return page("bookings/desk_customer.html", words=words, found=found, endpoint=".new")
    return booking_steps.run("desk", customer, entitlement, copied)


@bp.get("/bookings/<int:booking_id>")
@requires(P.BOOKING_SEE)
def show(booking_id: int) -> Any:
    """One booking."""
    return page("bookings/desk_show.html", **context("desk", _booking(booking_id)))


@bp.post("/bookings/<int:booking_id>/confirm")
@requires(P.BOOKING_DECIDE)
def confirm(booking_id: int) -> Response:
    """We carry it out: it becomes a shipment."""
    booking = _booking(booking_id)
    shipment = opening.confirm(booking, g.viewer, clock.now(), seen())
    flash(_("Confirmed. It is shipment %(number)s.", number=shipment.number), "success")
    return redirect(url_for("desk_shipments.show", shipment_id=shipment.id), 303)  # type: ignore[return-value]


@bp.post("/bookings/<int:booking_id>/refuse")
@requires(P.BOOKING_DECIDE)
def refuse(booking_id: int) -> Response:
    """We cannot do it, with a reason."""
    reason = request.form.get("reason", "")
    verb = partial(actions.refuse, _booking(booking_id), reason, g.viewer, clock.now())
    return done(url_for(".show", booking_id=booking_id), _("Refused. The customer is told."), verb)


@bp.route("/bookings/<int:booking_id>/change", methods=["GET", "POST"])
@requires(P.BOOKING_DECIDE)
def change(booking_id: int) -> Any:
    """Other quantities, dates or facts."""
    booking = _booking(booking_id)
    form = FactsForm(data={**_stored(booking), "version": booking.version})
    form.offer_sites(sites(booking.customer_id, g.viewer))
    errors: dict[str, Any] = {}
    if form.validate_on_submit() and attempted(form, lambda: _changed(booking, form, errors)):
        flash(_("Changed. The customer is told."), "success")
        return redirect(url_for(".show", booking_id=booking_id), 303)
    return form_page("bookings/desk_change.html", form, **_change_page(booking, errors))


def _booking(booking_id: int) -> Booking:
    return fetch(Booking, booking_id, options=queries.WITH_LINES)


def _customer(entitlement: Any, copied: Booking | None) -> Customer | None:
    """For whom: said outright, or by the entitlement or the earlier booking."""
    wanted = booking_steps.customer_named()
    if wanted is not None:
        return load(Customer, wanted, g.viewer, P.CUSTOMER_SEE)
    if copied is not None:
        return copied.customer
    return None if entitlement is None else entitlement.customer


def _stored(booking: Booking) -> dict[str, Any]:
    facts = actions.facts_of(booking)
    return {name: getattr(facts, name) for name in actions.NAMES}


def _changed(booking: Booking, form: FactsForm, errors: dict[str, Any]) -> Booking:
    """The change; what is wrong with a quantity is told beside it."""
    wishes, wrong = read_wishes(typed_quantities(request.form))
    errors.update(wrong)
    if wrong:
        raise InvalidMany(wrong)
    now, version = clock.now(), seen("version")
    try:
        return actions.change(booking, wishes, form.facts, g.viewer, now, version)
    except InvalidMany as refused:
        errors.update(refused.errors)
        raise


def _change_page(booking: Booking, errors: dict[str, Any]) -> dict[str, Any]:
    held = {line.entitlement_id: line.quantity for line in booking.lines}
    rows = {line.entitlement_id: line.entitlement for line in booking.lines if line.entitlement}
    rows |= {row.id: row for row in bookable(booking.customer, g.viewer, clock.today())}
    typed = {each: plain_number(quantity) for each, quantity in held.items()}
    if request.method == "POST":
        typed = typed_quantities(request.form)
    sums: dict[int, Decimal] = held
    choices = booking_steps.choices_of(typed, errors, list(rows.values()), sums)
    today = clock.today()
    return {"booking": booking, "choices": choices, "today": today, "unit_word": unit_word}
