"""Claims at the desk: the list, a claim that reached us by telephone, one claim with its facts put right."""

from __future__ import annotations

from functools import partial
from typing import Any

from flask import Response, flash, g, redirect, request, url_for
from flask_babel import gettext as _

from portal.access.guards import requires
from portal.access.permissions import Permission as P
from portal.claims.actions import filing
from portal.claims.actions.filing_values import NewClaim
from portal.claims.forms.desk import EditForm, NewDeskForm
from portal.claims.models import Claim
from portal.claims.queries.sums import open_sums
from portal.claims.views.claim_list import CLAIMS_LIST, claims_of
from portal.claims.views.desk_page import context
from portal.claims.views.door import claim_of, to_desk
from portal.claims.views.door import desk_door as bp
from portal.claims.views.papers import agreement_response, sheets_of
from portal.claims.views.prefill import About, about
from portal.customers.models import Customer
from portal.customers.queries.finding import matching
from portal.db.base import db
from portal.kernel import clock
from portal.web.flask_app import once
from portal.web.forms import attempted, form_page
from portal.web.listing import list_page
from portal.web.pages import page
from portal.web.stepping import done_at, fresh

AT = "/claims/<int:claim_id>"
FOUND = 12
FACTS = (
    "loss", "mode", "waybill", "delivered_on", "noticed_on", "currency", "claimed_amount", "goods_value",
    "declared_value", "packages", "gross_kg", "freight_amount", "in_container",
)  # fmt: skip


@bp.get("/claims")
@requires(P.CLAIM_SEE)
def index() -> Any:
    """Every claim that one may see, and what is at stake in the open ones."""
    sums = open_sums(g.viewer)
    return list_page(CLAIMS_LIST, claims_of(g.viewer), "claims/desk_index.html", sums=sums)


@bp.route("/claims/new", methods=["GET", "POST"])
@once
@requires(P.REQUEST_RAISE)
def new() -> Any:
    """First whose it is, then what happened."""
    told = about()
    if told.customer_id is None:
        return _choose(told)
    customer = db.session.get_one(Customer, told.customer_id)
    form = NewDeskForm(
        data={"currency": customer.default_currency, "noticed_on": clock.today(), **told.values}
    )
    if form.validate_on_submit():
        claim = attempted(form, partial(_noted, form, told))
        if claim is not None:
            flash(_("Noted as %(number)s.", number=claim.number), "success")
            return redirect(to_desk(claim.id), 303)
    return form_page("claims/desk_new.html", form, about=told, customer=customer)


@bp.get(AT)
@requires(P.CLAIM_SEE)
def show(claim_id: int) -> Any:
    """One claim."""
    return page("claims/desk_show.html", **context(claim_of(claim_id)))


@bp.route(f"{AT}/edit", methods=["GET", "POST"])
@requires(P.CLAIM_DECIDE)
def edit(claim_id: int) -> Any:
    """Facts put right."""
    claim = claim_of(claim_id)
    kept = {name: getattr(claim, name) for name in FACTS}
    form = EditForm(data={**kept, "version": str(claim.version)})
    if form.validate_on_submit() and fresh(form, claim):
        told = NewClaim(
            customer_id=claim.customer_id, text=claim.request.text[:2000], **form.values()
        )
        verb = partial(filing.change, claim, told, g.viewer, clock.now())
        if attempted(form, verb) is not None:
            flash(_("Changed."), "success")
            return redirect(to_desk(claim_id), 303)
    return form_page("claims/desk_edit.html", form, claim=claim)


@bp.post(f"{AT}/take")
@requires(P.CLAIM_DECIDE)
def take(claim_id: int) -> Response:
    """I look into it."""
    verb = partial(filing.take, claim_of(claim_id), g.viewer, clock.now())
    return done_at(to_desk(claim_id), _("It is yours now."), verb)


@bp.post(f"{AT}/file")
@requires(P.CLAIM_DECIDE)
def file_claim(claim_id: int) -> Response:
    """The claimant told us that it is complete."""
    verb = partial(filing.file_, claim_of(claim_id), g.viewer, clock.now())
    return done_at(to_desk(claim_id), _("Filed."), verb)


@bp.get(f"{AT}/agreement")
@requires(P.CLAIM_SEE)
def agreement(claim_id: int) -> Response:
    """The agreement: the printed paper, or the offer as a page to print and sign."""
    sheets = sheets_of(url_for("desk_claims.paper_sheet"))
    return agreement_response(claim_of(claim_id), sheets)


def _choose(told: About) -> str:
    words = request.values.get("q", "").strip()[:80]
    found = matching(words, g.viewer, FOUND) if words else []
    back = (_("Claims"), url_for(".index"))
    shown = {
        "heading": _("Note a claim: of which customer?"),
        "lead": "",
        "back": back,
        "kept": told.kept,
    }
    return page("receivables/desk_choose.html", words=words, found=found, **shown)


def _noted(form: NewDeskForm, told: About) -> Claim:
    values = {**form.values(), **told.ids, "customer_id": told.customer_id}
    return filing.notify(NewClaim(**values), g.viewer, clock.now())
