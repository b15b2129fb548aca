"""The staff's door of calls, and what every view behind it needs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from flask import Response, current_app, flash, g, redirect, request, url_for

from portal.access.gate import load
from portal.access.permissions import Permission as P
from portal.customers.models import Customer
from portal.customers.queries import matching
from portal.kernel.errors import Invalid, NotAllowedNow, PortalError
from portal.service_requests.models import ServiceRequest
from portal.web import doors
from portal.web.words import say

bp = doors.desk("calls", "portal.calls.views.desk")
FOUND = 12
LONGEST_ID = 9


def number_in(name: str) -> int | None:
    """The id that the address or form gives under `name`; None for what is none."""
    text = request.values.get(name, "")
    short = text.isascii() and text.isdecimal() and len(text) <= LONGEST_ID
    return int(text) if short and int(text) else None


def typed(name: str, longest: int) -> str:
    """Words in the address or form."""
    return request.values.get(name, "").strip()[:longest]


def asked_customer() -> Customer | None:
    """The customer that `customer` names; NotFound for one out of reach."""
    wanted = number_in("customer")
    return None if wanted is None else load(Customer, wanted, g.viewer, P.CUSTOMER_SEE)


def asked_request() -> ServiceRequest | None:
    """The request that `request` names; NotFound for one out of reach."""
    wanted = number_in("request")
    return None if wanted is None else load(ServiceRequest, wanted, g.viewer, P.CALL_SEE)


def sought_customers() -> tuple[str, Sequence[Customer]]:
    """What was typed to find a customer, and those found."""
    words = typed("q", 80)
    return words, matching(words, g.viewer, FOUND) if words else []


def zone() -> ZoneInfo:
    """The firm's zone."""
    return ZoneInfo(current_app.config["TIMEZONE"])


def instant(on: date | None, at: time | None, otherwise: datetime) -> datetime:
    """A day and a time of the firm's clock as an instant."""
    if on is None:
        return otherwise
    return datetime.combine(on, at or time(), zone())


def local(at: datetime) -> datetime:
    """An instant on the firm's clock."""
    return at.astimezone(zone())


def page_of(endpoint: str, permission: P, **values: Any) -> str | None:
    """A page of another room; None while that room is closed or not this viewer's."""
    if endpoint not in current_app.view_functions or not g.viewer.may(permission):
        return None
    return url_for(endpoint, **values)


def to(endpoint: str, **values: Any) -> Response:
    """After a form: there."""
    return redirect(url_for(endpoint, **values), 303)  # type: ignore[return-value]


def done(there: Response, said: str, verb: Callable[[], Any]) -> Response:
    """One step from a button: done and said, or refused with the reason; to the page either way."""
    try:
        verb()
    except (Invalid, NotAllowedNow) as error:
        flash(_reason(error), "error")
        there.headers["X-Refused"] = "1"
        return there
    flash(said, "success")
    return there


def _reason(error: PortalError) -> str:
    return say(error.text)
