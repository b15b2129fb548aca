"""The steps of a version: issue, withdraw, the next one."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from flask import Response, g, request
from flask_babel import gettext as _

from portal.access.guards import requires
from portal.access.permissions import Permission as P
from portal.documents.rules.codes import new_code
from portal.kernel import clock
from portal.proposals.actions import drafting, issuing, papers
from portal.proposals.views.door import bp, check_seen, of_address
from portal.web.flask_app import leaving_the_writers_place, once
from portal.web.stepping import done_or_stale, to


@bp.post("/proposals/<int:proposal_id>/issue")
@requires(P.PROPOSAL_EDIT)
def issue(proposal_id: int) -> Response:
    """Print, freeze, tell the contact. While the press works, nobody waits to write."""
    now = clock.now()

    def verb() -> None:
        proof = _proof(proposal_id, now)
        version = of_address(proposal_id)[1]
        check_seen(version)
        issuing.issue(version, partial(papers.print_version, proof=proof), g.viewer, now)

    return done_or_stale(_back(proposal_id), _("Issued. The paper is stored."), verb)


@bp.post("/proposals/<int:proposal_id>/versions/<int:number>/withdraw")
@requires(P.PROPOSAL_EDIT)
def withdraw(proposal_id: int, number: int) -> Response:
    """Take a version back, with a reason."""
    version = of_address(proposal_id, number)[1]
    reason = request.form.get("reason", "")[:500]
    verb = partial(issuing.withdraw, version, reason, g.viewer, clock.now())
    return done_or_stale(_back(proposal_id), _("Withdrawn."), verb)


@bp.post("/proposals/<int:proposal_id>/revise")
@once
@requires(P.PROPOSAL_EDIT)
def revise(proposal_id: int) -> Response:
    """The next version as a draft."""
    verb = partial(drafting.revise, of_address(proposal_id)[0], g.viewer, clock.now())
    return done_or_stale(
        to("desk_proposals.edit", proposal_id=proposal_id), _("A new version is drafted."), verb
    )


def _proof(proposal_id: int, now: datetime) -> papers.Proof:
    """The paper as it will be."""
    version, code = of_address(proposal_id)[1], new_code()
    check_seen(version)
    issuing.check_issuable(version, g.viewer, now)
    paper = papers.final_paper(version, now, code)
    with leaving_the_writers_place():
        return papers.proof_of(paper, code)


def _back(proposal_id: int) -> Response:
    return to("desk_proposals.show", proposal_id=proposal_id)
