"""Lane search: one box, every price that one may use side by side, and from there into a quotation."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from flask import Response, flash, g, redirect, request, url_for
from flask_babel import gettext as _

from portal.access.guards import requires
from portal.access.permissions import Permission as P
from portal.catalogue.queries.places import all_places
from portal.catalogue.queries.prices import price_history
from portal.kernel import clock
from portal.quotations import queries
from portal.quotations.actions.picking import pick as pick_prices
from portal.quotations.views.desk_door import bp, done, quotation_and_version, today
from portal.quotations.views.desk_words import place_words, terms_words, unit_price_words
from portal.quotations.views.lane_search import carried_along, read_search
from portal.web.links import ours_or
from portal.web.pages import page

DRAFTS = 6
CARRIED = (
    *("origin", "destination", "category", "load"),
    *("boxes", "gross_kg", "volume_m3", "on", "customer_id", "side_by_side"),
)


@bp.get("/lanes")
@requires(P.QUOTATION_EDIT)
def lanes() -> Any:
    """All prices of a lane side by side."""
    search = read_search()
    prices = search.prices()
    return page(
        "quotations/desk_lanes.html",
        search=search,
        boards=search.board(prices),
        carried=carried_along(search),
        drafts=[] if search.quotation else queries.own_drafts(g.viewer, DRAFTS),
        terms_words=terms_words,
        unit_price_words=unit_price_words,
        today=today(),
    )


@bp.post("/lanes/pick")
@requires(P.QUOTATION_EDIT)
def pick() -> Response:
    """What was ticked goes into a draft, or begins a new quotation."""
    ids = picked_ids(request.form.getlist("row") or request.form.getlist("price"))
    into = request.form.get("into", "")
    if not ids:
        flash(_("Tick the prices first."), "error")
        return redirect(ours_or(request.form.get("here"), url_for(".lanes")), 303)  # type: ignore[return-value]
    if into.isdecimal():
        return _added(int(into), ids)
    carried = {k: v for k, v in request.form.items() if k in CARRIED and v}
    return redirect(url_for(".new", price=ids, **carried), 303)  # type: ignore[arg-type,return-value]


@bp.get("/lanes/history")
@requires(P.QUOTATION_EDIT)
def lane_history() -> Any:
    """What a lane cost in every version of its tariffs."""
    origin, destination = (request.args.get(side, "")[:60] for side in ("origin", "destination"))
    book, packaging = all_places(), request.args.get("packaging") or None
    return page(
        "quotations/desk_lane_history.html",
        points=price_history(g.viewer, origin, destination, packaging),
        lane=[place_words(end, book) for end in (origin, destination)],
    )


def picked_ids(values: Sequence[str]) -> list[int]:
    """Price ids from tick boxes (one each) and row buttons (several, parted by commas)."""
    parts = [part for value in values for part in value.split(",")]
    return list(dict.fromkeys(int(part) for part in parts if part.isdecimal()))[:200]


def _added(quotation_id: int, ids: Sequence[int]) -> Response:
    """Into a draft that is there; refused prices are said on its page."""
    _quotation, version = quotation_and_version(quotation_id)
    apart = "side_by_side" in request.form
    verb = partial(pick_prices, version, ids, g.viewer, clock.now(), side_by_side=apart)
    return done(quotation_id, _("The prices are on the quotation."), verb)
