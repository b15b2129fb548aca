"""What the page of a service request shows of its claim."""

from __future__ import annotations

from typing import Any

from portal.access.permissions import Permission as P
from portal.access.viewer import Viewer
from portal.claims.labels import CLAIMS
from portal.claims.queries.claims import claim_of_request
from portal.claims.views import claim_words
from portal.service_requests.models import ServiceRequest


def facts(request: ServiceRequest, viewer: Viewer) -> dict[str, Any]:
    """`claim_card` for `claims/request_card.html`; None without a claim or without the right to see it."""
    claim = claim_of_request(request.id) if viewer.may(P.CLAIM_SEE) else None
    if claim is None:
        return {"claim_card": None}
    shown = {
        "row": claim,
        "label": CLAIMS[claim.state],
        "words": claim_words.spoken(claim),
        "steps": claim_words.steps_of(claim),
        "notice": claim_words.notice_words(claim),
    }
    return {"claim_card": shown}
