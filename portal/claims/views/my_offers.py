"""The customer reads an offer, then accepts it for good or declines it with a reason; the agreement as a paper."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from flask import Response, flash, g, make_response, redirect, url_for
from flask_babel import gettext as _

from portal.access.guards import requires
from portal.access.permissions import Permission as P
from portal.claims.actions import answering, papers
from portal.claims.forms.my import AcceptForm, DeclineForm
from portal.claims.models import Claim
from portal.claims.rules.states import ClaimState
from portal.claims.views.door import claim_of, to_my
from portal.claims.views.door import my_door as bp
from portal.claims.views.my_page import offer_context
from portal.claims.views.papers import agreement_response, sheet_response, sheets_of
from portal.db.base import db
from portal.kernel import clock
from portal.kernel.errors import Invalid, NotAllowedNow
from portal.web.fields import read_number
from portal.web.forms import attempted
from portal.web.pages import page, refused
from portal.web.words import say

AT = "/claims/<int:claim_id>"
PAGE = "claims/my_offer.html"


@bp.get(f"{AT}/offer")
@requires(P.CLAIM_SEE)
def offer(claim_id: int) -> Any:
    """What is offered and how it arose; where it was answered already, the claim's page."""
    claim = claim_of(claim_id)
    if claim.state != ClaimState.OFFER_MADE:
        return redirect(to_my(claim_id))
    return page(PAGE, **offer_context(claim, AcceptForm(), DeclineForm()))


@bp.post(f"{AT}/accept")
@requires(P.CLAIM_ANSWER)
def accept(claim_id: int) -> Any:
    """Accepted in full and final settlement; the agreement is printed."""
    claim, form = claim_of(claim_id), AcceptForm()
    if not form.validate_on_submit():
        return _again(claim, form, DeclineForm())
    try:
        row = answering.agree(claim, _seen(form), g.viewer, clock.now())
    except NotAllowedNow as error:
        return late(claim_id, error)
    papers.print_agreement(row, g.viewer, clock.now())
    flash(_("Accepted. Thank you; we settle it now."), "success")
    return redirect(to_my(claim_id), 303)


@bp.post(f"{AT}/decline")
@requires(P.CLAIM_ANSWER)
def decline(claim_id: int) -> Any:
    """Not accepted, with a reason."""
    claim, form = claim_of(claim_id), DeclineForm()
    verb = lambda: answering.decline(claim, form.reason.data or "", g.viewer, clock.now())  # noqa: E731
    try:
        if form.validate_on_submit() and attempted(form, verb) is not None:
            flash(_("Declined. We look at it again and answer here."), "success")
            return redirect(to_my(claim_id), 303)
    except NotAllowedNow as error:
        return late(claim_id, error)
    return _again(claim, AcceptForm(formdata=None), form)


@bp.get(f"{AT}/agreement")
@requires(P.CLAIM_SEE)
def agreement(claim_id: int) -> Response:
    """The agreement: the printed paper, or what would be agreed as a page."""
    sheets = sheets_of(url_for("my_claims.paper_sheet"))
    return agreement_response(claim_of(claim_id), sheets)


def late(claim_id: int, error: NotAllowedNow) -> Response:
    """409: the offer is not as it was read any more; the way to how it stands now."""
    db.session.rollback()
    body = page("claims/my_late.html", said=say(error.text), where=to_my(claim_id))
    return make_response(body, 409)


def _again(claim: Claim, accepting: AcceptForm, declining: DeclineForm) -> Any:
    if claim.state != ClaimState.OFFER_MADE:
        return redirect(to_my(claim.id), 303)
    return refused(PAGE, **offer_context(claim, accepting, declining))


def _seen(form: AcceptForm) -> Decimal:
    """The amount that the page showed; nothing that could be an offer where it showed none."""
    try:
        return read_number(form.amount.data or "", 3) or Decimal(0)
    except Invalid:
        return Decimal(0)


@bp.get("/claims/paper.css")
@requires(P.CLAIM_SEE)
def paper_sheet() -> Response:
    """What a previewed agreement looks like."""
    return sheet_response()
