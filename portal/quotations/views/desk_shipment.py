"""Editing what is shipped and how it is offered: a form each, with the paper beside the offer's."""

from __future__ import annotations

from typing import Any

from flask import flash, g
from flask_babel import gettext as _

from portal.access.guards import requires
from portal.access.permissions import Permission as P
from portal.catalogue.queries.places import all_places
from portal.catalogue.rules.places import Gazetteer
from portal.kernel import clock
from portal.quotations import queries
from portal.quotations.actions import drafting
from portal.quotations.actions.addressing import address
from portal.quotations.actions.drafting import ShipmentFacts, check_editable
from portal.quotations.forms.offer import OfferForm, terms_as_typed
from portal.quotations.forms.shipment import ShipmentForm, cargo_as_typed
from portal.quotations.models import Quotation, QuotationVersion
from portal.quotations.rules.shipment import cargo_from_json
from portal.quotations.views.desk_door import back, bp, quotation_and_version, seen
from portal.quotations.views.desk_stale import saved
from portal.quotations.views.desk_words import place_as_typed, place_code
from portal.web.forms import form_page

WORDS = ("category", "load", "carrier", "incoterm", "routing", "goods")
NUMBERS = ("transit_days", "free_days", "reference_on")


@bp.route("/quotations/<int:quotation_id>/shipment", methods=["GET", "POST"])
@requires(P.QUOTATION_EDIT)
def shipment(quotation_id: int) -> Any:
    """The lane and the cargo; saving prices every line again."""
    quotation, version = quotation_and_version(quotation_id)
    book = all_places()
    form = ShipmentForm(data=_as_typed(version, book))
    check_editable(version)
    changes: list[tuple[str, str]] = []
    if form.validate_on_submit():
        ok, changes = saved(form, version, lambda: _changed(form, version, book))
        if ok:
            flash(_("Saved. Every charge is priced again."), "success")
            return back(quotation_id)
    return form_page("quotations/desk_shipment.html", form, quotation=quotation, changes=changes)


@bp.route("/quotations/<int:quotation_id>/offer", methods=["GET", "POST"])
@requires(P.QUOTATION_EDIT)
def offer(quotation_id: int) -> Any:
    """Title, contact, validity, language, terms and notes, beside the paper they make."""
    quotation, version = quotation_and_version(quotation_id)
    check_editable(version)
    form = _offer_form(quotation, version)
    changes: list[tuple[str, str]] = []
    if form.validate_on_submit():
        ok, changes = saved(form, version, lambda: _offered(form, quotation, version))
        if ok:
            flash(_("Saved."), "success")
            return back(quotation_id)
    shown = {"quotation": quotation, "version": version, "changes": changes}
    return form_page("quotations/desk_offer.html", form, **shown)


def facts_of(form: ShipmentForm, book: Gazetteer) -> ShipmentFacts:
    """What was typed, with the codes of its places."""
    category = form.category.data or ""
    ends = [
        place_code(form[side].data or "", category, book, side)
        for side in ("origin", "destination")
    ]
    return form.facts(*ends)


def _as_typed(version: QuotationVersion, book: Gazetteer) -> dict[str, Any]:
    return {
        **{name: getattr(version, name) for name in (*WORDS, *NUMBERS)},
        **{
            side: place_as_typed(getattr(version, side), book) for side in ("origin", "destination")
        },
        **cargo_as_typed(cargo_from_json(version.cargo)),
        "version": str(version.version),
    }


def _changed(form: ShipmentForm, version: QuotationVersion, book: Gazetteer) -> None:
    drafting.change_facts(version, facts_of(form, book), g.viewer, clock.now(), seen())


def _offer_form(quotation: Quotation, version: QuotationVersion) -> OfferForm:
    stored = {name: getattr(version, name) for name in (
        "valid_until", "language", "total_currency", "shows_converted_total", "hides_zero_lines",
        "note", "internal_note")}  # fmt: skip
    form = OfferForm(
        data={
            **stored,
            **terms_as_typed(version.terms or []),
            "title": quotation.title,
            "contact_id": quotation.contact_id,
            "version": str(version.version),
        }
    )
    people = queries.contacts(quotation, g.viewer)
    form.contact_id.choices = [
        ("", "—"),
        *((p.id, f"{p.name} {p.position}".strip()) for p in people),
    ]
    return form


def _offered(form: OfferForm, quotation: Quotation, version: QuotationVersion) -> None:
    people = {person.id: person for person in queries.contacts(quotation, g.viewer)}
    drafting.change_offer(version, form.offer(), g.viewer, clock.now(), seen())
    contact = people.get(form.contact_id.data or 0)
    address(quotation, version, form.title.data, contact, g.viewer, clock.now())
