"""The desk's first page, and the search over everything."""

from __future__ import annotations

from typing import Any

from flask import current_app, g, redirect, request

from portal.access.guards import signed_in
from portal.access.permissions import Permission
from portal.catalogue.queries.places import firm_places
from portal.catalogue.rules.lanes import parse_lane
from portal.customers.queries.finding import matching
from portal.db.base import db
from portal.home import first_page
from portal.home.finding import found_along_the_chain
from portal.home.links import address, steps
from portal.home.rules import in_order
from portal.kernel import clock
from portal.quotations import queries as quotation_queries
from portal.quotations.labels import label_of
from portal.quotations.models import Quotation
from portal.web.doors import desk
from portal.web.pages import page

bp = desk("home", __name__)
FOUND = 10


@bp.get("/")
@signed_in
def index() -> Any:
    """What waits for this member of staff."""
    now = clock.now()
    today = clock.today(current_app.config["TIMEZONE"])
    found = first_page.asked_once(g.viewer, today, now)
    return page(
        "home/desk.html",
        waiting=in_order(found.waiting),
        drafts=[(each, label_of(each, today), _shown(each.id)) for each in found.drafts],
        latest=[(each, label_of(each, today), _shown(each.id)) for each in found.latest],
        all_quotations=address("desk_quotations.index"),
        customers=[(each, _customer(each.id)) for each in found.customers],
        unwell=first_page.unwell() if g.viewer.may(Permission.HEALTH_SEE) else 0,
        steps=steps(),
        cards=found.cards,
    )


@bp.get("/search")
@signed_in
def search() -> Any:
    """Everything found by the words; a quotation's whole number leads straight to it."""
    words = request.args.get("q", "").strip()[:100]
    today = clock.today(current_app.config["TIMEZONE"])
    found = _quotations(words) if g.viewer.may(Permission.QUOTATION_SEE) and words else []
    if len(found) == 1 and found[0].number == words.upper() and (url := _shown(found[0].id)):
        return redirect(url)
    return page(
        "home/search.html",
        words=words,
        lane=_lane(words),
        quotations=[(each, label_of(each, today), _shown(each.id)) for each in found],
        chain=found_along_the_chain(words, g.viewer) if words else [],
        customers=[
            (each, _customer(each.id)) for each in (matching(words, g.viewer) if words else [])
        ],
    )


def _quotations(words: str) -> list[Any]:
    statement = quotation_queries.search(quotation_queries.quotations(g.viewer), words)
    newest = Quotation.updated_at.desc()
    return list(db.session.scalars(statement.order_by(newest).limit(FOUND)))


def _lane(words: str) -> tuple[Any, Any, str] | None:
    """Both ends and the address of the prices, where the words name a lane and the viewer may quote."""
    if not g.viewer.may(Permission.QUOTATION_EDIT):
        return None
    read = parse_lane(words, firm_places())
    url = address("desk_quotations.lanes", q=words)
    return (
        (read.origin, read.destination, url) if read.origin and read.destination and url else None
    )


def _shown(quotation_id: int) -> str | None:
    return address("desk_quotations.show", quotation_id=quotation_id)


def _customer(customer_id: int) -> str | None:
    return address("desk_customers.show", customer_id=customer_id)
