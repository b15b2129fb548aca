"""A customer's credit rating as a proposal: points by factor, the letter, and the terms that go with it."""

from __future__ import annotations

from typing import Any

from flask import g, request

from portal.access.guards import requires
from portal.access.permissions import Permission as P
from portal.kernel import clock
from portal.kernel.errors import Invalid
from portal.receivables.queries.rating import rating_facts
from portal.receivables.rules.rating import Rated, rated
from portal.receivables.standing_labels import credit_of
from portal.receivables.views.desk_door import customer_of
from portal.receivables.views.desk_door import settlement_door as bp
from portal.web.pages import page
from portal.web.stepping import reason_of

MOST_BY_HAND = 10


@bp.get("/settlement/customers/<int:customer_id>/rating")
@requires(P.AGEING_SEE)
def rating(customer_id: int) -> Any:
    """What the books of twelve months say; the points by hand come from the address."""
    customer, today = customer_of(customer_id), clock.today()
    credit, by_hand = credit_of(customer.id, today, g.viewer), _by_hand()
    found: Rated | None = None
    missing = ""
    try:
        facts = rating_facts(customer.id, credit.currency, today, g.viewer, by_hand)
        found = rated(facts, credit.currency)
    except Invalid as error:
        missing = reason_of(error)
    shown = {"customer": customer, "credit": credit, "found": found, "by_hand": by_hand}
    return page("receivables/desk_rating.html", missing=missing, most=MOST_BY_HAND, **shown)


def _by_hand() -> int:
    typed = request.args.get("by_hand", "")
    return min(int(typed), MOST_BY_HAND) if typed.isdecimal() and len(typed) < 4 else 0
