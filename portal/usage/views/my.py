"""The customers' door: what they used, in total and record by record."""

from __future__ import annotations

from typing import Any

from flask import g, request

from portal.access.guards import fetch, requires
from portal.access.permissions import Permission as P
from portal.kernel.units import unit_word
from portal.usage.models import UsageRecord
from portal.usage.queries import records as queries
from portal.usage.views.lists import MY, days_of, spec_here
from portal.usage.views.record_page import context
from portal.web.doors import my
from portal.web.filters import quantity
from portal.web.listing import list_page
from portal.web.pages import page
from portal.web.words import name_of

bp = my("usage", __name__)


@bp.get("/usage")
@requires(P.USAGE_SEE)
def index() -> Any:
    """Our usage, with the totals of the chosen month or of all time."""
    days = days_of(request.args.get("month", "")) or (None, None)
    return list_page(
        spec_here(MY), queries.usage(g.viewer), "usage/my_index.html", totals=_totals(*days)
    )


def _totals(first_on: Any, last_on: Any) -> list[dict[str, Any]]:
    return [
        {
            "name": name_of(each.item) if each.item else each.item_code,
            "records": f"{each.records:,}",
            "quantity": quantity(each.quantity),
            "unit": unit_word(each.unit),
            "over": quantity(each.over) if each.over else "",
            "pending": quantity(each.pending) if each.pending else "",
        }
        for each in queries.sums(g.viewer, first_on, last_on)
    ]


@bp.get("/usage/<int:usage_id>")
@requires(P.USAGE_SEE)
def show(usage_id: int) -> Any:
    """One record."""
    row = fetch(UsageRecord, usage_id, options=queries.WITH_CHAIN)
    return page("usage/my_show.html", **context(row))
