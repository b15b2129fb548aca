"""Judging at the desk: survey, liability with the limit worked out, offer, approval, refusal, a second look."""

from __future__ import annotations

from decimal import Decimal
from functools import partial
from typing import Any

from flask import Response, flash, g, redirect, request
from flask_babel import gettext as _

from portal.access.guards import requires
from portal.access.permissions import Permission as P
from portal.claims.actions import answering, deciding, offering
from portal.claims.actions.deciding import Verdict
from portal.claims.actions.holding import check_step
from portal.claims.actions.offering import Offer
from portal.claims.forms.desk import DecideForm, ExtendForm
from portal.claims.models import Claim
from portal.claims.rules.amounts import most_assessed
from portal.claims.rules.states import ClaimStep
from portal.claims.views import claim_words
from portal.claims.views.desk_page import context, offer_form
from portal.claims.views.door import claim_of, reason, to_desk, typed
from portal.claims.views.door import desk_door as bp
from portal.kernel import clock
from portal.kernel.errors import Invalid
from portal.web.fields import read_number
from portal.web.forms import attempted, form_page
from portal.web.pages import refused
from portal.web.stepping import done_at, fresh

AT = "/claims/<int:claim_id>"


@bp.post(f"{AT}/survey")
@requires(P.CLAIM_DECIDE)
def survey(claim_id: int) -> Response:
    """Somebody looks at the goods."""
    verb = partial(deciding.survey, claim_of(claim_id), reason(), g.viewer, clock.now())
    return done_at(to_desk(claim_id), _("The survey has begun."), verb)


@bp.route(f"{AT}/decide", methods=["GET", "POST"])
@requires(P.CLAIM_DECIDE)
def decide(claim_id: int) -> Any:
    """Who is liable and for how much, beside the limit of liability as it is worked out."""
    claim = claim_of(claim_id)
    check_step(claim, ClaimStep.DECIDE)
    form = _decide_form(claim)
    if form.validate_on_submit() and fresh(form, claim):
        verb = partial(deciding.decide, claim, _verdict(form), g.viewer, clock.now())
        if attempted(form, verb) is not None:
            flash(_("Decided. Now make an offer, or refuse it."), "success")
            return redirect(to_desk(claim_id), 303)
    limit = deciding.limit_of(claim, form.sdr_rate.data)
    shown = {"claim": claim, "limit": limit, "words": claim_words.spoken(claim)}
    return form_page("claims/desk_decide.html", form, **shown)


@bp.post(f"{AT}/offer")
@requires(P.CLAIM_DECIDE)
def offer(claim_id: int) -> Any:
    """Make an offer; above the limit it waits for somebody else."""
    claim = claim_of(claim_id)
    form = offer_form(claim)
    if form.validate_on_submit() and fresh(form, claim):
        made = Offer(
            form.offered_amount.data, form.text.data or "", form.until.data, form.settlement.data
        )
        row = attempted(form, partial(offering.offer, claim, made, g.viewer, clock.now()))
        if row is not None:
            waits = row.state == "pending_approval"
            flash(
                _("It waits for approval.") if waits else _("Offered. The customer is told."),
                "success",
            )
            return redirect(to_desk(claim_id), 303)
    return refused("claims/desk_show.html", **context(claim, form))


@bp.post(f"{AT}/approve")
@requires(P.CLAIM_APPROVE)
def approve(claim_id: int) -> Response:
    """The offer goes out."""
    verb = partial(offering.approve, claim_of(claim_id), g.viewer, clock.now())
    return done_at(to_desk(claim_id), _("Approved. The customer is told."), verb)


@bp.post(f"{AT}/return")
@requires(P.CLAIM_APPROVE)
def return_to_proposer(claim_id: int) -> Response:
    """Not like this."""
    verb = partial(offering.return_, claim_of(claim_id), reason(), g.viewer, clock.now())
    return done_at(to_desk(claim_id), _("Returned. The offer is to be made anew."), verb)


@bp.post(f"{AT}/extend")
@requires(P.CLAIM_DECIDE)
def extend(claim_id: int) -> Response:
    """A later last day."""
    claim, form = claim_of(claim_id), ExtendForm(prefix="extend-")
    verb = lambda: offering.extend(claim, form.until.data, g.viewer, clock.now())  # noqa: E731
    return typed(form, to_desk(claim_id), _("Extended. The customer is told."), verb)


@bp.post(f"{AT}/refuse")
@requires(P.CLAIM_DECIDE)
def refuse(claim_id: int) -> Response:
    """We do not answer for it."""
    verb = partial(deciding.refuse, claim_of(claim_id), reason(), g.viewer, clock.now())
    return done_at(to_desk(claim_id), _("Refused. The customer is told."), verb)


@bp.post(f"{AT}/escalate")
@requires(P.CLAIM_DECIDE)
def escalate(claim_id: int) -> Response:
    """Looked at again by a manager."""
    verb = partial(deciding.escalate, claim_of(claim_id), reason(), g.viewer, clock.now())
    return done_at(to_desk(claim_id), _("A manager looks at it again."), verb)


@bp.post(f"{AT}/withdraw")
@requires(P.CLAIM_DECIDE)
def withdraw(claim_id: int) -> Response:
    """The customer told us to drop it."""
    verb = partial(answering.withdraw, claim_of(claim_id), reason(), g.viewer, clock.now())
    return done_at(to_desk(claim_id), _("Withdrawn."), verb)


def _decide_form(claim: Claim) -> DecideForm:
    """The form, filled in with the most that may be assessed at the rate that the address names."""
    rate = _rate() or claim.sdr_rate
    limit = deciding.limit_of(claim, rate)
    most = most_assessed(claim.claimed_amount, limit.amount, is_lifted=False)
    kept = claim.assessed_amount if claim.assessed_amount is not None else most
    return DecideForm(
        data={
            "version": str(claim.version), "sdr_rate": rate, "liability": claim.liability, "assessed_amount": kept,
            "is_lifted": claim.limit_lifted, "text": claim.liability_text,
        }
    )  # fmt: skip


def _verdict(form: DecideForm) -> Verdict:
    return Verdict(
        form.liability.data, form.text.data or "", form.assessed_amount.data, form.sdr_rate.data, form.is_lifted.data
    )  # fmt: skip


def _rate() -> Decimal | None:
    try:
        typed_rate = read_number(request.args.get("sdr_rate", ""), 6)
    except Invalid:
        return None
    return typed_rate if typed_rate is not None and typed_rate > 0 else None
