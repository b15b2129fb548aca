"""The steps of a version: submit, approve, return, reopen, issue, withdraw, revise."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from flask import Response, g, request
from flask_babel import gettext as _

from portal.access.guards import requires
from portal.access.permissions import Permission as P
from portal.documents.rules.codes import new_code
from portal.kernel import clock
from portal.kernel.errors import Forbidden
from portal.quotations.actions import approving, drafting, issuing, papers
from portal.quotations.models import QuotationVersion
from portal.quotations.views.desk_door import bp, done, quotation_and_version, seen
from portal.web.flask_app import leaving_the_writers_place, once


@bp.post("/quotations/<int:quotation_id>/submit")
@requires(P.QUOTATION_EDIT)
def submit(quotation_id: int) -> Response:
    """Ask for approval, with a reason."""
    version = _version(quotation_id)
    verb = partial(approving.submit, version, _reason(), g.viewer, clock.now(), seen())
    return done(quotation_id, _("Sent for approval."), verb)


@bp.post("/quotations/<int:quotation_id>/approve")
@requires(P.QUOTATION_APPROVE)
def approve(quotation_id: int) -> Response:
    """Approve what is on the page."""
    version = _version(quotation_id)
    verb = partial(approving.approve, version, g.viewer, clock.now(), seen())
    return done(quotation_id, _("Approved. It may be issued now."), verb)


@bp.post("/quotations/<int:quotation_id>/return")
@requires(P.QUOTATION_SEE)
def return_to_author(quotation_id: int) -> Response:
    """Back to the author with a reason; the author may take it back too."""
    version = _version(quotation_id)
    if not (g.viewer.may(P.QUOTATION_APPROVE) or g.viewer.user_id == version.author_id):
        raise Forbidden()
    verb = partial(approving.return_to_author, version, _reason(), g.viewer, clock.now())
    return done(quotation_id, _("Returned to the author."), verb)


@bp.post("/quotations/<int:quotation_id>/reopen")
@requires(P.QUOTATION_EDIT)
def reopen(quotation_id: int) -> Response:
    """Change an approved version: the approval is void."""
    version = _version(quotation_id)
    verb = partial(approving.reopen, version, g.viewer, clock.now())
    return done(quotation_id, _("Open for editing. The approval is void."), verb)


@bp.post("/quotations/<int:quotation_id>/issue")
@requires(P.QUOTATION_ISSUE)
def issue(quotation_id: int) -> Response:
    """Freeze, print, tell the contact. While the press works, nobody waits to write."""
    now = clock.now()

    def verb() -> None:
        proof = _proof(quotation_id, now)
        printer = partial(papers.print_version, proof=proof)
        issuing.issue(_version(quotation_id), printer, g.viewer, now, seen())

    return done(quotation_id, _("Issued. The paper is stored."), verb)


@bp.post("/quotations/<int:quotation_id>/withdraw")
@requires(P.QUOTATION_ISSUE)
def withdraw(quotation_id: int) -> Response:
    """Take a version back, with a reason."""
    version = _version(quotation_id)
    verb = partial(issuing.withdraw, version, _reason(), g.viewer, clock.now())
    return done(quotation_id, _("Withdrawn."), verb)


@bp.post("/quotations/<int:quotation_id>/revise")
@once
@requires(P.QUOTATION_EDIT)
def revise(quotation_id: int) -> Response:
    """The next version as a draft."""
    quotation, _latest = quotation_and_version(quotation_id)
    verb = partial(drafting.revise, quotation, g.viewer, clock.now())
    return done(quotation_id, _("A new version is drafted."), verb)


def _proof(quotation_id: int, now: datetime) -> papers.Proof:
    """The paper as it will be; the steps up to it are tried and taken back."""
    version, code = _version(quotation_id), new_code()
    issuing.freeze(version, g.viewer, now, seen())
    paper = papers.final_paper(version, now, code)
    with leaving_the_writers_place():
        return papers.proof_of(paper, code)


def _version(quotation_id: int) -> QuotationVersion:
    _quotation, version = quotation_and_version(quotation_id)
    return version


def _reason() -> str:
    return request.form.get("reason", "")[:500]
