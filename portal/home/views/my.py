"""The customers' first page."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import current_app, g, render_template

from portal.access.guards import signed_in
from portal.access.permissions import Permission
from portal.home import my_page, request_waiting
from portal.home.bills import Owed
from portal.home.holdings import held, under_way
from portal.home.links import address
from portal.home.queries import Issued
from portal.home.rules import greeting
from portal.home.waiting import shown_to_customer
from portal.kernel import clock
from portal.quotations.labels import label_for_customer
from portal.shipments.labels import LATE, SHIPMENTS
from portal.web.doors import my
from portal.web.labels import Label
from portal.web.pages import page

bp = my("home", __name__)


@bp.get("/")
@signed_in
def index() -> Any:
    """What waits for this customer, what is left of what they bought, what is under way."""
    now, zone = clock.now(), current_app.config["TIMEZONE"]
    today = clock.business_day(now, zone)
    found = my_page.asked_once(g.viewer, today, now)
    return page(
        "home/my.html",
        greeting=greeting(now.astimezone(ZoneInfo(zone)).hour),
        waiting=[*request_waiting.at_the_customers(g.viewer, found.requests), *found.waiting],
        **_bought(today, now),
        **_billed(found.owed),
        asked=found.requests,
        all_requests=_to("my_requests.index", Permission.REQUEST_SEE),
        latest=_quoted(found.latest, today),
        all_quotations=address("my_quotations.index"),
        members=_to("my_customers.members", Permission.MEMBER_SEE),
        people=found.team[:2],
        cards=[render_template(template, **shown) for template, shown in found.cards],
    )


def _quoted(latest: Sequence[Issued], today: date) -> list[tuple[Issued, Label, str | None]]:
    """Quotations with how they stand and where they are."""
    return [(each, label_for_customer(each, today), shown_to_customer(each.id)) for each in latest]


def _to(endpoint: str, permission: Permission) -> str | None:
    """The address, for who may go there."""
    return address(endpoint) if g.viewer.may(permission) else None


def _billed(owed: Sequence[Owed]) -> dict[str, Any]:
    """What is owed, and where the charges of this month are."""
    sees = g.viewer.may(Permission.STATEMENT_SEE)
    return {
        "owed": owed,
        "all_statements": address("my_statements.index") if sees else None,
        "running": address("my_statements.running_sum") if sees else None,
    }


def _bought(today: date, now: datetime) -> dict[str, Any]:
    """What is left, and what is under way."""
    return {
        "holdings": held(g.viewer, today),
        "all_entitlements": address("my_entitlements.index"),
        "under_way": under_way(g.viewer, now),
        "all_shipments": address("my_shipments.index"),
        "states": SHIPMENTS,
        "late": LATE,
    }
