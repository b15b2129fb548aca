"""“For you”: what is recommended, one button to hear more, and one's own word on news by mail."""

from __future__ import annotations

from typing import Any

from flask import flash, g, redirect, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select

from portal.access.guards import requires
from portal.access.permissions import Permission as P
from portal.accounts.models import User
from portal.campaigns.actions import consenting, interest
from portal.campaigns.forms.shown import InterestForm
from portal.campaigns.labels import consent_label
from portal.campaigns.models import Offer
from portal.campaigns.queries import consent, shown
from portal.campaigns.rules.kinds import Consent, ConsentWay
from portal.campaigns.views.doors import my_offers as bp
from portal.campaigns.views.wording import in_my_language
from portal.db.base import db
from portal.kernel import clock
from portal.kernel.errors import NotFound
from portal.web.flask_app import once
from portal.web.forms import attempted
from portal.web.pages import page, refused

LATEST = 3


@bp.get("/offers")
@requires(P.INTEREST_SHOW)
def index() -> Any:
    """What is recommended to this customer today."""
    return page("campaigns/my_offers.html", **_context(), form=InterestForm(formdata=None), asked=0)


@bp.post("/offers/<int:offer_id>/interest")
@requires(P.INTEREST_SHOW)
@once
def interested(offer_id: int) -> Any:
    """One step: we call."""
    offer = db.session.get(Offer, offer_id)
    if offer is None:
        raise NotFound()
    form = InterestForm()
    verb = lambda: interest.in_offer(offer, form.text.data or "", g.viewer, clock.now())  # noqa: E731
    if form.validate_on_submit() and attempted(form, verb) is not None:
        flash(_("Thank you. Your contact with us has been told and will get in touch."), "success")
        return redirect(url_for("my_offers.index", _anchor=f"offer-{offer_id}"), 303)
    return refused("campaigns/my_offers.html", **_context(), form=form, asked=offer_id)


@bp.post("/news-by-mail")
@requires(P.INTEREST_SHOW)
def news() -> Any:
    """The user's own word on news by mail: yes or no, as often as they like."""
    wanted = Consent.GIVEN if request.form.get("wanted") == "yes" else Consent.WITHDRAWN
    consenting.say(_address(), wanted, ConsentWay.PORTAL, g.viewer, clock.now())
    said = (
        _("You get news by mail from now on.")
        if wanted is Consent.GIVEN
        else _("You get no more news by mail.")
    )
    flash(said, "success")
    return redirect(url_for("my_offers.index", _anchor="news"), 303)


def _context() -> dict[str, Any]:
    customer, today = shown.own_customer(g.viewer), clock.today()
    offers, said = shown.offers_for(customer, today), consent.of_address(_address())
    notices = shown.notices_for(customer, today, LATEST)
    return {
        "offers": offers,
        "interests": shown.interests_in(customer.id, offers) if customer else {},
        "words": in_my_language,
        "notices": notices,
        "read": shown.read_by(g.viewer.user_id, notices),
        "consent": said,
        "consent_label": consent_label(said),
        "address": _address(),
    }


def _address() -> str:
    return db.session.scalars(select(User.email).where(User.id == g.viewer.user_id)).one()
