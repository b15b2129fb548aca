"""Places: the shipped tables and the firm's own, and what a place lies in."""

from __future__ import annotations

from sqlalchemy import Select, select

from portal.catalogue.models import FirmPlace
from portal.catalogue.models.items import ANY
from portal.catalogue.rules.places import Gazetteer, Kind, Place, gazetteer
from portal.db.base import db
from portal.db.kept import Kept


def firm_place_list() -> Select[FirmPlace]:
    """The firm's own places."""
    return select(FirmPlace)


def firm_places() -> tuple[Place, ...]:
    """The firm's own places as the rules know them, by code; seldom by a query."""
    return _FIRM_PLACES.get()


def _read_firm_places() -> tuple[Place, ...]:
    rows = db.session.scalars(select(FirmPlace).order_by(FirmPlace.code))
    return tuple(
        Place(
            code=row.code,
            kind=Kind(row.kind),
            name_zh=row.name_zh,
            name_en=row.name_en,
            country=row.country,
            parent=row.parent,
            aliases=tuple(row.aliases or ()),
        )
        for row in rows
    )


_FIRM_PLACES = Kept(_read_firm_places, FirmPlace)


def all_places() -> Gazetteer:
    """Every place that this firm knows, searchable."""
    return gazetteer(firm_places())


def chain(code: str, known: Gazetteer) -> tuple[str, ...]:
    """`code` and all that contains it, narrowest first, then "any" (DOMAIN C3); a word that is no place is kept."""
    if not code:
        return (ANY,)
    place = known.get(code)
    if place is None:
        return (code, ANY)
    return (*(each.code for each in known.parents(place)), ANY)
