"""What the page of one customer shows, read once: twelve questions at most, whatever the customer has (K1)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import current_app, url_for

from portal.access.permissions import Permission as P
from portal.access.viewer import Viewer
from portal.billing.rules.parties import party_of
from portal.contracts.models import Entitlement
from portal.contracts.queries import entitlements
from portal.customers import queries
from portal.customers.models import Contact, Customer
from portal.customers.rules.kinds import ATTITUDES, INFLUENCES, CustomerKind, Part
from portal.customers.views import cards, papers, spending, timeline, waiting, words
from portal.customers.views.member_states import drawn_members
from portal.db.base import db
from portal.insights.labels import ABCS, STATES, STRUCTURE_LABELS, TIERS
from portal.kernel import clock
from portal.kernel.text import Text
from portal.kernel.units import unit_word
from portal.opportunities.rules.tree import tree
from portal.receivables.standing_labels import credit_of
from portal.web.labels import Label

HISTORY_SHOWN = 8
ENTITLEMENTS_SHOWN = 5
NEW: dict[str, tuple[str, str, P]] = {
    "contract": ("desk_contracts.new", "customer", P.CONTRACT_EDIT),
    "quotation": ("desk_quotations.new", "customer_id", P.QUOTATION_EDIT),
    "request": ("desk_requests.new", "customer", P.REQUEST_RAISE),
}
"""Where a new paper is begun: page, its argument that names the customer, and who may."""


def context(customer: Customer, viewer: Viewer) -> dict[str, Any]:
    """Everything for `customers/show.html`; what the viewer may not see is not read."""
    today = clock.today()
    return {
        "customer": customer,
        "group": customer.parent,
        "classes": _classes(customer),
        **_our_people(customer),
        **_their_people(customer, viewer),
        **_credit(customer, viewer),
        "waiting": waiting.open_ones(customer, viewer),
        "papers": papers.latest(customer.id, viewer),
        "begin": _begin(customer, viewer),
        "entitlements": _entitlements(customer, viewer),
        "year": spending.last_year(customer.id, viewer, today),
        "happenings": timeline.latest(customer, viewer, HISTORY_SHOWN),
        "cards": cards.at_once(customer, viewer),
        **_drawing(),
    }


def _our_people(customer: Customer) -> dict[str, Any]:
    team = queries.team(customer.id)
    return {
        "owner": next((member for member in team if member.part == Part.OWNER), None),
        "team": [member for member in team if member.part != Part.OWNER],
    }


def _their_people(customer: Customer, viewer: Viewer) -> dict[str, Any]:
    contacts = queries.contacts(customer.id, viewer)
    return {"contacts": contacts, "people": _tree(contacts)}


def _credit(customer: Customer, viewer: Viewer) -> dict[str, Any]:
    """That nothing may be ordered is for everybody, the figures for those who see what is owed."""
    found = credit_of(party_of(customer), clock.today(), viewer)
    return {
        "standing": found.label if found.is_held or found.is_blacklisted else None,
        "credit": found if viewer.may(P.AGEING_SEE) else None,
        "credit_url": url_for("desk_receivables.customer", customer_id=customer.id),
    }


def _classes(customer: Customer) -> list[Label]:
    """Tier, state, ABC class and structure, as far as they are known."""
    found = [TIERS[customer.segment], STATES[customer.state]]
    found += [ABCS[customer.abc]] if customer.abc else []
    return found + ([STRUCTURE_LABELS[customer.structure]] if customer.structure else [])


def _tree(contacts: Sequence[Contact]) -> dict[str, Any] | None:
    """What customers/_contact_tree.html draws; None while nobody is known to report to anybody."""
    if not any(each.reports_to_id for each in contacts):
        return None
    branches = tree(contacts, lambda each: each.id, lambda each: each.reports_to_id)
    return {
        "branches": branches,
        "marked": None,
        "influences": INFLUENCES,
        "attitudes": ATTITUDES,
    }


def more(customer: Customer, viewer: Viewer) -> dict[str, Any]:
    """What `customers/_more.html` shows: places, users, branches, and the cards left to this second question."""
    is_group = customer.kind == CustomerKind.GROUP
    may_see_members = viewer.may(P.MEMBER_SEE)
    return {
        "sites": queries.sites(customer.id, viewer),
        "branches": queries.branches(customer, viewer) if is_group else None,
        "members": drawn_members(queries.members(viewer, customer.id)) if may_see_members else None,
        "cards": cards.afterwards(customer, viewer),
        **_drawing(),
    }


def _drawing() -> dict[str, Any]:
    """What both parts are drawn with."""
    macros = cards.macros(current_app.jinja_env)
    return {**macros, "drawn_card": cards.drawn, "in_words": words.in_words}


@dataclass(frozen=True, slots=True)
class DrawnEntitlement:
    """One entitlement in force with its unit in words and its page."""

    entitlement: Entitlement
    unit: Text
    url: str


def _entitlements(customer: Customer, viewer: Viewer) -> list[DrawnEntitlement]:
    if not viewer.may(P.ENTITLEMENT_SEE):
        return []
    theirs = entitlements.entitlements(viewer).where(Entitlement.customer_id == customer.id)
    found = entitlements.in_force(theirs, clock.today()).order_by(
        Entitlement.is_unlimited, Entitlement.ends_on, Entitlement.id
    )
    return [
        DrawnEntitlement(
            row, unit_word(row.unit), url_for("desk_entitlements.show", entitlement_id=row.id)
        )
        for row in db.session.scalars(found.limit(ENTITLEMENTS_SHOWN))
    ]


def _begin(customer: Customer, viewer: Viewer) -> dict[str, str]:
    """The pages where a new paper for this customer is begun, by kind, as far as the viewer may."""
    if not customer.active:
        return {}
    return {
        kind: _at(endpoint, argument, customer.id)
        for kind, (endpoint, argument, right) in NEW.items()
        if viewer.may(right) and endpoint in current_app.view_functions
    }


def _at(endpoint: str, argument: str, customer_id: int) -> str:
    values: dict[str, Any] = {argument: customer_id}
    return url_for(endpoint, **values)
