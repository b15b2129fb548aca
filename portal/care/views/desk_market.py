"""The register of the market at the desk (REQUIREMENTS K10)."""

from __future__ import annotations

from functools import partial
from typing import Any

from flask import Response, flash, g, request
from flask_babel import gettext as _

from portal.access.guards import requires
from portal.access.permissions import Permission as P
from portal.care.actions import notes
from portal.care.forms.notes import MarketForm
from portal.care.labels import NEWS, SURENESS
from portal.care.models import MarketEntry
from portal.care.models.notes import NEVER
from portal.care.queries import notes as queries
from portal.care.rules.kinds import MarketKind, Reliability
from portal.care.rules.notes import MarketFacts
from portal.care.views.door import competitor_choices
from portal.care.views.door import market_door as bp
from portal.care.views.note_list import MARKET, lane_of, only_in_force, standing_of, until
from portal.catalogue.queries.items import item_by_code
from portal.kernel import clock
from portal.kernel.errors import Invalid
from portal.kernel.text import t
from portal.web.flask_app import once
from portal.web.forms import form_page, tried
from portal.web.listing import list_page
from portal.web.pages import page
from portal.web.stepping import as_id, done, number_in, to, typed, version_in

FORM = "care/market_form.html"
PLAIN = (
    "kind", "title", "text", "industry", "origin", "destination", "price", "currency", "unit", "source",
    "reliability", "observed_on",
)  # fmt: skip


@bp.get("/market")
@requires(P.MARKET_SEE)
def index() -> Any:
    """What was heard, the latest first."""
    standing = request.args.get("standing", "")
    statement = only_in_force(queries.market(), MarketEntry, standing)
    return list_page(MARKET, statement, "care/market.html")


@bp.get("/market/<int:entry_id>")
@requires(P.MARKET_SEE)
def show(entry_id: int) -> Any:
    """One entry."""
    entry = queries.entry_of(entry_id)
    looks = {"kind": NEWS[entry.kind], "sure": SURENESS[entry.reliability], "lane": lane_of(entry)}
    may = g.viewer.may(P.MARKET_EDIT) and entry.ended_on is None
    shown = {"label": standing_of(entry), "may_work": may, "until": until(entry.expires_on)}
    return page("care/market_entry.html", entry=entry, **shown, **looks)


@bp.route("/market/new", methods=["GET", "POST"])
@once
@requires(P.MARKET_EDIT)
def new() -> Any:
    """Note something."""
    form = _form(None)
    if form.validate_on_submit():
        verb = lambda: notes.note_market(_facts(form), g.viewer, clock.now())  # noqa: E731
        entry = tried(form, verb)
        if entry is not None:
            flash(_("Noted."), "success")
            return to("desk_market.show", entry_id=entry.id)
    return form_page(FORM, form, entry=None)


@bp.route("/market/<int:entry_id>/edit", methods=["GET", "POST"])
@requires(P.MARKET_EDIT)
def edit(entry_id: int) -> Any:
    """Put it right."""
    entry = queries.entry_of(entry_id)
    form = _form(entry)
    if form.validate_on_submit() and tried(form, lambda: _changed(entry, form)):
        flash(_("Saved."), "success")
        return to("desk_market.show", entry_id=entry_id)
    return form_page(FORM, form, entry=entry)


@bp.post("/market/<int:entry_id>/end")
@requires(P.MARKET_EDIT)
def end(entry_id: int) -> Response:
    """It counts no longer."""
    entry = queries.entry_of(entry_id)
    verb = partial(notes.end, entry, typed("reason", 500), g.viewer, clock.now())
    return done(to("desk_market.show", entry_id=entry_id), _("Taken off."), verb)


def _changed(entry: MarketEntry, form: MarketForm) -> MarketEntry:
    version = version_in(form.version.data)
    return notes.change_market(entry, _facts(form), version, g.viewer, clock.now())


def _form(entry: MarketEntry | None) -> MarketForm:
    form = MarketForm(data=_values(entry) if entry else _begun())
    form.competitor_id.choices = competitor_choices(entry.competitor_id if entry else None)
    return form


def _begun() -> dict[str, Any]:
    return {
        "kind": MarketKind.PRICE.value,
        "reliability": Reliability.LIKELY.value,
        "observed_on": clock.today(),
        "competitor_id": str(number_in("competitor") or ""),
        "currency": "CNY",
    }


def _values(entry: MarketEntry) -> dict[str, Any]:
    return {
        **{name: getattr(entry, name) for name in PLAIN},
        "competitor_id": str(entry.competitor_id or ""),
        "item": entry.item.code if entry.item else "",
        "expires_on": None if entry.expires_on == NEVER else entry.expires_on,
        "version": str(entry.version),
    }


def _facts(form: MarketForm) -> MarketFacts:
    """What was typed; Invalid at "item" for a service that is not known."""
    code = (form.item.data or "").strip()
    item = item_by_code(code) if code else None
    if code and item is None:
        raise Invalid(t("No service item has this code."), "item")
    values = {name: form[name].data for name in PLAIN}
    texts = {
        name: value or "" for name, value in values.items() if name not in ("price", "observed_on")
    }
    return MarketFacts(
        **texts,
        price=form.price.data,
        observed_on=form.observed_on.data,
        competitor_id=as_id(form.competitor_id.data),
        item_id=item.id if item else None,
        expires_on=form.expires_on.data,
    )
