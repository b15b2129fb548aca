"""Staff's door to the entitlements: all of them, each with its ledger, and adjusting one by hand."""

from __future__ import annotations

import secrets
from decimal import Decimal
from typing import Any

from flask import flash, g, redirect, url_for
from flask_babel import gettext as _

from portal.access.guards import fetch, requires
from portal.access.permissions import Permission as P
from portal.contracts.actions import ledger
from portal.contracts.actions.ledger import Exhausted, Source
from portal.contracts.forms.entitlements import AdjustForm
from portal.contracts.models import Entitlement, LedgerEntry
from portal.contracts.queries import entitlements as queries
from portal.contracts.views.entitlement_list import DESK, narrowed, spec_here
from portal.contracts.views.entitlement_page import LEDGER, WITH_CHAIN, context
from portal.kernel import clock
from portal.kernel.errors import Invalid
from portal.service_requests.desk_card import card
from portal.web.doors import desk
from portal.web.forms import attempted, form_page
from portal.web.listing import list_page

bp = desk("entitlements", __name__)


@bp.get("/entitlements")
@requires(P.ENTITLEMENT_SEE)
def index() -> Any:
    """Every entitlement that one may see, those in force first."""
    statement = narrowed(queries.entitlement_list(g.viewer))
    return list_page(spec_here(DESK), statement, "entitlements/desk_index.html")


@bp.get("/entitlements/<int:entitlement_id>")
@requires(P.ENTITLEMENT_SEE)
def show(entitlement_id: int) -> Any:
    """One entitlement with its figures, its price, and every entry behind it."""
    row = fetch(Entitlement, entitlement_id, options=WITH_CHAIN)
    entries = queries.entries(row, g.viewer)
    return list_page(
        LEDGER,
        entries,
        "entitlements/desk_show.html",
        **context(row),
        **card("entitlement", row.id, g.viewer),
    )


@bp.route("/entitlements/<int:entitlement_id>/adjust", methods=["GET", "POST"])
@requires(P.ENTITLEMENT_ADJUST)
def adjust(entitlement_id: int) -> Any:
    """Grant more, or take away what is left, with a reason that the customer reads."""
    row = fetch(Entitlement, entitlement_id, options=WITH_CHAIN)
    form = AdjustForm(token=secrets.token_hex(8))
    if form.validate_on_submit() and attempted(form, lambda: _adjusted(row, form)) is not None:
        flash(_("The entitlement was adjusted."), "success")
        return redirect(url_for(".show", entitlement_id=row.id))
    return form_page("entitlements/adjust.html", form, **context(row))


def _adjusted(row: Entitlement, form: AdjustForm) -> LedgerEntry:
    """The entry; what cannot be taken away is told at its field."""
    key = f"adjust:{row.id}:{form.token.data}"
    change, source = form.change.data or Decimal(0), Source("staff", g.viewer.user_id)
    try:
        return ledger.adjust(row, change, form.reason.data, source, key, g.viewer, clock.now())
    except Exhausted as refused:
        raise Invalid(refused.text, "change") from refused
