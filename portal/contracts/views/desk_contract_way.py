"""On the way to the signature: submit, approve, return, send, void."""

from __future__ import annotations

from functools import partial

from flask import Response, g
from flask_babel import gettext as _

from portal.access.guards import requires
from portal.access.permissions import Permission as P
from portal.contracts.actions import approving
from portal.contracts.models import Contract
from portal.contracts.views.desk_contract_door import back, bp, contract_of, done, reason, seen
from portal.contracts.views.desk_printing import printed_first
from portal.kernel import clock
from portal.kernel.errors import Forbidden


@bp.post("/contracts/<int:contract_id>/submit")
@requires(P.CONTRACT_EDIT)
def submit(contract_id: int) -> Response:
    """Ask for approval, with a reason."""
    contract = contract_of(contract_id)
    verb = partial(approving.submit, contract, reason(), g.viewer, clock.now(), seen())
    return done(back(contract_id), _("Sent for approval."), verb)


@bp.post("/contracts/<int:contract_id>/approve")
@requires(P.CONTRACT_APPROVE)
def approve(contract_id: int) -> Response:
    """Approve what is on the page; the paper to be signed is printed."""
    now = clock.now()

    def verb() -> None:
        printer = printed_first(contract_id, approving.approve, now)
        approving.approve(contract_of(contract_id), g.viewer, now, seen(), printer)

    return done(back(contract_id), _("Approved. The paper is ready for the signatures."), verb)


@bp.post("/contracts/<int:contract_id>/send")
@requires(P.CONTRACT_EDIT)
def send(contract_id: int) -> Response:
    """What the customer accepted goes straight to the signature."""
    now = clock.now()

    def verb() -> None:
        printer = printed_first(contract_id, approving.send, now)
        approving.send(contract_of(contract_id), g.viewer, now, seen(), printer)

    return done(back(contract_id), _("The paper is ready for the signatures."), verb)


@bp.post("/contracts/<int:contract_id>/return")
@requires(P.CONTRACT_SEE)
def return_to_author(contract_id: int) -> Response:
    """Back to the author with a reason; the author may take it back too."""
    contract = contract_of(contract_id)
    check_may_return(contract.author_id)
    verb = partial(approving.return_to_author, contract, reason(), g.viewer, clock.now())
    return done(back(contract_id), _("Returned to the author."), verb)


@bp.post("/contracts/<int:contract_id>/void")
@requires(P.CONTRACT_EDIT)
def void(contract_id: int) -> Response:
    """Give it up before it is in force."""
    contract: Contract = contract_of(contract_id)
    verb = partial(approving.void, contract, reason(), g.viewer, clock.now())
    return done(back(contract_id), _("Voided."), verb)


def check_may_return(author_id: int) -> None:
    """Raise Forbidden for somebody who is neither an approver nor the author."""
    if not (g.viewer.may(P.CONTRACT_APPROVE) or g.viewer.user_id == author_id):
        raise Forbidden()
