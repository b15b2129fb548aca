"""Renewals: whose contract ends soon, and the successor that follows on."""

from __future__ import annotations

from typing import Any

from flask import flash, g, redirect, url_for
from flask_babel import gettext as _

from portal.access.guards import fetch, requires
from portal.access.permissions import Permission as P
from portal.contracts.actions import renewing
from portal.contracts.models import Contract
from portal.contracts.queries.renewals import LONGEST_NOTICE, ending
from portal.contracts.views.renewal_list import RENEWALS
from portal.kernel import clock
from portal.web.doors import desk
from portal.web.listing import list_page

bp = desk("renewals", __name__)


@bp.get("/contracts/renewals")
@requires(P.CONTRACT_SEE)
def index() -> Any:
    """Contracts in force that end soon and have no successor, soonest first."""
    statement = ending(g.viewer, clock.today(), LONGEST_NOTICE)
    return list_page(RENEWALS, statement, "contracts/renewals.html")


@bp.post("/contracts/<int:contract_id>/renew")
@requires(P.CONTRACT_EDIT)
def renew(contract_id: int) -> Any:
    """Draft the successor; where it was drafted already, go there."""
    contract = fetch(Contract, contract_id, lock=True)
    successor = renewing.renew(contract, g.viewer, clock.now())
    flash(
        _("%(number)s follows on. Check its prices and days.", number=successor.number), "success"
    )
    return redirect(url_for("desk_contracts.show", contract_id=successor.id))
