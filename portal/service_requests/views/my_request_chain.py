"""What a request is about, drawn as a chain: from the contract to the line of the bill and the claim."""

from __future__ import annotations

from portal.access.permissions import Permission as P
from portal.claims.queries.claims import claim_of_request
from portal.kernel.text import Text, t
from portal.service_requests.models import ServiceRequest
from portal.service_requests.rules.kinds import RequestKind
from portal.service_requests.views.my_words import MY_REQUESTS
from portal.web.chain import CONTRACT, ENTITLEMENT, LINE, SHIPMENT, STATEMENT, ChainLink, linked
from portal.web.words import name_of

REQUEST, CLAIM = t("Service request"), t("Claim")
RECORDS: tuple[tuple[str, Text, str, str, P, str], ...] = (
    ("contract", CONTRACT, "number", "my_contracts.show", P.CONTRACT_SEE, "contract_id"),
    ("entitlement", ENTITLEMENT, "item", "my_entitlements.show", P.ENTITLEMENT_SEE, "entitlement_id"),
    ("shipment", SHIPMENT, "number", "my_shipments.show", P.SHIPMENT_SEE, "shipment_id"),
    ("statement", STATEMENT, "number", "my_statements.show", P.STATEMENT_SEE, "statement_id"),
    ("statement_line", LINE, "serial", "my_statements.line", P.STATEMENT_SEE, "line_id"),
)  # fmt: skip
"""Where a request says it, what that is, what it is called by, its page, who sees it, its name in an address."""


def chain_of(row: ServiceRequest) -> list[ChainLink]:
    """Each record with its page, as far as the viewer sees it; at the end the request itself."""
    found = []
    for where, kind, called, endpoint, permission, key in RECORDS:
        record = getattr(row, where)
        if record is not None:
            label = name_of(record.item) if called == "item" else str(getattr(record, called))
            found.append(linked(kind, label, endpoint, permission, **{key: record.id}))
    claim = claim_of_request(row.id) if row.kind == RequestKind.CLAIM else None
    if claim is not None:
        found.append(linked(CLAIM, claim.number, "my_claims.show", P.CLAIM_SEE, claim_id=claim.id))
    state = MY_REQUESTS[row.state].text
    return [*found, linked(REQUEST, row.number, "", P.REQUEST_SEE, here=True, state=state)]
