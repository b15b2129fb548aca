"""Tariffs at the desk: the list, one with its prices, putting it in force, out as a sheet."""

from __future__ import annotations

from typing import Any

from flask import Response, current_app, flash, g, redirect, request, url_for
from flask_babel import gettext as _

from portal.access.guards import requires
from portal.access.permissions import Permission as P
from portal.catalogue.actions import tariffs as actions
from portal.catalogue.actions.exporting import tariff_bytes, template_bytes
from portal.catalogue.forms.sheets import DaysForm
from portal.catalogue.labels import COST_KINDS, TARIFF_STATES
from portal.catalogue.models import Price, Tariff
from portal.catalogue.models.tariffs import TARIFF_STEPS, TariffState
from portal.catalogue.queries import tariffs as queries
from portal.catalogue.queries.costs import costs_of_prices
from portal.catalogue.queries.history import price_history
from portal.catalogue.rules.termwords import describe
from portal.catalogue.views.doors import tariffs as bp
from portal.catalogue.views.drawing import place_names, tariff_tabs
from portal.catalogue.views.tariff_lists import PRICES, TARIFFS
from portal.db import audit
from portal.db.base import db
from portal.kernel import clock
from portal.kernel.errors import Invalid, NotFound
from portal.web.exports import XLSX, download
from portal.web.forms import attempted, form_page
from portal.web.listing import list_page
from portal.web.pages import page
from portal.web.words import locale_code, say

KINDS = {"xlsx": XLSX, "csv": "text/csv"}


@bp.get("/tariffs")
@requires(P.TARIFF_SEE)
def index() -> Any:
    """Every tariff one may look at."""
    statement = queries.tariff_list(g.viewer)
    tabs = tariff_tabs("desk_tariffs.index")
    return list_page(TARIFFS, statement, "tariffs/index.html", tabs=tabs)


@bp.get("/tariffs/<int:tariff_id>")
@requires(P.TARIFF_SEE)
def show(tariff_id: int) -> Any:
    """One tariff: its days and state, its prices searched and paged, what became of it."""
    tariff = queries.tariff(tariff_id, g.viewer)
    draft = tariff.state == TariffState.DRAFT
    return list_page(
        PRICES,
        queries.price_list(tariff.id),
        "tariffs/show.html",
        tariff=tariff,
        state=TARIFF_STATES[tariff.state],
        steps=[s.value for s in TARIFF_STEPS.actions(TariffState(tariff.state))],
        overlapping=actions.overlapping(tariff) if draft else [],
        happenings=audit.timeline(tariff, public_only=False)[:12],
        kinds=tuple(KINDS) if g.viewer.may(P.TARIFF_EXPORT) else (),
    )


@bp.get("/tariffs/<int:tariff_id>/prices/<int:price_id>")
@requires(P.TARIFF_SEE)
def price(tariff_id: int, price_id: int) -> Any:
    """One price with its terms in words; its costs for those who may see them."""
    tariff = queries.tariff(tariff_id, g.viewer)
    row = db.session.get(Price, price_id)
    if row is None or row.tariff_id != tariff.id:
        raise NotFound()
    history = price_history(g.viewer, row.origin, row.destination, row.packaging)
    same = [point for point in history if point.charge_code == row.charge_code]
    return page(
        "tariffs/price.html",
        tariff=tariff,
        price=row,
        terms=describe(row.price_terms),
        costs=_costs(row),
        places=place_names(),
        history=same,
    )


def _costs(row: Price) -> list[tuple[str, Any]] | None:
    """(kind in words, component) of a price; None for a viewer who may not see costs."""
    if not g.viewer.may(P.COST_SEE):
        return None
    parts = costs_of_prices([row.id])[row.id]
    return [(say(COST_KINDS[part.kind]), part) for part in parts]


@bp.post("/tariffs/<int:tariff_id>/activate")
@requires(P.TARIFF_ACTIVATE)
def activate(tariff_id: int) -> Response:
    """Put a draft in force from its first day."""
    tariff = queries.tariff(tariff_id, g.viewer)
    try:
        gone = actions.activate(tariff, g.viewer, clock.now())
    except Invalid as error:
        db.session.rollback()
        flash(say(error.text), "error")
        return _back(tariff_id)
    flash(_activated(tariff, gone), "success")
    return _back(tariff_id)


def _activated(tariff: Tariff, gone: list[Tariff]) -> str:
    told = _("%(code)s is in force from %(day)s.", code=tariff.code, day=tariff.valid_from)
    if not gone:
        return told
    return f"{told} {_('It takes the place of %(codes)s.', codes=', '.join(t.code for t in gone))}"


@bp.post("/tariffs/<int:tariff_id>/retire")
@requires(P.TARIFF_ACTIVATE)
def retire(tariff_id: int) -> Response:
    """Take a tariff out of force, with a reason."""
    tariff = queries.tariff(tariff_id, g.viewer)
    actions.retire(tariff, request.form.get("reason", ""), g.viewer, clock.now())
    flash(_("%(code)s is retired.", code=tariff.code), "success")
    return _back(tariff_id)


@bp.post("/tariffs/<int:tariff_id>/discard")
@requires(P.TARIFF_IMPORT)
def discard(tariff_id: int) -> Response:
    """Throw a draft away."""
    tariff = queries.tariff(tariff_id, g.viewer)
    code = tariff.code
    actions.discard(tariff, g.viewer, clock.now())
    flash(_("The draft %(code)s is thrown away.", code=code), "success")
    return redirect(url_for(".index"))  # type: ignore[return-value]


@bp.route("/tariffs/<int:tariff_id>/days", methods=["GET", "POST"])
@requires(P.TARIFF_IMPORT)
def days(tariff_id: int) -> Any:
    """Move the days of a draft."""
    tariff = queries.tariff(tariff_id, g.viewer)
    form = DaysForm(obj=tariff)
    if form.validate_on_submit():
        chosen = form.valid_from.data, form.valid_to.data
        if attempted(form, lambda: actions.change_days(tariff, *chosen, g.viewer, clock.now())):
            return _back(tariff_id)
    return form_page("tariffs/days.html", form, tariff=tariff)


@bp.get("/tariffs/<int:tariff_id>/export.<kind>")
@requires(P.TARIFF_EXPORT)
def export(tariff_id: int, kind: str) -> Response:
    """A tariff as our own sheet; imported unchanged it changes nothing."""
    tariff = queries.tariff(tariff_id, g.viewer)
    if kind not in KINDS:
        raise NotFound()
    body = tariff_bytes(tariff, kind, g.viewer, "en" if locale_code() == "en" else "zh")
    return download(body, f"{tariff.code}.{kind}", KINDS[kind])


@bp.get("/tariffs/template.xlsx")
@requires(P.TARIFF_SEE)
def template() -> Response:
    """An empty sheet of our own to fill in."""
    language = locale_code()
    name = _("rate sheet template")
    return download(template_bytes("en" if language == "en" else "zh"), f"{name}.xlsx", XLSX)


def _back(tariff_id: int) -> Response:
    return redirect(url_for(".show", tariff_id=tariff_id))  # type: ignore[return-value]


def today() -> Any:
    """The firm's day."""
    return clock.today(current_app.config["TIMEZONE"])
