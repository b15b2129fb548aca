"""The desk's contracts: every contract, and the page of one, from which all steps are taken."""

from __future__ import annotations

from typing import Any

from flask import Response, g, make_response, request, url_for

from portal.access.guards import requires
from portal.access.permissions import Permission as P
from portal.contracts.actions import papers
from portal.contracts.queries.belongings import document_of
from portal.contracts.views import (
    desk_amendment_lines,
    desk_amendments,
    desk_contract_lines,
    desk_contract_new,
    desk_contract_steps,
    desk_contract_terms,
    desk_contract_way,
)
from portal.contracts.views.desk_contract_door import bp, contract_of
from portal.contracts.views.desk_contract_list import CONTRACTS, HISTORY, contracts
from portal.contracts.views.desk_contract_page import context
from portal.contracts.views.desk_history import entries
from portal.documents.page import MORE_SHEETS, stylesheet, stylesheet_tag
from portal.documents.queries import firm_on_paper
from portal.documents.serving import pdf_response
from portal.kernel import clock
from portal.web.filters import static_url
from portal.web.listing import list_page
from portal.web.pages import page

MODULES = (
    desk_amendment_lines,
    desk_amendments,
    desk_contract_lines,
    desk_contract_new,
    desk_contract_steps,
    desk_contract_terms,
    desk_contract_way,
)
"""They hang their views on the same door."""


@bp.get("/contracts")
@requires(P.CONTRACT_SEE)
def index() -> Any:
    """Every contract that one may see."""
    return list_page(CONTRACTS, contracts(g.viewer), "contracts/desk_index.html")


@bp.get("/contracts/<int:contract_id>")
@requires(P.CONTRACT_SEE)
def show(contract_id: int) -> Any:
    """One contract: written while it is a draft, read afterwards."""
    return page("contracts/desk_show.html", **context(contract_of(contract_id)))


@bp.get("/contracts/<int:contract_id>/history")
@requires(P.CONTRACT_SEE)
def history(contract_id: int) -> Any:
    """All that happened to it and to its amendments."""
    contract = contract_of(contract_id)
    return list_page(HISTORY, entries(contract), "contracts/desk_history.html", contract=contract)


@bp.get("/contracts/<int:contract_id>/preview")
@requires(P.CONTRACT_SEE)
def preview(contract_id: int) -> Response:
    """The paper as it would be printed."""
    paper = papers.contract_paper(contract_of(contract_id), clock.now())
    return drawn(papers.preview(paper, sheets()))


@bp.get("/contracts/<int:contract_id>/paper")
@requires(P.CONTRACT_SEE)
def paper(contract_id: int) -> Response:
    """The stored PDF that is to be signed, or was."""
    return pdf_response(document_of(contract_of(contract_id).document_id, g.viewer))


@bp.get("/contracts/paper.css")
@requires(P.CONTRACT_SEE)
def paper_sheet() -> Response:
    """The papers' style sheet in the firm's colours; with ?paper= also what that paper needs beside."""
    template = f"{request.args.get('paper', '')}.html"
    more = template if template in MORE_SHEETS else ""
    response = make_response(stylesheet(firm_on_paper().colours, more))
    response.mimetype = "text/css"
    response.headers["Cache-Control"] = "private, max-age=86400"
    return response


def sheets() -> tuple[str, ...]:
    """Addresses of what a previewed paper looks like."""
    tag = stylesheet_tag(firm_on_paper().colours)
    return url_for("desk_contracts.paper_sheet", v=tag), static_url("css/preview.css")


def drawn(html: str) -> Response:
    """A preview, kept by nobody."""
    response = make_response(html)
    response.headers["Cache-Control"] = "private, no-store"
    return response
