"""What is open with a customer, counted room by room in one question, for the head of its page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from flask import url_for
from flask_babel import ngettext
from sqlalchemy import ScalarSelect, Select, bindparam, func, select

from portal.access.permissions import Permission as P
from portal.access.scope import visible
from portal.access.viewer import Viewer
from portal.billing.models import Dispute, Statement
from portal.billing.rules.states import DisputeState, StatementState
from portal.claims.models import Claim
from portal.claims.rules.states import OPEN as OPEN_CLAIMS
from portal.customers.models import Customer
from portal.db.base import db
from portal.opportunities.models import Opportunity
from portal.opportunities.rules.states import OpportunityState
from portal.quotations.models import Quotation
from portal.quotations.rules.states import QuotationState
from portal.service_requests.models import ServiceRequest
from portal.shipments.models import Shipment
from portal.shipments.rules.states import ShipmentState

KEPT = 256


@dataclass(frozen=True, slots=True)
class Open:
    """How many of one kind are open, in words, and where they are."""

    words: str
    icon: str
    url: str


@dataclass(frozen=True, slots=True)
class _Kind:
    permission: P
    model: type[Any]
    is_open: Any
    icon: str
    anchor: str = "more"


KINDS: Mapping[str, _Kind] = {
    "request": _Kind(
        P.REQUEST_SEE, ServiceRequest, ServiceRequest.is_open.is_(True), "chat-left-text", "requests"
    ),
    "claim": _Kind(
        P.CLAIM_SEE, Claim, Claim.state.in_(sorted(OPEN_CLAIMS)), "shield-exclamation", "requests"
    ),
    "opportunity": _Kind(
        P.OPPORTUNITY_SEE, Opportunity, Opportunity.state == OpportunityState.OPEN, "bullseye"
    ),
    "quotation": _Kind(
        P.QUOTATION_SEE, Quotation, Quotation.state == QuotationState.ISSUED, "file-earmark-text",
        "agreed",
    ),
    "shipment": _Kind(
        P.SHIPMENT_SEE, Shipment, Shipment.state == ShipmentState.UNDER_WAY, "truck", "agreed"
    ),
    "statement": _Kind(
        P.STATEMENT_SEE, Statement, Statement.state == StatementState.PUBLISHED, "receipt", "bills"
    ),
    "dispute": _Kind(
        P.DISPUTE_SEE, Dispute,
        Dispute.state.in_((DisputeState.OPEN, DisputeState.PENDING_APPROVAL)), "chat-square-dots",
        "bills",
    ),
}  # fmt: skip


def open_ones(customer: Customer, viewer: Viewer) -> list[Open]:
    """What is open, of every kind that the viewer may see and that there is any of; one question."""
    kinds = _kinds(viewer)
    if not kinds:
        return []
    counts = db.session.execute(_statement(viewer), {"customer": customer.id}).one()
    return [
        Open(_words(name, count), kind.icon, _url(name, kind, customer))
        for (name, kind), count in zip(kinds.items(), counts, strict=True)
        if count
    ]


def _kinds(viewer: Viewer) -> dict[str, _Kind]:
    return {name: kind for name, kind in KINDS.items() if viewer.may(kind.permission)}


@lru_cache(KEPT)
def _statement(viewer: Viewer) -> Select[Any]:
    """The question, put together once for each viewer."""
    return select(*(_count(kind, viewer) for kind in _kinds(viewer).values()))


def _count(kind: _Kind, viewer: Viewer) -> ScalarSelect[Any]:
    theirs = visible(select(func.count(kind.model.id)), kind.model, viewer)
    return theirs.where(
        kind.model.customer_id == bindparam("customer"), kind.is_open
    ).scalar_subquery()


def _words(name: str, count: int) -> str:
    """The count with its noun."""
    return {
        "request": lambda: ngettext("%(num)s open request", "%(num)s open requests", count),
        "claim": lambda: ngettext("%(num)s open claim", "%(num)s open claims", count),
        "opportunity": lambda: ngettext(
            "%(num)s open opportunity", "%(num)s open opportunities", count
        ),
        "quotation": lambda: ngettext(
            "%(num)s quotation to be answered", "%(num)s quotations to be answered", count
        ),
        "shipment": lambda: ngettext(
            "%(num)s shipment under way", "%(num)s shipments under way", count
        ),
        "statement": lambda: ngettext(
            "%(num)s statement to be confirmed", "%(num)s statements to be confirmed", count
        ),
        "dispute": lambda: ngettext("%(num)s open dispute", "%(num)s open disputes", count),
    }[name]()


def _url(name: str, kind: _Kind, customer: Customer) -> str:
    if name == "request":
        return url_for("desk_requests.queue", queue="open", customer=customer.id)
    if name in ("statement", "dispute"):
        return url_for(f"desk_{name}s.index", customer=customer.id)
    return url_for("desk_customers.show", customer_id=customer.id, _anchor=kind.anchor)
