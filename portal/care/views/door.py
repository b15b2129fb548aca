"""The doors of customer care, and what every view behind them needs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import g
from flask_babel import gettext as _

from portal.access.gate import load
from portal.access.permissions import Permission as P
from portal.customers.models import Customer
from portal.customers.queries import contacts, sites
from portal.customers.queries.finding import matching
from portal.db.base import db
from portal.opportunities.queries.words import competitors
from portal.web import doors
from portal.web.stepping import number_in, typed
from portal.web.words import name_of

HERE = "portal.care.views.desk"
visits_door = doors.desk("visits", HERE)
notes_door = doors.desk("watch_notes", HERE)
assets_door = doors.desk("assets", HERE)
market_door = doors.desk("market", HERE)
my_assets_door = doors.my("assets", "portal.care.views.my")
FOUND = 12
Choices = list[tuple[str, str]]


def asked_customer(permission: P) -> Customer | None:
    """The customer that `customer` names; NotFound for one out of reach."""
    wanted = number_in("customer")
    return None if wanted is None else load(Customer, wanted, g.viewer, permission)


def whom() -> dict[str, Any]:
    """What templates/care/_whom.html finds customers with."""
    words = typed("q", 80)
    sought: Sequence[Customer] = matching(words, g.viewer, FOUND) if words else []
    return {"words": words, "sought": sought}


def contact_choices(customer: Customer) -> Choices:
    """The customer's people."""
    known = contacts(customer.id, g.viewer)
    return [("", _("Nobody in particular")), *((str(row.id), row.name) for row in known)]


def site_choices(customer: Customer) -> Choices:
    """The customer's places."""
    known = sites(customer.id, g.viewer)
    return [("", _("None of them")), *((str(row.id), row.name) for row in known)]


def competitor_choices(kept: int | None = None) -> Choices:
    """The competitors that the firm knows; one that stands there already too."""
    rows = list(db.session.scalars(competitors(all_=True)))
    shown = [row for row in rows if row.active or row.id == kept]
    return [("", _("None")), *((str(row.id), name_of(row)) for row in shown)]
