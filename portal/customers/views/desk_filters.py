"""A person's own filters of the desk's list of customers: saved under a name, removed."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, g, redirect, request, url_for
from flask_babel import gettext as _

from portal.access.guards import requires
from portal.access.permissions import Permission as P
from portal.customers.views import door
from portal.customers.views.lists import CUSTOMERS
from portal.kernel import clock
from portal.kernel.errors import Invalid, NotAllowedNow
from portal.service_requests.actions import filters
from portal.service_requests.shelf import Shelf
from portal.web.flask_app import refuse
from portal.web.words import say

bp = door.desk


def _address(named: dict[str, Any]) -> str:
    return url_for("desk_customers.index", **named)


KEPT = frozenset({"q", "sort", *(each.key for each in CUSTOMERS.filters)})
SHELF = Shelf("desk_customers", KEPT, _address)


def shown() -> dict[str, Any]:
    """What the list's page needs: the saved filters, and those of the page as they would be saved."""
    query = SHELF.shown()
    return {"shortcuts": SHELF.shortcuts(query), "query": query}


@bp.post("/customers/filters")
@requires(P.CUSTOMER_SEE)
def save_filter() -> Any:
    """Keep the filters of the list under a name."""
    query = request.form.get("query", "")
    there = redirect(SHELF.address(query), 303)
    try:
        SHELF.save(request.form.get("name", ""), query, clock.now())
    except (Invalid, NotAllowedNow) as error:
        flash(say(error.text), "error")
        return refuse(there)  # type: ignore[arg-type]
    flash(_("Saved. It stands above the list."), "success")
    return there


@bp.post("/customers/filters/<int:filter_id>/remove")
@requires(P.CUSTOMER_SEE)
def remove_filter(filter_id: int) -> Response:
    """Take one off."""
    filters.remove(filter_id, g.viewer)
    return redirect(url_for(".index"), 303)  # type: ignore[return-value]
