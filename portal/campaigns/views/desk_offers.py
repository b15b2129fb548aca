"""Recommended services at the desk, and who was interested."""

from __future__ import annotations

from typing import Any

from flask import flash, g, redirect, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import joinedload

from portal.access.guards import fetch, requires
from portal.access.permissions import Permission as P
from portal.campaigns.actions import offers
from portal.campaigns.forms.shown import OfferForm
from portal.campaigns.models import Interest, Offer
from portal.campaigns.queries import choices
from portal.campaigns.rules.states import SHOWN_STEPS, ShownState
from portal.campaigns.views import shown_list
from portal.campaigns.views.campaign_list import INTEREST_LIST, interest_rows
from portal.campaigns.views.campaign_page import texts
from portal.campaigns.views.desk_notices import texts_of
from portal.campaigns.views.doors import desk_offers as bp
from portal.campaigns.views.history import past
from portal.db.base import db
from portal.kernel import clock
from portal.kernel.errors import Invalid
from portal.kernel.text import t
from portal.web.clashes import begun, edited
from portal.web.flask_app import once
from portal.web.forms import attempted, form_page
from portal.web.listing import list_page
from portal.web.pages import page
from portal.web.stepping import done_at
from portal.web.words import name_of

AT = "/offers/<int:offer_id>"
EDIT = "campaigns/offer_edit.html"
SHOWN_INTERESTS = 10


@bp.get("/offers")
@requires(P.OFFER_EDIT)
def index() -> Any:
    """Everything that was ever recommended, the latest first."""
    return list_page(shown_list.OFFER_LIST, shown_list.offers(), "campaigns/offer_index.html")


@bp.get("/offers/interests")
@requires(P.OFFER_EDIT)
def interests() -> Any:
    """Who was interested in what."""
    return list_page(INTEREST_LIST, interest_rows(g.viewer), "campaigns/interest_index.html")


@bp.route("/offers/new", methods=["GET", "POST"])
@requires(P.OFFER_EDIT)
@once
def new() -> Any:
    """Recommend a service: a draft until it is published."""
    form = _filled(OfferForm(from_on=clock.today(), only_new=True))
    if _asks_for_preview():
        return page(EDIT, form=form, **_beside(None, form))
    if form.validate_on_submit():
        row = attempted(form, lambda: offers.write(_facts(form), g.viewer, clock.now()))
        if row is not None:
            flash(_("Kept as a draft. Publish it when it is ready."), "success")
            return redirect(_to(row.id), 303)
    return form_page(EDIT, form, **_beside(None))


@bp.get(AT)
@requires(P.OFFER_EDIT)
def show(offer_id: int) -> Any:
    """One offer as customers see it, and who was interested."""
    row = fetch(Offer, offer_id, options=(joinedload(Offer.item), joinedload(Offer.bundle)))
    wanted = interest_rows(g.viewer).where(Interest.offer_id == row.id)
    latest = db.session.scalars(wanted.order_by(Interest.id.desc()).limit(SHOWN_INTERESTS)).all()
    return page(
        "campaigns/offer_desk.html", offer=row, label=shown_list.label_of(row), texts=texts_of(row),  # type: ignore[arg-type]
        steps=[step.value for step in SHOWN_STEPS.actions(ShownState(row.state))], interests=latest,
        tiers=shown_list.tiers_in_words(row.tiers), history=past(row),
    )  # fmt: skip


@bp.route(f"{AT}/edit", methods=["GET", "POST"])
@requires(P.OFFER_EDIT)
def edit(offer_id: int) -> Any:
    """Change an offer."""
    row = fetch(Offer, offer_id, options=(joinedload(Offer.item),))
    form = begun(_filled(OfferForm(obj=row, item_code=row.item.code if row.item else "")), row)
    if _asks_for_preview():
        return page(EDIT, form=form, **_beside(row, form))
    clashes: Any = ()
    if form.validate_on_submit():
        seen = form.seen_version
        verb = lambda: offers.change(row, _facts(form), seen, g.viewer, clock.now())  # noqa: E731
        saved, clashes = edited(form, row, verb)
        if saved:
            flash(_("Saved."), "success")
            return redirect(_to(offer_id), 303)
    return form_page(EDIT, form, **{**_beside(row), "clashes": clashes})


@bp.post(f"{AT}/publish")
@requires(P.OFFER_EDIT)
def publish(offer_id: int) -> Any:
    """Let customers see it."""
    row = fetch(Offer, offer_id)
    verb = lambda: offers.publish(row, g.viewer, clock.now())  # noqa: E731
    return done_at(_to(offer_id), _("Published."), verb)


@bp.post(f"{AT}/withdraw")
@requires(P.OFFER_EDIT)
def withdraw(offer_id: int) -> Any:
    """Take it down."""
    row = fetch(Offer, offer_id)
    verb = lambda: offers.withdraw(row, g.viewer, clock.now())  # noqa: E731
    return done_at(_to(offer_id), _("Taken down."), verb)


def _filled(form: OfferForm) -> OfferForm:
    """The form with what there is to choose from."""
    form.bundle_id.choices = [
        ("", _("none")),
        *((str(b.id), name_of(b)) for b in choices.bundles()),
    ]
    known = choices.industries(g.viewer)
    form.industries.choices = [
        (each, each) for each in sorted({*known, *(form.industries.data or ())})
    ]
    if not form.is_submitted():
        form.bundle_id.data = str(form.bundle_id.data or "")
    return form


def _facts(form: OfferForm) -> offers.OfferFacts:
    """What was typed. Invalid at item_code for a code that nothing is sold under, or for two things, or none."""
    code = (form.item_code.data or "").strip()
    item = choices.item_of(code)
    if code and item is None:
        raise Invalid(t("There is no such service item."), "item_code")
    if bool(code) == bool(form.bundle_id.data):
        raise Invalid(t("Choose a service item or a bundle, one of the two."), "item_code")
    return form.facts(item.id if item else None)


def _beside(row: Offer | None, form: OfferForm | None = None) -> dict[str, Any]:
    shown: dict[str, Any] = {"offer": row, "items": choices.items(), "clashes": ()}
    return {**shown, "texts": texts(form.written())} if form is not None else shown


def _asks_for_preview() -> bool:
    return request.method == "POST" and "preview" in request.form


def _to(offer_id: int) -> str:
    return url_for("desk_offers.show", offer_id=offer_id)
