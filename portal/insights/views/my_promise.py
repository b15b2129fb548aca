"""The customer's service promise: what its tier gets, how quickly we answer, whom to call."""

from __future__ import annotations

from typing import Any

from flask import g
from sqlalchemy import select

from portal.access.guards import requires
from portal.access.permissions import Permission as P
from portal.access.scope import visible
from portal.customers.models import Customer
from portal.customers.queries import team
from portal.db.base import db
from portal.insights.labels import TIERS
from portal.insights.queries.tiers import card_of
from portal.insights.views.class_page import menu_of
from portal.insights.views.index_page import promise_card
from portal.insights.views.tier_door import said
from portal.kernel.errors import NotFound
from portal.kernel.text import Text, t
from portal.service_requests.queries.targets import targets_for
from portal.service_requests.rules.clock_kinds import ClockKind, TimeUnit
from portal.service_requests.rules.clock_words import in_words
from portal.service_requests.rules.clocks import Span
from portal.service_requests.rules.kinds import SEVERITY_WORDS, Severity
from portal.service_requests.rules.targets import SEVERITIES
from portal.web import doors
from portal.web.pages import page

bp = doors.my("promise", __name__)
MINUTE = 60
LONG = 10**9
"""More seconds than any target has: hours of work are told as hours, however many."""


@bp.get("/promise")
@requires(P.PROMISE_SEE)
def index() -> Any:
    """What the customer may count on."""
    customer = _customer()
    card = card_of(customer.segment)
    return page(
        "insights/my_promise.html",
        customer=customer,
        card=card,
        label=TIERS[customer.segment],
        menu=menu_of(card) if card else [],
        targets=_targets(customer.segment),
        said=said,
        kept=promise_card([customer.id]),
        person=next((each for each in team(customer.id) if each.part == "owner"), None),
    )


def told(span: Span) -> Text:
    """So much time in words: hours of work, working days, or days as they pass."""
    if span.unit in (TimeUnit.WORKING_MINUTES, TimeUnit.NATURAL_MINUTES):
        return in_words(span.amount * MINUTE, LONG)
    if span.unit is TimeUnit.WORKING_DAYS:
        return (
            t("1 working day") if span.amount == 1 else t("%(days)s working days", days=span.amount)
        )
    return t("1 day") if span.amount == 1 else t("%(days)s days", days=span.amount)


def _targets(segment: str) -> list[tuple[Text, Text | None, Text | None]]:
    """(how bad it is, first answer, solved) for each degree."""
    found = []
    for severity in SEVERITIES:
        targets = targets_for(segment, severity)
        first, solved = targets.get(ClockKind.FIRST_REPLY), targets.get(ClockKind.RESOLVE)
        words = SEVERITY_WORDS[Severity(severity)]
        found.append(
            (words, told(first.span) if first else None, told(solved.span) if solved else None)
        )
    return found


def _customer() -> Customer:
    """The customer that the viewer acts for."""
    statement = visible(select(Customer), Customer, g.viewer)
    if g.viewer.customer_id is not None:
        statement = statement.where(Customer.id == g.viewer.customer_id)
    found = db.session.scalar(statement.order_by(Customer.id).limit(1))
    if found is None:
        raise NotFound()
    return found
