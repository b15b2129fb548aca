"""A request ends after its claim: whoever ends it goes through the claim first, so that none is left behind."""

from __future__ import annotations

from portal.claims.queries.claims import claim_of_request
from portal.claims.rules.states import OPEN, ClaimState
from portal.kernel.errors import Invalid
from portal.kernel.text import t
from portal.service_requests.models import ServiceRequest


def check_no_claim(request: ServiceRequest) -> None:
    """Invalid at reason, naming the claim, while the request has one that is open."""
    claim = claim_of_request(request.id)
    if claim is not None and ClaimState(claim.state) in OPEN:
        raise Invalid(
            t("Claim %(number)s belongs to it. Take the claim back first.", number=claim.number),
            "reason",
        )
