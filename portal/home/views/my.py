"""The customers' first page."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import current_app, g, render_template

from portal.access.guards import signed_in
from portal.access.permissions import Permission
from portal.customers.queries import team
from portal.home import bills, queries
from portal.home.holdings import held, under_way
from portal.home.links import address
from portal.home.queries import Issued
from portal.home.rules import greeting
from portal.home.waiting import at_the_customers, shown_to_customer
from portal.kernel import clock
from portal.quotations.labels import label_for_customer
from portal.rooms import offered as offered_by_rooms
from portal.service_requests.queries import mine
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
    asked, offered = mine.open_ones(g.viewer), queries.offered(g.viewer, today)
    return page(
        "home/my.html",
        greeting=greeting(now.astimezone(ZoneInfo(zone)).hour),
        waiting=at_the_customers(g.viewer, now, asked, offered.to_accept),
        **_bought(today, now),
        **_billed(today),
        asked=asked,
        all_requests=_to("my_requests.index", Permission.REQUEST_SEE),
        latest=_quoted(offered.latest, today),
        all_quotations=address("my_quotations.index"),
        members=_to("my_customers.members", Permission.MEMBER_SEE),
        people=team(g.viewer.customer_id)[:2] if g.viewer.customer_id else [],
        cards=_cards(),
    )


def _quoted(latest: Sequence[Issued], today: date) -> list[tuple[Issued, Label, str | None]]:
    """Quotations with how they stand and where they are."""
    return [
        (each, label_for_customer(each.version, today), shown_to_customer(each)) for each in latest
    ]


def _cards() -> list[str]:
    """What other rooms have for this page, drawn: each with names of its own."""
    modules = sorted(offered_by_rooms("my_home_card"), key=lambda each: each.ORDER)
    found = ((each.TEMPLATE, each.card(g.viewer)) for each in modules)
    return [render_template(template, **shown) for template, shown in found if shown is not None]


def _to(endpoint: str, permission: Permission) -> str | None:
    """The address, for who may go there."""
    return address(endpoint) if g.viewer.may(permission) else None


def _billed(today: date) -> dict[str, Any]:
    """What is owed, and where the charges of this month are."""
    sees = g.viewer.may(Permission.STATEMENT_SEE)
    return {
        "owed": bills.owed(g.viewer, today),
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
