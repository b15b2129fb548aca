"""The customers' bookings: book, repeat, follow, take back."""

from __future__ import annotations

from functools import partial
from typing import Any

from flask import Response, g, request, url_for
from flask_babel import gettext as _

from portal.access.gate import load
from portal.access.guards import fetch, requires
from portal.access.permissions import Permission as P
from portal.customers.models import Customer
from portal.kernel import clock
from portal.kernel.errors import NotFound
from portal.shipments.actions import bookings as actions
from portal.shipments.models import Booking
from portal.shipments.queries import bookings as queries
from portal.shipments.queries.bookable import customers_that_book
from portal.shipments.views import booking_steps
from portal.shipments.views.booking_lists import ours
from portal.shipments.views.booking_page import context
from portal.shipments.views.steps import done
from portal.web.doors import my
from portal.web.listing import list_page
from portal.web.pages import page

bp = my("bookings", "portal.shipments.views.my")


@bp.get("/bookings")
@requires(P.BOOKING_SEE)
def index() -> Any:
    """Every booking of ours."""
    return list_page(ours(), queries.bookings(g.viewer), "bookings/my_index.html")


@bp.route("/bookings/new", methods=["GET", "POST"])
@requires(P.BOOKING_MAKE)
def new() -> Any:
    """Book in two steps."""
    entitlement = booking_steps.entitlement_named(request.args.get("entitlement", ""))
    copied = booking_steps.earlier(request.args.get("from", ""))
    customer = _customer(entitlement, copied)
    if customer is None:
        return page("bookings/my_customer.html", found=customers_that_book(g.viewer))
    return booking_steps.run("my", customer, entitlement, copied)


@bp.get("/bookings/<int:booking_id>")
@requires(P.BOOKING_SEE)
def show(booking_id: int) -> Any:
    """One booking."""
    booking = fetch(Booking, booking_id, options=queries.WITH_LINES)
    return page("bookings/my_show.html", **context("my", booking))


@bp.post("/bookings/<int:booking_id>/cancel")
@requires(P.BOOKING_MAKE)
def cancel(booking_id: int) -> Response:
    """Take it back while it waits."""
    verb = partial(actions.cancel, fetch(Booking, booking_id), g.viewer, clock.now())
    said = _("Cancelled. What it held is free again.")
    return done(url_for(".show", booking_id=booking_id), said, verb)


def _customer(entitlement: Any, copied: Booking | None) -> Customer | None:
    """For whom: said outright, by what is booked, or the only customer that this person acts for."""
    wanted = booking_steps.customer_named()
    if wanted is not None:
        return load(Customer, wanted, g.viewer, P.BOOKING_MAKE)
    if copied is not None:
        return copied.customer
    if entitlement is not None:
        customer: Customer = entitlement.customer
        return customer
    known = customers_that_book(g.viewer)
    if not known:
        raise NotFound()
    return known[0] if len(known) == 1 else None
