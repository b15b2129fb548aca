"""The portal with one door more: `POST /draw/<entitlement>?key=…` draws 1, as usage and shipments do in their pages."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from flask import request

from portal import create_app
from portal.access.guards import public
from portal.access.scope import set_viewer
from portal.access.viewer import SYSTEM
from portal.contracts.actions import ledger
from portal.contracts.actions.ledger import Source
from portal.contracts.models import Entitlement
from portal.db.base import db
from portal.kernel import clock
from portal.web.install import csrf

app = create_app()


@app.post("/draw/<int:entitlement_id>")
@csrf.exempt
@public
def draw(entitlement_id: int) -> str:
    """Draw 1 in the request's own transaction."""
    set_viewer(SYSTEM)
    entitlement = db.session.get_one(Entitlement, entitlement_id)
    source, key = Source("usage", entitlement_id), request.args["key"]
    ledger.consume(entitlement, Decimal(1), source, key, SYSTEM, clock.now(), date(2026, 3, 2))
    return "drawn"
