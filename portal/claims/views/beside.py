"""The claims about a shipment or a statement line, for the pages of those."""

from __future__ import annotations

from typing import Any

from flask import g

from portal.access.permissions import Permission as P
from portal.claims.labels import CLAIMS, CLAIMS_FOR_CUSTOMERS
from portal.claims.models import Claim
from portal.claims.queries import claims
from portal.claims.rules.kinds import LOSS_WORDS, Loss
from portal.web.chain import reached


def of_shipment(shipment_id: int, door: str) -> dict[str, Any]:
    """What `claims/_about.html` draws on a shipment's page behind `door` (desk, my)."""
    return _drawn(claims.about_shipment(shipment_id, g.viewer), door, shipment=shipment_id)


def of_line(line_id: int, door: str) -> dict[str, Any]:
    """The same on the page of a statement line."""
    return _drawn(claims.about_line(line_id, g.viewer), door, statement_line=line_id)


def _drawn(rows: list[Claim], door: str, **about: int) -> dict[str, Any]:
    labels = CLAIMS if door == "desk" else CLAIMS_FOR_CUSTOMERS
    return {
        "rows": [
            {
                "row": row,
                "loss": LOSS_WORDS[Loss(row.loss)],
                "label": labels[row.state],
                "url": reached(f"{door}_claims.show", P.CLAIM_SEE, claim_id=row.id),
            }
            for row in rows
        ],
        "new_url": reached(f"{door}_claims.new", P.REQUEST_RAISE, **about),
    }
