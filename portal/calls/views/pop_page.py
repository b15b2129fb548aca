"""What stands on the screen when the telephone rings: who it may be, and how things stand with that customer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import g, url_for
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal.access.permissions import Permission as P
from portal.access.scope import visible
from portal.access.viewer import Viewer
from portal.billing.rules.parties import party_of
from portal.calls.labels import DIRECTIONS
from portal.calls.models import Call
from portal.calls.queries import calls as queries
from portal.calls.queries.callers import Caller, Candidate, caller
from portal.calls.views.desk_door import asked_customer, sought_customers
from portal.contracts.models import Entitlement
from portal.contracts.queries import entitlements
from portal.customers.models import Customer
from portal.customers.queries import contacts, team
from portal.db.base import db
from portal.kernel import clock
from portal.kernel.units import unit_word
from portal.receivables.standing_labels import Credit, credit_of
from portal.rooms import offered
from portal.service_requests.labels import REQUESTS, SEVERITIES
from portal.service_requests.models import ServiceRequest
from portal.shipments.labels import SHIPMENTS
from portal.shipments.models import Shipment
from portal.shipments.queries.shipments import shipments
from portal.web.stepping import page_of, typed

SHOWN = 5


@dataclass(frozen=True, slots=True)
class Holding:
    """One entitlement in force with its unit in words."""

    entitlement: Entitlement
    unit: Any
    url: str | None


def context() -> dict[str, Any]:
    """Everything on the screen for the number and the customer that the address names."""
    viewer, now = g.viewer, clock.now()
    found = caller(typed("number", 40), viewer, clock.today())
    words, sought = sought_customers()
    customer = asked_customer() or _only(found)
    shown: dict[str, Any] = {
        "found": found,
        "number": found.phone.shown if found.phone else found.number,
        "words": words,
        "sought": sought,
        "customer": customer,
        "candidate": _candidate(found, customer),
        "directions": DIRECTIONS,
        "earlier": queries.of_number(found.keys, viewer, SHOWN) if customer is None else [],
        "now": now,
        "cards": _cards(found, viewer),
    }
    return {**shown, **_standing(customer, viewer)} if customer else shown


def _cards(found: Caller, viewer: Viewer) -> list[tuple[str, Any]]:
    """What later rooms know of the number: `card(keys, viewer)` of each `views/call_pop.py`."""
    offers = ((each.TEMPLATE, each.card(found.keys, viewer)) for each in offered("call_pop"))
    return [(template, facts) for template, facts in offers if facts is not None]


def _only(found: Caller) -> Customer | None:
    """Nobody has to choose where there is one, and it is sure."""
    sure = [each for each in found.candidates if each.is_sure]
    only = sure if len(sure) == 1 else found.candidates
    return only[0].customer if len(only) == 1 else None


def _candidate(found: Caller, customer: Customer | None) -> Candidate | None:
    chosen = customer.id if customer else None
    return next((each for each in found.candidates if each.customer.id == chosen), None)


def _standing(customer: Customer, viewer: Viewer) -> dict[str, Any]:
    """How things stand with a customer; what the viewer may not see is None."""
    return {
        "contacts": contacts(customer.id, viewer),
        "team": team(customer.id),
        "holdings": _holdings(customer, viewer) if viewer.may(P.ENTITLEMENT_SEE) else None,
        "under_way": _shipments(customer, viewer) if viewer.may(P.SHIPMENT_SEE) else None,
        "open_requests": _requests(customer, viewer) if viewer.may(P.REQUEST_SEE) else None,
        "last_calls": queries.of_customer(customer.id, viewer, SHOWN),
        "to_call": queries.open_plans(customer.id, viewer),
        "credit": _credit(customer, viewer) if viewer.may(P.AGEING_SEE) else None,
        "credit_url": page_of("desk_receivables.customer", P.AGEING_SEE, customer_id=customer.id),
        "request_url": page_of("desk_requests.new", P.REQUEST_RAISE, customer=customer.id),
    }


def _holdings(customer: Customer, viewer: Viewer) -> list[Holding]:
    theirs = entitlements.entitlements(viewer).where(Entitlement.customer_id == customer.id)
    found = entitlements.in_force(theirs, clock.today()).order_by(
        Entitlement.is_unlimited, Entitlement.ends_on, Entitlement.id
    )
    return [
        Holding(row, unit_word(row.unit), url_for("desk_entitlements.show", entitlement_id=row.id))
        for row in db.session.scalars(found.limit(SHOWN))
    ]


def _shipments(customer: Customer, viewer: Viewer) -> list[tuple[Shipment, Any]]:
    theirs = shipments(viewer).where(Shipment.customer_id == customer.id)
    latest = theirs.order_by(Shipment.id.desc()).limit(SHOWN)
    return [(row, SHIPMENTS[row.state]) for row in db.session.scalars(latest)]


def _requests(customer: Customer, viewer: Viewer) -> list[tuple[ServiceRequest, Any, Any]]:
    row = ServiceRequest
    theirs = visible(select(row), row, viewer).where(
        row.customer_id == customer.id, row.is_open.is_(True)
    )
    ordered = theirs.options(joinedload(row.customer)).order_by(row.rank, row.received_at, row.id)
    return [
        (each, REQUESTS[each.state], SEVERITIES[each.severity])
        for each in db.session.scalars(ordered.limit(SHOWN))
    ]


def _credit(customer: Customer, viewer: Viewer) -> Credit:
    return credit_of(party_of(customer), clock.today(), viewer)


def pop_url(call: Call) -> str | None:
    """The screen for the number of a call."""
    if not call.number:
        return None
    return url_for("desk_calls.pop", number=call.number, customer=call.customer_id)
