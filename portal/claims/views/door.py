"""Both doors of claims, and what every view behind them needs: the row, its counter, the way back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from flask import Response, flash, redirect, request, url_for
from sqlalchemy.orm import joinedload

from portal.access.guards import fetch
from portal.claims.models import Claim, ClaimEvidence
from portal.db.audit import AuditEntry
from portal.db.base import db
from portal.kernel.errors import (
    Invalid,
    InvalidMany,
    NotAllowedNow,
    NotFound,
    PortalError,
    StaleEdit,
)
from portal.kernel.text import t
from portal.web import doors
from portal.web.words import say

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


def number_in(name: str) -> int | None:
    """The id that a request names; None where it names none."""
    typed = request.values.get(name, "")
    return int(typed) if typed.isdecimal() and len(typed) <= LONGEST_ID else None


def reason() -> str:
    """What was written into a step's question."""
    return request.form.get("reason", "").strip()[:2000]


def check_seen(row: Any, typed: str | None) -> None:
    """StaleEdit when the form that sent this request showed another state of `row`."""
    text = (typed or "").strip()
    if not text.isdecimal() or len(text) > LONGEST_ID:
        raise Invalid(t("This form does not say which state it shows. Load the page again."))
    if int(text) != row.version:
        raise StaleEdit(
            t("It has changed since you opened this page. Look at it again, then repeat.")
        )


def fresh(form: Any, row: Any) -> bool:
    """Whether a form was filled in over what `row` says now; else the page says so, and keeps what was typed."""
    try:
        check_seen(row, form.version.data)
    except (Invalid, StaleEdit) as error:
        flash(say(error.text), "error")
        form.version.data = str(row.version)
        return False
    return True


def done(url: str, said: str, verb: Callable[[], Any]) -> Response:
    """One step from a button: done and said, or refused with the reason; to `url` either way."""
    there: Response = redirect(url, 303)  # type: ignore[assignment]
    try:
        verb()
    except (Invalid, InvalidMany, NotAllowedNow, StaleEdit) as error:
        flash(said_by(error), "error")
        there.headers["X-Refused"] = "1"
        return there
    flash(said, "success")
    return there


def said_by(error: PortalError) -> str:
    """Everything that a refusal says, for where there is no field to say it at."""
    many = getattr(error, "errors", None)
    return " ".join(say(text) for text in many.values()) if many else say(error.text)


def said_of(form: Any) -> str:
    """What a form refused, for a page that does not draw the form again."""
    return " ".join(str(each) for errors in form.errors.values() for each in errors)


def typed(form: Any, url: str, said: str, verb: Callable[[], Any]) -> Response:
    """A small form of a page with several: its step, or what it refused, told above the page."""
    if form.validate_on_submit():
        return done(url, said, verb)
    flash(said_of(form), "error")
    there: Response = redirect(url, 303)  # type: ignore[assignment]
    there.headers["X-Refused"] = "1"
    return there


def course(entries: Sequence[AuditEntry]) -> list[dict[str, Any]]:
    """Entries of a history in words."""
    return [
        {
            "at": each.at,
            "who": each.actor_name,
            "what": each.label,
            "why": each.reason or None,
            "public": each.is_public,
        }
        for each in entries
    ]


def to_desk(claim_id: int, anchor: str | None = None) -> str:
    """The claim's page at the desk."""
    return url_for("desk_claims.show", claim_id=claim_id, _anchor=anchor)


def to_my(claim_id: int) -> str:
    """The claim's page at the customer's door."""
    return url_for("my_claims.show", claim_id=claim_id)
