"""Both doors of claims, and what every view behind them needs: the row, its counter, the way back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response, flash, redirect, request, url_for
from sqlalchemy.orm import joinedload

from portal.access.guards import fetch
from portal.claims.models import Claim, ClaimEvidence
from portal.db.base import db
from portal.kernel.errors import NotFound
from portal.web import doors
from portal.web.stepping import done_at

LONGEST_ID = 9
desk_door = doors.desk("claims", "portal.claims.views.desk_claims")
my_door = doors.my("claims", "portal.claims.views.my_claims")
TOGETHER = (
    joinedload(Claim.customer),
    joinedload(Claim.request),
    joinedload(Claim.shipment),
    joinedload(Claim.contract),
    joinedload(Claim.statement_line),
    joinedload(Claim.credit),
    joinedload(Claim.owner),
)


def claim_of(claim_id: int) -> Claim:
    """The claim of an address; NotFound otherwise."""
    return fetch(Claim, claim_id, options=TOGETHER)


def piece_of(claim_id: int, evidence_id: int) -> ClaimEvidence:
    """A piece of evidence of the claim of an address; NotFound for another's."""
    claim = claim_of(claim_id)
    piece = db.session.get(ClaimEvidence, evidence_id)
    if piece is None or piece.claim_id != claim.id:
        raise NotFound()
    return piece


def reason() -> str:
    """What was written into a step's question."""
    return request.form.get("reason", "").strip()[:2000]


def said_of(form: Any) -> str:
    """What a form refused, for a page that does not draw the form again."""
    return " ".join(str(each) for errors in form.errors.values() for each in errors)


def typed(form: Any, url: str, said: str, verb: Callable[[], Any]) -> Response:
    """A small form of a page with several: its step, or what it refused, told above the page."""
    if form.validate_on_submit():
        return done_at(url, said, verb)
    flash(said_of(form), "error")
    there: Response = redirect(url, 303)  # type: ignore[assignment]
    there.headers["X-Refused"] = "1"
    return there


def to_desk(claim_id: int, anchor: str | None = None) -> str:
    """The claim's page at the desk."""
    return url_for("desk_claims.show", claim_id=claim_id, _anchor=anchor)


def to_my(claim_id: int) -> str:
    """The claim's page at the customer's door."""
    return url_for("my_claims.show", claim_id=claim_id)
