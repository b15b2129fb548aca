"""The staff's door of calls, and what every view behind it needs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any

from flask import Response, g, make_response, request

from portal.access.gate import load
from portal.access.permissions import Permission as P
from portal.customers.models import Customer
from portal.customers.queries.finding import matching
from portal.service_requests.models import ServiceRequest
from portal.web import doors
from portal.web.flask_app import refuse
from portal.web.pages import page
from portal.web.stepping import number_in, typed, zone

bp = doors.desk("calls", "portal.calls.views.desk")
FOUND = 12
LONGEST_ID = 9


def asked_customer() -> Customer | None:
    """The customer that was chosen among those found, or that `customer` names; NotFound for one out of reach."""
    wanted = number_in("choose") or number_in("customer")
    return None if wanted is None else load(Customer, wanted, g.viewer, P.CUSTOMER_SEE)


def asked_request() -> ServiceRequest | None:
    """The request that `request` names; NotFound for one out of reach."""
    wanted = number_in("request")
    return None if wanted is None else load(ServiceRequest, wanted, g.viewer, P.CALL_SEE)


def sought_customers() -> tuple[str, Sequence[Customer]]:
    """What was typed to find a customer, and those found."""
    words = "" if "choose" in request.form else typed("q", 80)
    return words, matching(words, g.viewer, FOUND) if words else []


def is_seeking() -> bool:
    """Whether the form was sent to find its customer, not yet to be kept: what was typed stands while one looks.

    New words in the search count as looking whichever button was meant: the Enter key presses the first of the form.
    """
    sent, words = request.form, request.form.get("q", "").strip()
    return "choose" in sent or "find" in sent or bool(words and words != sent.get("sought"))


def still_seeking(template: str, **context: Any) -> Response:
    """The form with what was typed and who was found; nothing is kept of the request."""
    return refuse(make_response(page(template, **context)))


def instant(on: date | None, at: time | None, otherwise: datetime) -> datetime:
    """A day and a time of the firm's clock as an instant."""
    if on is None:
        return otherwise
    return datetime.combine(on, at or time(), zone())
