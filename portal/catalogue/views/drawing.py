"""Small drawn parts that several pages of this room use."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from flask import g, url_for
from flask_babel import gettext as _
from markupsafe import Markup

from portal.access.permissions import Permission as P
from portal.catalogue.queries.places import all_places
from portal.catalogue.rules.places import Gazetteer
from portal.kernel.money import format_rate
from portal.kernel.text import Text
from portal.web.chips import chip as drawn
from portal.web.labels import Label
from portal.web.words import name_of, say

ANY = ("", Text("Any"))


def chip(label: Label | None, otherwise: str = "") -> Markup:
    """A state as a chip."""
    if label is None:
        return Markup("{}").format(otherwise)
    return drawn(label)


def words_of(words: Mapping[str, Text], value: str) -> str:
    """A kind in the reader's language; an unknown one as it is."""
    return say(words[value]) if value in words else value


def days(first: date | None, last: date | None) -> str:
    """`2026-03-01 – 2026-03-31`, open ends left open."""
    start = first.isoformat() if first else ""
    end = last.isoformat() if last else _("open")
    return f"{start} – {end}"


def whole_days(first: date | None, last: date | None) -> Markup:
    """The same for a cell of a list: two lines where there is no room, but no date is broken."""
    start, end = days(first, last).split(" – ")
    return Markup('<span class="nowrap">{} –</span> <span class="nowrap">{}</span>').format(
        start, end
    )


def figure(currency: str, amount: Decimal | None) -> Markup:
    """A unit price with its currency muted; a dash for none."""
    if amount is None:
        return Markup('<span class="muted">—</span>')
    return Markup('<span class="money"><span class="currency">{}</span> {}</span>').format(
        currency, format_rate(amount)
    )


class PlaceNames:
    """Places in the reader's language; the tables are opened once for a page."""

    def __init__(self) -> None:
        self._known: Gazetteer | None = None

    def __call__(self, code: str) -> str:
        if not code:
            return "—"
        if self._known is None:
            self._known = all_places()
        place = self._known.get(code)
        if place is None:
            return code
        return f"{name_of(place)} {code}" if code.isalpha() else name_of(place)


def place_names() -> PlaceNames:
    """The place names of this request."""
    if "place_names" not in g:
        g.place_names = PlaceNames()
    names: PlaceNames = g.place_names
    return names


def lane(row: Any) -> str:
    """The two ends of an item or a price; one of them alone where the other is anywhere."""
    names = place_names()
    ends = [names(code) for code in (row.origin, row.destination) if code]
    return " → ".join(ends) or "—"


def tariff_tabs(here: str) -> list[tuple[Any, ...]]:
    """Tariffs, schemes, sheets, layouts."""
    parts = [
        ("desk_tariffs.index", _("Tariffs"), P.TARIFF_SEE),
        ("desk_catalogue.schemes", _("Price schemes"), P.TARIFF_SEE),
        ("desk_tariffs.imports", _("Rate sheets"), P.TARIFF_IMPORT),
        ("desk_tariffs.profiles", _("Layouts"), P.TARIFF_IMPORT),
    ]
    return _tabs(parts, here)


def item_tabs(here: str) -> list[tuple[Any, ...]]:
    """Items, bundles, places."""
    parts = [
        ("desk_catalogue.items", _("Service items"), P.CATALOGUE_SEE),
        ("desk_catalogue.bundles", _("Bundles"), P.CATALOGUE_SEE),
        ("desk_catalogue.places", _("Our own places"), P.CATALOGUE_SEE),
    ]
    return _tabs(parts, here)


def rate_tabs(here: str) -> list[tuple[Any, ...]]:
    """Rates of exchange, rates of tax."""
    parts = [
        ("desk_catalogue.exchange", _("Rates of exchange"), P.TARIFF_SEE),
        ("desk_catalogue.taxes", _("Tax rates"), P.TARIFF_SEE),
    ]
    return _tabs(parts, here)


def _tabs(parts: list[tuple[str, str, P]], here: str) -> list[tuple[Any, ...]]:
    return [
        (label, url_for(endpoint), endpoint == here, None)
        for endpoint, label, permission in parts
        if g.viewer.may(permission)
    ]
