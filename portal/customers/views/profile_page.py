"""What the page of one customer shows, read once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import current_app, url_for

from portal.access.permissions import Permission
from portal.access.viewer import Viewer
from portal.customers import queries
from portal.customers.models import Customer
from portal.customers.rules.kinds import CustomerKind, Part
from portal.customers.views import cards, chain_parts, words
from portal.customers.views.member_states import drawn_members
from portal.db.base import db
from portal.kernel import clock
from portal.quotations import queries as quotations
from portal.quotations.labels import label_of
from portal.quotations.models import Quotation
from portal.web.labels import Label

HISTORY_SHOWN = 8
QUOTATIONS_SHOWN = 5


def context(customer: Customer, viewer: Viewer) -> dict[str, Any]:
    """Everything for `customers/show.html`; what the viewer may not see is not read."""
    team = queries.team(customer.id)
    may_see_members = viewer.may(Permission.MEMBER_SEE)
    happenings = [words.happening(e) for e in queries.history(customer, viewer, HISTORY_SHOWN)]
    return {
        "customer": customer,
        "group": queries.group_of(customer, viewer),
        "branches": _branches(customer, viewer),
        "contacts": queries.contacts(customer.id, viewer),
        "sites": queries.sites(customer.id, viewer),
        "owner": next((member for member in team if member.part == Part.OWNER), None),
        "team": [member for member in team if member.part != Part.OWNER],
        "members": drawn_members(queries.members(viewer, customer.id)) if may_see_members else None,
        "quotations": _quotations(customer, viewer),
        "new_quotation_url": _new_quotation_url(customer, viewer),
        **chain_parts.parts(customer, viewer),
        "happenings": happenings,
        "in_words": words.in_words,
        "cards": cards.at_once(customer, viewer),
        "drawn_card": cards.drawn,
    }


def more(customer: Customer, viewer: Viewer) -> dict[str, Any]:
    """What `customers/_more.html` shows: the cards that the first page leaves to a second question."""
    return {"cards": cards.afterwards(customer, viewer), "drawn_card": cards.drawn}


def _branches(customer: Customer, viewer: Viewer) -> list[Customer] | None:
    """A group's branches; None for a customer that has none by its kind."""
    return queries.branches(customer, viewer) if customer.kind == CustomerKind.GROUP else None


@dataclass(frozen=True, slots=True)
class DrawnQuotation:
    """One quotation with its chip and its page."""

    quotation: Quotation
    state: Label
    url: str | None


def _quotations(customer: Customer, viewer: Viewer) -> list[DrawnQuotation] | None:
    """The latest quotations; None for a viewer who sees none at all."""
    if not viewer.may(Permission.QUOTATION_SEE):
        return None
    theirs = quotations.quotations(viewer).where(Quotation.customer_id == customer.id)
    latest = theirs.order_by(Quotation.updated_at.desc(), Quotation.id.desc())
    today = clock.today()
    rows = db.session.scalars(latest.limit(QUOTATIONS_SHOWN))
    return [
        DrawnQuotation(
            row, label_of(row, today), address("desk_quotations.show", quotation_id=row.id)
        )
        for row in rows
    ]


def _new_quotation_url(customer: Customer, viewer: Viewer) -> str | None:
    may = customer.active and viewer.may(Permission.QUOTATION_EDIT)
    return address("desk_quotations.new", customer_id=customer.id) if may else None


def address(endpoint: str, **values: Any) -> str | None:
    """The address of a page of a later room; None while that room is closed."""
    return url_for(endpoint, **values) if endpoint in current_app.view_functions else None
