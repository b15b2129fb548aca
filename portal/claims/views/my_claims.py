"""The customers' claims: the list, a new one, its course, its evidence; filed and taken back."""

from __future__ import annotations

from functools import partial
from typing import Any

from flask import Response, flash, g, redirect
from flask_babel import gettext as _

from portal.access.guards import requires
from portal.access.permissions import Permission as P
from portal.claims.actions import answering, evidence, filing
from portal.claims.actions.filing_values import NewClaim
from portal.claims.forms.my import ClaimForm, MorePieceForm, PieceForm
from portal.claims.models import Claim
from portal.claims.queries.claims import evidence_of
from portal.claims.rules.kinds import EvidenceKind
from portal.claims.views.claim_list import MY_CLAIMS, mine
from portal.claims.views.door import claim_of, piece_of, reason, to_my, typed
from portal.claims.views.door import my_door as bp
from portal.claims.views.my_page import claimants, context
from portal.claims.views.prefill import About, about
from portal.kernel import clock
from portal.web.flask_app import once
from portal.web.forms import attempted, form_page
from portal.web.listing import list_page
from portal.web.pages import page
from portal.web.stepping import done_at

AT = "/claims/<int:claim_id>"


@bp.get("/claims")
@requires(P.CLAIM_SEE)
def index() -> Any:
    """Every loss that we told, and what became of it."""
    return list_page(MY_CLAIMS, mine(g.viewer), "claims/my_index.html")


@bp.route("/claims/new", methods=["GET", "POST"])
@once
@requires(P.REQUEST_RAISE)
def new() -> Any:
    """A loss on one page; what it is about comes along."""
    told = about()
    people = claimants(told)
    begun = {"customer_id": people[0].id, "currency": people[0].default_currency} if people else {}
    form = ClaimForm(data={**begun, **told.values})
    form.customer_id.choices = [(row.id, row.label) for row in people]
    if form.validate_on_submit():
        claim = attempted(form, partial(_notified, form, told))
        if claim is not None:
            flash(
                _(
                    "Your claim %(number)s is with us. Send the proof, then file it.",
                    number=claim.number,
                ),
                "success",
            )
            return redirect(to_my(claim.id), 303)
    return form_page("claims/my_new.html", form, about=told, people=people)


@bp.get(AT)
@requires(P.CLAIM_SEE)
def show(claim_id: int) -> Any:
    """One claim, followed to its end."""
    return page("claims/my_show.html", **context(claim_of(claim_id)))


@bp.post(f"{AT}/evidence")
@once
@requires(P.REQUEST_RAISE)
def add_evidence(claim_id: int) -> Response:
    """A piece that nobody asked for."""
    claim, form = claim_of(claim_id), MorePieceForm()
    verb = lambda: evidence.add(  # noqa: E731
        claim, form.kind.data, form.text.data or "", form.files.uploads, g.viewer, clock.now()
    )
    return typed(form, to_my(claim_id), _("Thank you. We look at it."), verb)


@bp.post(f"{AT}/evidence/<int:evidence_id>")
@once
@requires(P.REQUEST_RAISE)
def give_evidence(claim_id: int, evidence_id: int) -> Response:
    """The files of a piece that was asked for."""
    piece, form = piece_of(claim_id, evidence_id), PieceForm()
    verb = lambda: evidence.give(  # noqa: E731
        piece, form.text.data or "", form.files.uploads, g.viewer, clock.now()
    )
    return typed(form, to_my(claim_id), _("Thank you. We look at it."), verb)


@bp.post(f"{AT}/file")
@requires(P.REQUEST_RAISE)
def file_claim(claim_id: int) -> Response:
    """It is complete as far as we are concerned."""
    verb = partial(filing.file_, claim_of(claim_id), g.viewer, clock.now())
    return done_at(to_my(claim_id), _("Filed. We look into it."), verb)


@bp.post(f"{AT}/withdraw")
@requires(P.REQUEST_RAISE)
def withdraw(claim_id: int) -> Response:
    """We take it back."""
    verb = partial(answering.withdraw, claim_of(claim_id), reason(), g.viewer, clock.now())
    return done_at(to_my(claim_id), _("Withdrawn."), verb)


def _notified(form: ClaimForm, told: About) -> Claim:
    """The claim, with the photographs that came along as its first piece of evidence."""
    now, values = clock.now(), form.values()
    customer_id = told.customer_id or form.customer_id.data
    values["freight_amount"] = told.values.get("freight_amount")
    claim = filing.notify(NewClaim(customer_id=customer_id, **values, **told.ids), g.viewer, now)
    if form.photos.uploads:
        pieces = [each for each in evidence_of(claim) if each.kind == EvidenceKind.PHOTOS]
        if pieces:
            evidence.give(pieces[0], "", form.photos.uploads, g.viewer, now)
        else:
            evidence.add(claim, EvidenceKind.PHOTOS, "", form.photos.uploads, g.viewer, now)
    return claim
