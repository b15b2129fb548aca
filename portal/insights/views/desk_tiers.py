"""Tiers and classes at the desk: the overview, the cards with their menus, the bounds."""

from __future__ import annotations

from functools import partial
from typing import Any

from flask import flash, g, redirect, url_for
from flask_babel import gettext as _

from portal.access.guards import fetch, requires
from portal.access.permissions import Permission as P
from portal.catalogue.queries.items import item_by_code
from portal.customers.rules.kinds import SEGMENTS
from portal.documents.models import FirmProfile
from portal.documents.queries import NO_FIRM, firm_currency, firm_profile
from portal.insights.actions import tier_cards
from portal.insights.forms.tiers import CardForm, ServiceForm, settings_form
from portal.insights.models import TierCard, TierService
from portal.insights.queries.tiers import card_of, insight_settings
from portal.insights.rules.kinds import SERVICE_LEVELS
from portal.insights.views.class_page import overview
from portal.insights.views.tier_door import bp, seen, tabs
from portal.kernel import clock
from portal.kernel.errors import Invalid, NotFound, StaleEdit
from portal.kernel.text import t
from portal.web.forms import attempted, form_page
from portal.web.pages import page
from portal.web.words import say


@bp.get("/tiers")
@requires(P.INSIGHT_SEE)
def index() -> Any:
    """The five tiers: how many customers, who is in charge of how many, what a tier gets."""
    return page("insights/tiers.html", tabs=tabs("index"), **overview(g.viewer))


@bp.route("/tiers/cards/<string:segment>", methods=["GET", "POST"])
@requires(P.INSIGHT_SET)
def card(segment: str) -> Any:
    """Change a tier's words, bound and capacity; its menu beside."""
    row = _card(segment)
    form = CardForm(obj=row)
    if form.validate_on_submit():
        verb = partial(
            tier_cards.change_card, row, form.values(), seen(form), g.viewer, clock.now()
        )
        if _saved(form, verb, row):
            flash(_("Saved. The next run goes by it."), "success")
            return redirect(url_for(".card", segment=segment), 303)
    shown = {"card": row, "levels": SERVICE_LEVELS, "tier_words": SEGMENTS}
    currency = firm_currency()
    return form_page("insights/tier_card.html", form, currency=currency, **shown)


@bp.route("/tiers/cards/<string:segment>/services/new", methods=["GET", "POST"])
@requires(P.INSIGHT_SET)
def new_service(segment: str) -> Any:
    """One more line of a tier's menu."""
    row, form = _card(segment), ServiceForm()
    if form.validate_on_submit():
        facts = (g.viewer, clock.now())
        made = attempted(
            form, lambda: tier_cards.add_service(row, form.values(_item(form)), *facts)
        )
        if made is not None:
            flash(_("Saved."), "success")
            return redirect(url_for(".card", segment=segment), 303)
    return form_page(
        "insights/tier_service.html", form, card=row, service=None, tier_words=SEGMENTS
    )


@bp.route("/tiers/services/<int:service_id>", methods=["GET", "POST"])
@requires(P.INSIGHT_SET)
def service(service_id: int) -> Any:
    """Change a line of a menu, or take it off."""
    row = fetch(TierService, service_id)
    form = ServiceForm(obj=row, data={"item_code": row.item.code if row.item else ""})
    if form.validate_on_submit() and _saved(form, lambda: _changed(row, form), row):
        flash(_("Saved."), "success")
        return redirect(url_for(".card", segment=row.card.segment), 303)
    return form_page(
        "insights/tier_service.html", form, card=row.card, service=row, tier_words=SEGMENTS
    )


@bp.route("/tiers/bounds", methods=["GET", "POST"])
@requires(P.INSIGHT_SET)
def settings() -> Any:
    """What tiers, classes, states and risks go by."""
    profile = firm_profile()
    form = settings_form(insight_settings(), profile.version or 1)
    if form.validate_on_submit() and _saved(form, lambda: _kept(form), profile):
        flash(_("Saved. The next run goes by it."), "success")
        return redirect(url_for(".settings"), 303)
    return form_page("insights/tier_settings.html", form, tabs=tabs("settings"))


def _card(segment: str) -> TierCard:
    row = card_of(segment)
    if row is None:
        raise NotFound()
    return row


def _item(form: ServiceForm) -> int | None:
    """The service item that is named; Invalid at its field for none of this code."""
    code = (form.item_code.data or "").strip()
    if not code:
        return None
    found = item_by_code(code)
    if found is None:
        raise Invalid(t("No service item has this code."), "item_code")
    return found.id


def _changed(row: TierService, form: ServiceForm) -> None:
    values = form.values(_item(form))
    tier_cards.change_service(row, values, seen(form), g.viewer, clock.now())


def _kept(form: Any) -> None:
    profile = firm_profile()
    if profile is NO_FIRM:
        profile = FirmProfile(id=1, name_zh=NO_FIRM.name_zh, version=1)
    tier_cards.change_settings(form.value(), seen(form), profile, g.viewer, clock.now())


def _saved(form: Any, verb: Any, row: Any) -> bool:
    """Whether `verb` did its work; else what it refused is told, and the form goes on from the version of now."""

    def done() -> bool:
        verb()
        return True

    try:
        return bool(attempted(form, done))
    except StaleEdit as error:
        flash(say(error.text), "error")
        form.version.data = str(row.version)
        return False
