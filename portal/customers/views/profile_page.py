"""What the page of one customer shows, read once."""

from __future__ import annotations

from typing import Any

from portal.access.permissions import Permission
from portal.access.viewer import Viewer
from portal.customers import queries
from portal.customers.models import Customer
from portal.customers.rules.kinds import CustomerKind, Part
from portal.customers.views import words
from portal.customers.views.member_states import drawn_members

HISTORY_SHOWN = 12


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
        "happenings": happenings,
        "in_words": words.in_words,
    }


def _branches(customer: Customer, viewer: Viewer) -> list[Customer] | None:
    """A group's branches; None for a customer that has none by its kind."""
    return queries.branches(customer, viewer) if customer.kind == CustomerKind.GROUP else None
