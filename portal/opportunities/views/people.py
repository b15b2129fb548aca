"""The contact tree 联系人树: who reports to whom at a customer, drawn on its page and on an opportunity's (O12)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import g

from portal.access.scope import past_the_walls
from portal.customers.models import Contact
from portal.customers.queries import contacts
from portal.customers.rules.kinds import ATTITUDES, INFLUENCES
from portal.opportunities.models import Opportunity
from portal.opportunities.rules.tree import Branch, tree


def tree_of(row: Opportunity) -> dict[str, Any]:
    """What customers/_contact_tree.html draws about an opportunity's customer; its own contact is marked."""
    with past_the_walls():
        people = contacts(row.customer_id, g.viewer)
    return {
        "branches": drawn(people),
        "marked": row.contact_id,
        "influences": INFLUENCES,
        "attitudes": ATTITUDES,
    }


def drawn(people: Sequence[Contact]) -> tuple[Branch[Contact], ...]:
    """The tree of those who are still there."""
    here = [each for each in people if each.active and each.left_on is None]
    return tree(here, lambda each: each.id, lambda each: each.reports_to_id)
