"""The customers' door to what they bought: how much, how much is left, until when, and every entry behind it."""

from __future__ import annotations

from typing import Any

from flask import g

from portal.access.guards import fetch, requires
from portal.access.permissions import Permission as P
from portal.contracts.models import Entitlement
from portal.contracts.queries import entitlements as queries
from portal.contracts.views.entitlement_list import MY, narrowed, spec_here
from portal.contracts.views.entitlement_page import LEDGER, WITH_CHAIN, context
from portal.contracts.views.entitlement_words import reaches_branches, shown
from portal.web.doors import my
from portal.web.listing import list_page

bp = my("entitlements", __name__)


@bp.get("/entitlements")
@requires(P.ENTITLEMENT_SEE)
def index() -> Any:
    """What is in force as cards; what is to come and what is over behind a choice."""
    return list_page(
        spec_here(MY),
        narrowed(queries.entitlement_list(g.viewer)),
        "entitlements/my_index.html",
        beside=lambda pairs: {"cards": shown(pairs), "names_branch": reaches_branches()},
    )


@bp.get("/entitlements/<int:entitlement_id>")
@requires(P.ENTITLEMENT_SEE)
def show(entitlement_id: int) -> Any:
    """One of them with its figures, its price, and every entry behind it."""
    row = fetch(Entitlement, entitlement_id, options=WITH_CHAIN)
    entries = queries.entries(row, g.viewer)
    return list_page(LEDGER, entries, "entitlements/my_show.html", **context(row))
