"""The customers' door: proposals that were issued to them."""

from __future__ import annotations

from typing import Any

from flask import Response, g

from portal.access.guards import fetch, requires
from portal.access.permissions import Permission as P
from portal.documents.serving import pdf_response
from portal.kernel.errors import NotFound
from portal.proposals import queries
from portal.proposals.labels import PROPOSALS
from portal.proposals.models import Proposal, ProposalVersion
from portal.proposals.rules.sections import from_json
from portal.proposals.views.lists import MY_PROPOSALS
from portal.web.doors import my
from portal.web.listing import list_page
from portal.web.markdown import rendered
from portal.web.pages import page
from portal.web.words import locale_code

bp = my("proposals", __name__)


@bp.get("/proposals")
@requires(P.PROPOSAL_SEE)
def index() -> Any:
    """What we wrote down for them."""
    return list_page(MY_PROPOSALS, queries.addressed(g.viewer), "proposals/my_index.html")


@bp.get("/proposals/<int:proposal_id>")
@bp.get("/proposals/<int:proposal_id>/versions/<int:number>", endpoint="version")
@requires(P.PROPOSAL_SEE)
def show(proposal_id: int, number: int | None = None) -> Any:
    """The version that stands, or an older one marked as what it is; in the reader's language where it was written."""
    proposal, shown, versions = _asked(proposal_id, number)
    prices = shown.quotation_version
    quotation = prices.quotation if prices and g.viewer.may(P.QUOTATION_SEE) else None
    return page(
        "proposals/my_show.html",
        proposal=proposal,
        shown=shown,
        versions=versions,
        labels=PROPOSALS,
        label=PROPOSALS[shown.state],
        parts=_read(shown),
        prices=prices if quotation else None,
    )


@bp.get("/proposals/<int:proposal_id>/versions/<int:number>/paper")
@requires(P.PROPOSAL_SEE)
def paper(proposal_id: int, number: int) -> Response:
    """The PDF as it was issued."""
    document = queries.paper(_asked(proposal_id, number)[1], g.viewer)
    if document is None:
        raise NotFound()
    return pdf_response(document)


def _asked(
    proposal_id: int, number: int | None
) -> tuple[Proposal, ProposalVersion, list[ProposalVersion]]:
    proposal = fetch(Proposal, proposal_id)
    versions = list(queries.versions(proposal, g.viewer))
    if not versions:
        raise NotFound()
    wanted = number or proposal.issued_no or versions[0].version_no
    shown = queries.version(proposal, wanted, g.viewer)
    if shown is None:
        raise NotFound()
    return proposal, shown, versions


def _read(version: ProposalVersion) -> list[tuple[str, Any]]:
    english = version.language == "en" or (version.language == "zh_en" and locale_code() == "en")
    found = []
    for part in from_json(version.sections):
        if not part.is_empty:
            title = part.title_en or part.title_zh if english else part.title_zh
            text = part.en or part.zh if english else part.zh or part.en
            found.append((title, rendered(text, top=3)))
    return found
