"""Settling at the desk: signed on paper, credited, paid, closed; recourse against others."""

from __future__ import annotations

from decimal import Decimal
from functools import partial

from flask import Response, g
from flask_babel import gettext as _

from portal.access.guards import requires
from portal.access.permissions import Permission as P
from portal.claims.actions import answering, papers, recourse, settling
from portal.claims.forms.desk import PayForm, ReceivedForm, RecourseForm, SignedForm
from portal.claims.models import Claim
from portal.claims.views.door import claim_of, reason, to_desk, typed
from portal.claims.views.door import desk_door as bp
from portal.kernel import clock
from portal.kernel.errors import Invalid
from portal.kernel.text import t
from portal.web.fields import read_number
from portal.web.flask_app import once
from portal.web.stepping import done_at

AT = "/claims/<int:claim_id>"


@bp.post(f"{AT}/signed")
@requires(P.CLAIM_DECIDE)
def signed(claim_id: int) -> Response:
    """The customer signed the agreement on paper."""
    claim, form = claim_of(claim_id), SignedForm(prefix="signed-")
    verb = partial(_signed, claim, form)
    return typed(form, to_desk(claim_id), _("Recorded. Now settle it."), verb)


@bp.post(f"{AT}/credit")
@requires(P.CLAIM_DECIDE)
def credit(claim_id: int) -> Response:
    """A line of the next statement, once."""
    verb = partial(settling.credit, claim_of(claim_id), g.viewer, clock.now())
    return done_at(to_desk(claim_id), _("Credited. It comes on the next statement."), verb)


@bp.post(f"{AT}/pay")
@once
@requires(P.CREDIT_GRANT)
def pay(claim_id: int) -> Response:
    """Money went out."""
    claim, form = claim_of(claim_id), PayForm(prefix="pay-")
    verb = lambda: settling.pay(  # noqa: E731
        claim, form.paid_on.data, form.reference.data or "", g.viewer, clock.now()
    )
    return typed(form, to_desk(claim_id), _("Recorded. The case is closed."), verb)


@bp.post(f"{AT}/close")
@requires(P.CLAIM_DECIDE)
def close(claim_id: int) -> Response:
    """The credit stands on a statement."""
    verb = partial(settling.close, claim_of(claim_id), g.viewer, clock.now())
    return done_at(to_desk(claim_id), _("The case is closed."), verb)


@bp.post(f"{AT}/recourse")
@requires(P.CLAIM_DECIDE)
def claim_against(claim_id: int) -> Response:
    """Ask the carrier, supplier or insurer."""
    claim, form = claim_of(claim_id), RecourseForm(prefix="recourse-")
    verb = lambda: recourse.claim_against(  # noqa: E731
        claim, form.party.data or "", form.amount.data, form.due_on.data, g.viewer, clock.now()
    )
    return typed(form, _to(claim_id), _("Noted."), verb)


@bp.post(f"{AT}/recourse/received")
@once
@requires(P.CLAIM_DECIDE)
def received(claim_id: int) -> Response:
    """Money came back."""
    claim, form = claim_of(claim_id), ReceivedForm(prefix="received-")
    verb = lambda: recourse.receive(  # noqa: E731
        claim,
        form.on.data,
        form.amount.data,
        form.payer.data or "",
        form.note.data or "",
        g.viewer,
        clock.now(),
    )
    return typed(form, _to(claim_id), _("Noted."), verb)


@bp.post(f"{AT}/recourse/give-up")
@requires(P.CLAIM_DECIDE)
def give_up(claim_id: int) -> Response:
    """Nothing more is asked for."""
    verb = partial(recourse.give_up, claim_of(claim_id), reason(), g.viewer, clock.now())
    return done_at(_to(claim_id), _("Recourse given up."), verb)


def _signed(claim: Claim, form: SignedForm) -> None:
    now, papers_sent = clock.now(), form.files.uploads
    if not papers_sent:
        raise Invalid(t("Attach the signed agreement."), "files")
    said_by = form.said_by.data or ""
    row = answering.agree_for(claim, _seen(form), said_by, papers_sent[0], g.viewer, now)
    papers.print_agreement(row, g.viewer, now)


def _seen(form: SignedForm) -> Decimal:
    try:
        return read_number(form.amount.data or "", 3) or Decimal(0)
    except Invalid:
        return Decimal(0)


def _to(claim_id: int) -> str:
    return to_desk(claim_id, "recourse")
