"""Rates of exchange and of tax at the desk."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from flask import current_app, flash, g, redirect, url_for
from flask_babel import gettext as _

from portal.access.guards import requires
from portal.access.permissions import Permission as P
from portal.catalogue.actions import rates as actions
from portal.catalogue.forms.catalogue import ExchangeForm, TaxForm
from portal.catalogue.models import ExchangeRate
from portal.catalogue.queries import rates as queries
from portal.catalogue.views.catalogue_lists import EXCHANGE, TAXES
from portal.catalogue.views.doors import catalogue as bp
from portal.catalogue.views.drawing import rate_tabs
from portal.kernel import clock
from portal.web.forms import attempted, form_page
from portal.web.listing import list_page

TAX_COLUMNS = (
    "tax_class",
    "kind",
    "name_zh",
    "name_en",
    "percent",
    "label_zh",
    "label_en",
    "valid_from",
)


@bp.get("/exchange")
@requires(P.TARIFF_SEE)
def exchange() -> Any:
    """Every recorded rate of exchange."""
    tabs = rate_tabs("desk_catalogue.exchange")
    return list_page(EXCHANGE, queries.exchange_list(), "catalogue/exchange.html", tabs=tabs)


@bp.route("/exchange/new", methods=["GET", "POST"])
@requires(P.RATE_EDIT)
def new_exchange() -> Any:
    """Record the rate of a day."""
    form = ExchangeForm(data={"on": _today(), "currency": "USD", "base": "CNY"})
    if form.validate_on_submit() and attempted(form, lambda: _recorded(form)):
        flash(_("The rate is recorded."), "success")
        return redirect(url_for(".exchange"))
    return form_page("catalogue/exchange_new.html", form)


def _recorded(form: ExchangeForm) -> ExchangeRate:
    pair = form.currency.data, form.base.data, form.on.data
    rate = form.rate.data or Decimal(0)
    source = form.source.data or ""
    return actions.record_exchange_rate(*pair, rate, source, g.viewer, clock.now())


@bp.get("/taxes")
@requires(P.TARIFF_SEE)
def taxes() -> Any:
    """Every tax rate of the firm's own."""
    tabs = rate_tabs("desk_catalogue.taxes")
    return list_page(TAXES, queries.tax_list(), "catalogue/taxes.html", tabs=tabs)


@bp.route("/taxes/new", methods=["GET", "POST"])
@requires(P.RATE_EDIT)
def new_tax() -> Any:
    """Record a rate or a label from a day on."""
    form = TaxForm(data={"valid_from": _today()})
    if form.validate_on_submit():
        values = {name: form[name].data or "" for name in TAX_COLUMNS}
        values["percent"] = form.percent.data
        if attempted(form, lambda: actions.record_tax_rate(values, g.viewer, clock.now())):
            flash(_("The tax rate is recorded."), "success")
            return redirect(url_for(".taxes"))
    return form_page("catalogue/tax_new.html", form)


def _today() -> Any:
    return clock.today(current_app.config["TIMEZONE"])
