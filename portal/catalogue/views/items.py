"""Service items and the firm's own places at the desk."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from flask import current_app, flash, g, redirect, url_for
from flask_babel import gettext as _

from portal.access.guards import fetch, requires
from portal.access.permissions import Permission as P
from portal.catalogue.actions import items as actions
from portal.catalogue.actions.rates import add_place
from portal.catalogue.forms.catalogue import ItemForm, PlaceForm
from portal.catalogue.labels import CATEGORIES, LOADS, SECTION_WORDS
from portal.catalogue.models import ServiceItem
from portal.catalogue.queries import items as queries
from portal.catalogue.queries.places import all_places, firm_place_list
from portal.catalogue.queries.prices import lane_prices
from portal.catalogue.queries.rates import tax_classes
from portal.catalogue.rules.itemkeys import ItemKey
from portal.catalogue.rules.places import PREFERRED_KINDS
from portal.catalogue.rules.termwords import short
from portal.catalogue.views.catalogue_lists import ITEMS, PLACES
from portal.catalogue.views.doors import catalogue as bp
from portal.catalogue.views.drawing import item_tabs, place_names
from portal.contracts.queries.belongings import contracts_with
from portal.kernel import clock
from portal.kernel.units import unit_word
from portal.web.clashes import begun, edited
from portal.web.forms import attempted, form_page
from portal.web.listing import list_page
from portal.web.pages import page
from portal.web.words import name_of

ITEM_COLUMNS = (
    "code",
    "name_zh",
    "name_en",
    *ItemKey._fields,
    "section",
    "tax_class",
    "tax_inclusive",
    "default_currency",
    "active",
)


@bp.get("/items")
@requires(P.CATALOGUE_SEE)
def items() -> Any:
    """Everything that is sold."""
    tabs = item_tabs("desk_catalogue.items")
    return list_page(ITEMS, queries.item_list(), "catalogue/items.html", tabs=tabs)


@bp.get("/items/<int:item_id>")
@requires(P.CATALOGUE_SEE)
def item(item_id: int) -> Any:
    """One item, what it costs today, and the contracts that agree on it."""
    row = fetch(ServiceItem, item_id)
    found = []
    on = clock.today(current_app.config["TIMEZONE"])
    if g.viewer.may(P.TARIFF_SEE) and (row.origin or row.destination):
        lane = lane_prices(g.viewer, None, row.origin, row.destination, on=on, charges="all")
        found = [(price, short(price.terms)) for price in lane if price.item_id == row.id]
    words = {"categories": CATEGORIES, "loads": LOADS, "sections": SECTION_WORDS}
    tax = next((name_of(t) for t in tax_classes(on) if t.tax_class == row.tax_class), row.tax_class)
    shown = {"item": row, "prices": found, "places": place_names(), "tax": tax}
    shown["counted_in"] = unit_word(row.main_unit)
    shown["contracts"] = contracts_with(row.id, g.viewer)
    shown["billed_in"] = _last_year(row.id, on)
    return page("catalogue/item.html", **shown, **words)


@bp.route("/items/new", methods=["GET", "POST"])
@requires(P.SERVICE_ITEM_EDIT)
def new_item() -> Any:
    """Make an item by hand."""
    form = _item_form(ItemForm(data={"tax_inclusive": True, "active": True, "category": "sea"}))
    if form.validate_on_submit():
        row = attempted(
            form, lambda: actions.create_item(_item_values(form), g.viewer, clock.now())
        )
        if row is not None:
            flash(_("%(code)s is in the catalogue.", code=row.code), "success")
            return redirect(url_for(".item", item_id=row.id))
    return form_page("catalogue/item_edit.html", form, item=None, clashes=())


@bp.route("/items/<int:item_id>/edit", methods=["GET", "POST"])
@requires(P.SERVICE_ITEM_EDIT)
def edit_item(item_id: int) -> Any:
    """Change an item."""
    row = fetch(ServiceItem, item_id)
    form = begun(_item_form(ItemForm(obj=row)), row)
    clashes: Any = ()
    if form.validate_on_submit():
        values = _item_values(form)
        saved, clashes = edited(
            form,
            row,
            lambda: actions.change_item(row, values, form.seen_version, g.viewer, clock.now()),
            beyond=True,
        )
        if saved:
            flash(_("Saved."), "success")
            return redirect(url_for(".item", item_id=item_id))
    return form_page("catalogue/item_edit.html", form, item=row, clashes=clashes)


def _last_year(item_id: int, today: date) -> dict[str, Any]:
    """What asks the report of lines for those of the item in this month and the eleven before."""
    first = today.replace(year=today.year - 1, day=1) + timedelta(days=31)
    return {"from": f"{first:%Y-%m}", "to": f"{today:%Y-%m}", "by": "service", "key": item_id}


def _item_form(form: ItemForm) -> ItemForm:
    on = clock.today(current_app.config["TIMEZONE"])
    form.tax_class.choices = [
        (each.tax_class, f"{name_of(each)} · {each.label_zh}") for each in tax_classes(on)
    ]
    return form


def _item_values(form: ItemForm) -> dict[str, Any]:
    """What was typed, places as their codes."""
    values = {name: form[name].data if form[name].data is not None else "" for name in ITEM_COLUMNS}
    for name in ("origin", "destination"):
        values[name] = place_code(values[name], values["category"])
    values["charge_code"] = values["charge_code"].strip().upper()
    values["code"] = values["code"].strip()
    return values


def place_code(typed: str | None, category: str) -> str:
    """The code of a typed place; a word that is no place is kept as it is."""
    word = (typed or "").strip()
    if not word:
        return ""
    known = all_places()
    found = known.get(word.upper()) or known.find(word, PREFERRED_KINDS.get(category, ()))
    return word if found is None else found.code


@bp.get("/places")
@requires(P.CATALOGUE_SEE)
def places() -> Any:
    """The firm's own places."""
    tabs = item_tabs("desk_catalogue.places")
    return list_page(PLACES, firm_place_list(), "catalogue/places.html", tabs=tabs)


@bp.route("/places/new", methods=["GET", "POST"])
@requires(P.SERVICE_ITEM_EDIT)
def new_place() -> Any:
    """Add a place that the shipped tables lack."""
    form = PlaceForm()
    if form.validate_on_submit():
        values = {
            name: form[name].data or "" for name in ("code", "name_zh", "name_en", "kind", "parent")
        }
        values["aliases"] = [w.strip() for w in (form.aliases.data or "").split(",") if w.strip()]
        if attempted(form, lambda: add_place(values, g.viewer, clock.now())):
            return redirect(url_for(".places"))
    return form_page("catalogue/place_new.html", form)
