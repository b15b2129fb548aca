"""Evidence at the desk: asked for, added for the customer, judged."""

from __future__ import annotations

from typing import Any

from flask import Response, g
from flask_babel import gettext as _

from portal.access.guards import requires
from portal.access.permissions import Permission as P
from portal.claims.actions import evidence
from portal.claims.forms.desk import AskForm, JudgeForm
from portal.claims.forms.my import MorePieceForm
from portal.claims.views.door import claim_of, piece_of, to_desk, typed
from portal.claims.views.door import desk_door as bp
from portal.kernel import clock
from portal.web.flask_app import once

AT = "/claims/<int:claim_id>"


@bp.post(f"{AT}/evidence/ask")
@once
@requires(P.CLAIM_DECIDE)
def ask(claim_id: int) -> Response:
    """The customer has to send something."""
    claim, form = claim_of(claim_id), AskForm(prefix="ask-")
    verb = lambda: evidence.ask(  # noqa: E731
        claim, form.kind.data, form.text.data or "", form.due_on.data, g.viewer, clock.now()
    )
    return typed(form, _to(claim_id), _("Asked for. The customer is told."), verb)


@bp.post(f"{AT}/evidence")
@once
@requires(P.CLAIM_DECIDE)
def add_evidence(claim_id: int) -> Response:
    """A piece that reached us another way."""
    claim, form = claim_of(claim_id), MorePieceForm()
    verb = lambda: evidence.add(  # noqa: E731
        claim, form.kind.data, form.text.data or "", form.files.uploads, g.viewer, clock.now()
    )
    return typed(form, _to(claim_id), _("Added."), verb)


@bp.post(f"{AT}/evidence/<int:evidence_id>/judge")
@requires(P.CLAIM_DECIDE)
def judge(claim_id: int, evidence_id: int) -> Response:
    """Sufficient, not sufficient, or not needed."""
    piece, form = piece_of(claim_id, evidence_id), JudgeForm()
    verb = lambda: evidence.judge(  # noqa: E731
        piece, form.verdict.data, form.judgement.data or "", g.viewer, clock.now()
    )
    return typed(form, _to(claim_id), _("Noted."), verb)


def _to(claim_id: int) -> Any:
    return to_desk(claim_id, "evidence")
