"""The customers' door: their contracts, what was agreed, and the papers."""

from __future__ import annotations

from typing import Any

from flask import Response, g

from portal.access.guards import fetch, requires
from portal.access.permissions import Permission as P
from portal.contracts.models import Contract
from portal.contracts.queries import standing
from portal.contracts.queries.belongings import document_of
from portal.contracts.rules.states import CUSTOMER_SEES
from portal.contracts.views.my_contract_list import CONTRACTS, mine
from portal.contracts.views.my_contract_page import context
from portal.documents.serving import pdf_response
from portal.kernel.errors import NotFound
from portal.web.doors import my
from portal.web.listing import list_page
from portal.web.pages import page

bp = my("contracts", __name__)


@bp.get("/contracts")
@requires(P.CONTRACT_SEE)
def index() -> Any:
    """Every contract that was sent to us or is in force."""
    return list_page(CONTRACTS, mine(g.viewer), "contracts/my_index.html")


@bp.get("/contracts/<int:contract_id>")
@requires(P.CONTRACT_SEE)
def show(contract_id: int) -> Any:
    """What was agreed, what of it counts today, what is left, and the papers."""
    return page("contracts/my_show.html", **context(_known(contract_id)))


@bp.get("/contracts/<int:contract_id>/paper")
@requires(P.CONTRACT_SEE)
def paper(contract_id: int) -> Response:
    """The contract as it was printed for signature."""
    return pdf_response(document_of(_known(contract_id).document_id, g.viewer))


@bp.get("/contracts/<int:contract_id>/amendments/<int:serial>/paper")
@requires(P.CONTRACT_SEE)
def amendment_paper(contract_id: int, serial: int) -> Response:
    """An amendment as it was printed for signature."""
    found = standing.sent_amendments(_known(contract_id))
    amendment = next((each for each in found if each.serial == serial), None)
    if amendment is None:
        raise NotFound()
    return pdf_response(document_of(amendment.document_id, g.viewer))


def _known(contract_id: int) -> Contract:
    """One that the customer may know of: what is not ready to be signed does not exist yet."""
    contract = fetch(Contract, contract_id)
    if contract.state not in CUSTOMER_SEES:
        raise NotFound()
    return contract
