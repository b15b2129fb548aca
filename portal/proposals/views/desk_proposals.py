"""Proposals at the desk: the list, one with its versions, the paper, what changed."""

from __future__ import annotations

from typing import Any

from flask import Response, g, make_response, request, url_for

from portal.access.guards import requires
from portal.access.permissions import Permission as P
from portal.db import audit
from portal.documents.page import stylesheet, stylesheet_tag
from portal.documents.queries import firm_on_paper
from portal.documents.serving import pdf_response
from portal.kernel import clock
from portal.kernel.errors import NotFound
from portal.opportunities.desk_tabs import tabs
from portal.proposals import queries
from portal.proposals.actions import papers
from portal.proposals.labels import LANGUAGES, PROPOSALS
from portal.proposals.rules.difference import differences
from portal.proposals.rules.sections import from_json
from portal.proposals.rules.states import ProposalState
from portal.proposals.views.door import bp, of_address
from portal.proposals.views.lists import PROPOSAL_LIST
from portal.web.filters import static_url
from portal.web.headers import framed
from portal.web.listing import list_page
from portal.web.markdown import rendered
from portal.web.pages import page
from portal.web.timeline import happenings

AT = "/proposals/<int:proposal_id>/versions/<int:number>"
SHEET = "proposal.html"


@bp.get("/proposals")
@requires(P.PROPOSAL_SEE)
def index() -> Any:
    """All that was written, the latest first."""
    return list_page(
        PROPOSAL_LIST, queries.proposals(g.viewer), "proposals/desk_index.html", tabs=tabs()
    )


@bp.get("/proposals/<int:proposal_id>")
@bp.get(AT, endpoint="version")
@requires(P.PROPOSAL_SEE)
def show(proposal_id: int, number: int | None = None) -> Any:
    """One proposal: what its latest version says, or the one asked for."""
    return page("proposals/desk_show.html", **_context(proposal_id, number))


@bp.get(f"{AT}/paper")
@requires(P.PROPOSAL_SEE)
def paper(proposal_id: int, number: int) -> Response:
    """The stored PDF of an issued version."""
    _proposal, version = of_address(proposal_id, number)
    document = queries.paper(version, g.viewer)
    if document is None:
        raise NotFound()
    return pdf_response(document)


@bp.get(f"{AT}/preview")
@requires(P.PROPOSAL_SEE)
@framed
def preview(proposal_id: int, number: int) -> Response:
    """The paper as it would be printed."""
    _proposal, version = of_address(proposal_id, number)
    tag = stylesheet_tag(firm_on_paper().colours, SHEET)
    sheets = (url_for(".paper_sheet", v=tag), static_url("css/preview.css"))
    response = make_response(papers.preview(version, clock.now(), sheets))
    response.headers["Cache-Control"] = "private, no-store"
    return response


@bp.get("/proposals/paper.css")
@requires(P.PROPOSAL_SEE)
def paper_sheet() -> Response:
    """The papers' style sheet in the firm's colours."""
    response = make_response(stylesheet(firm_on_paper().colours, SHEET))
    response.mimetype = "text/css"
    response.headers["Cache-Control"] = "private, max-age=86400"
    return response


@bp.get("/proposals/<int:proposal_id>/changes")
@requires(P.PROPOSAL_SEE)
def changes(proposal_id: int) -> Any:
    """What a later version says otherwise than an earlier one."""
    proposal, latest = of_address(proposal_id)
    known = queries.versions(proposal, g.viewer)
    after = _asked("to", latest.version_no)
    before = _asked("from", max(1, after - 1))
    older, newer = (of_address(proposal_id, number)[1] for number in (before, after))
    return page(
        "proposals/desk_changes.html",
        proposal=proposal,
        versions=known,
        labels=PROPOSALS,
        before=older,
        after=newer,
        sections=differences(from_json(older.sections), from_json(newer.sections)),
    )


def _asked(name: str, otherwise: int) -> int:
    wanted = request.args.get(name, "")
    return int(wanted) if wanted.isdecimal() and len(wanted) < 6 else otherwise


def _context(proposal_id: int, number: int | None) -> dict[str, Any]:
    proposal, version = of_address(proposal_id, number)
    parts = [
        (part, [(lang, rendered(text, top=4)) for lang, text in (("zh-CN", part.zh), ("en", part.en)) if text])
        for part in from_json(version.sections)
    ]  # fmt: skip
    return {
        "proposal": proposal,
        "shown": version,
        "label": PROPOSALS[version.state],
        "labels": PROPOSALS,
        "language": LANGUAGES[version.language],
        "parts": parts,
        "versions": queries.versions(proposal, g.viewer),
        "may": _may(version.state, is_latest=version.version_no == proposal.latest_no),
        "entries": happenings(audit.timeline(proposal, public_only=False)),
    }


def _may(state: str, *, is_latest: bool) -> dict[str, bool]:
    """Which steps the viewer may take from here."""
    edits, is_draft = g.viewer.may(P.PROPOSAL_EDIT), state == ProposalState.DRAFT
    return {
        "edit": edits and is_draft and is_latest,
        "issue": edits and is_draft and is_latest,
        "revise": edits and is_latest and not is_draft,
        "withdraw": edits and state in (ProposalState.DRAFT, ProposalState.ISSUED),
    }
