"""Surcharge rules at the desk."""

from __future__ import annotations

from typing import Any

from flask import current_app, flash, g, redirect, url_for
from flask_babel import gettext as _

from portal.access.guards import requires
from portal.access.permissions import Permission as P
from portal.catalogue.actions import surcharges as actions
from portal.catalogue.forms.catalogue import SIMPLE_BASES, SurchargeForm, terms_values
from portal.catalogue.models import SurchargeRule
from portal.catalogue.queries import surcharges as queries
from portal.catalogue.queries.items import item_by_code
from portal.catalogue.rules.terms import Basis, PriceTerms
from portal.catalogue.rules.termwords import describe
from portal.catalogue.views.catalogue_lists import SURCHARGES
from portal.catalogue.views.doors import catalogue as bp
from portal.catalogue.views.items import place_code
from portal.kernel import clock
from portal.kernel.errors import Invalid
from portal.kernel.text import t
from portal.web.clashes import begun, edited
from portal.web.forms import attempted, form_page
from portal.web.listing import list_page

COLUMNS = (
    "category",
    "load",
    "packaging",
    "carrier",
    "note",
)
FLAGS = ("is_optional", "is_collect", "is_pass_through", "active")


@bp.get("/surcharges")
@requires(P.TARIFF_SEE)
def surcharges() -> Any:
    """What attaches itself to quotations."""
    return list_page(SURCHARGES, queries.surcharge_list(g.viewer), "catalogue/surcharges.html")


@bp.route("/surcharges/new", methods=["GET", "POST"])
@requires(P.SERVICE_ITEM_EDIT)
def new_surcharge() -> Any:
    """Make a rule."""
    today = clock.today(current_app.config["TIMEZONE"])
    form = _form(SurchargeForm(data={"valid_from": today, "active": True, "category": "sea"}))
    if form.validate_on_submit() and attempted(
        form,
        lambda: actions.create_surcharge(
            _values(form, PriceTerms(Basis.PER_UNIT)), g.viewer, clock.now()
        ),
    ):
        flash(_("The surcharge attaches itself from now on."), "success")
        return redirect(url_for(".surcharges"))
    return form_page("catalogue/surcharge_edit.html", form, rule=None, clashes=(), kept=())


@bp.route("/surcharges/<int:rule_id>", methods=["GET", "POST"])
@requires(P.SERVICE_ITEM_EDIT)
def edit_surcharge(rule_id: int) -> Any:
    """Change a rule."""
    row = queries.surcharge(rule_id, g.viewer)
    form = begun(_form(SurchargeForm(data=_shown(row)), row), row)
    clashes: Any = ()
    if form.validate_on_submit():
        saved, clashes = edited(form, row, lambda: _changed(form, row), beyond=True)
        if saved:
            flash(_("Saved."), "success")
            return redirect(url_for(".surcharges"))
    kept = () if "basis" in form else describe(row.price_terms)
    return form_page("catalogue/surcharge_edit.html", form, rule=row, clashes=clashes, kept=kept)


def _form(form: SurchargeForm, row: SurchargeRule | None = None) -> SurchargeForm:
    """Without the terms where they are more than one types here, without costs for who may not see them."""
    schemes = [(each.id, each.code) for each in queries.schemes_for_choice(g.viewer)]
    form.scheme_id.choices = [("", "—"), *schemes]
    if row is not None and row.price_terms.basis not in SIMPLE_BASES:
        for name in terms_values(row.price_terms):
            delattr(form, name)
    if not g.viewer.may(P.COST_SEE):
        del form.cost
        del form.cost_currency
    return form


def _shown(row: SurchargeRule) -> dict[str, Any]:
    values: dict[str, Any] = {name: getattr(row, name) for name in (*COLUMNS, *FLAGS)}
    values |= {"origin": row.origin, "destination": row.destination}
    values |= {"item_code": row.item.code, "scheme_id": row.scheme_id or ""}
    values |= {"valid_from": row.valid_from, "valid_to": row.valid_to}
    if row.price_terms.basis in SIMPLE_BASES:
        values |= terms_values(row.price_terms)
    cost = PriceTerms.from_json(row.cost_terms) if row.cost_terms else None
    shown = {"cost": cost.rate if cost else None}
    return values | shown | {"cost_currency": cost.currency if cost else "CNY"}


def _values(form: SurchargeForm, before: PriceTerms) -> dict[str, Any]:
    item = item_by_code((form.item_code.data or "").strip())
    if item is None:
        raise Invalid(t("There is no service item with this code."), "item_code")
    terms = form.terms() if "basis" in form else before
    category = form.category.data or ""
    values: dict[str, Any] = {name: form[name].data or "" for name in COLUMNS}
    values |= {name: bool(form[name].data) for name in FLAGS}
    values |= {name: place_code(form[name].data, category) for name in ("origin", "destination")}
    values |= {"item_id": item.id, "scheme_id": form.scheme_id.data, "terms": terms.to_json()}
    values |= {"valid_from": form.valid_from.data, "valid_to": form.valid_to.data}
    if "cost" in form:
        values["cost_terms"] = _cost(form, terms)
    return values


def _cost(form: SurchargeForm, terms: PriceTerms) -> Any:
    """The cost in the same unit as the price; None when none is known."""
    if form.cost.data is None:
        return None
    currency = form.cost_currency.data or "CNY"
    basis = Basis.PER_UNIT if terms.basis is Basis.PER_UNIT else Basis.FLAT
    return PriceTerms(basis, terms.unit, currency, rate=form.cost.data).to_json()


def _changed(form: SurchargeForm, row: SurchargeRule) -> SurchargeRule:
    values = _values(form, row.price_terms)
    return actions.change_surcharge(row, values, form.seen_version, g.viewer, clock.now())
