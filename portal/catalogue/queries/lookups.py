"""The words of a sheet as this firm's codes: places, zones, charges, carriers (DOMAIN S9)."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from sqlalchemy import select, union

from portal.catalogue.models import Price, ServiceItem
from portal.catalogue.queries.places import all_places
from portal.catalogue.rules.carriers import find_carrier
from portal.catalogue.rules.charges import find_charge
from portal.catalogue.rules.places import PREFERRED_KINDS, Gazetteer, Kind
from portal.catalogue.rules.sheets.rows import Lookups
from portal.db.base import db

OWN_ZONE = "专区"
"""Ending of a zone that is none of the places it is called after."""

_CITY = (Kind.CITY, Kind.DISTRICT, Kind.PROVINCE)
_PROVINCE = (Kind.PROVINCE, Kind.CITY, Kind.REGION)
_WIDE = (Kind.PROVINCE, Kind.COUNTRY, Kind.REGION)


def lookups_for(category: str = "") -> Lookups:
    """How words become codes for sheets of one service category; read once for a whole file.

    A word that names several places of the same kind is not known. A charge is known when the shipped table or one of
    the firm's items has it. A carrier that the shipped table lacks is kept as written.
    """
    places = all_places()
    own_codes = frozenset(db.session.scalars(select(ServiceItem.charge_code).distinct()))
    return Lookups(
        find_place=_places(places, category),
        find_charge=_charges(own_codes),
        find_carrier=_carrier,
        find_zone=zones(places),
        is_place=_is_place(places),
        is_carrier=_is_carrier(),
    )


def _places(places: Gazetteer, category: str) -> Callable[[str], str | None]:
    prefer = PREFERRED_KINDS.get(category, ())

    def find(word: str) -> str | None:
        found = places.get(word) or places.find(word, prefer)
        return None if found is None else found.code

    return find


def _charges(own_codes: frozenset[str]) -> Callable[[str], str | None]:
    def find(word: str) -> str | None:
        known = find_charge(word)
        if known is not None:
            return known.code
        code = word.upper()
        return code if code in own_codes else word if word in own_codes else None

    return find


def _is_place(places: Gazetteer) -> Callable[[str], bool]:
    """Known places, and those that prices already run between: what goes out must come back in."""
    ends = union(select(ServiceItem.origin), select(ServiceItem.destination))
    used = frozenset(db.session.scalars(ends))
    return lambda word: places.get(word) is not None or word in used


def _is_carrier() -> Callable[[str], bool]:
    used = frozenset(db.session.scalars(select(Price.carrier).distinct()))
    return lambda word: find_carrier(word) is not None or word in used


def _carrier(word: str) -> str:
    known = find_carrier(word)
    return word if known is None else known.code


def zones(places: Gazetteer) -> Callable[[str, str], str | None]:
    """(province, city) → the code of the city, or of the province where no city is named; None when unknown.

    A city must lie in the province that stands beside it. A city that stands in the province's column is a zone of
    its own (深圳专区): it does not take the place of its province for shipments that name that province (seen: a list
    with 广东 and 深圳, whose carrier bills 广东 深圳市 as 广东).
    """

    @cache
    def find(province: str, city: str) -> str | None:
        above = places.find(province, _PROVINCE) if province else None
        if province and above is None:
            return None
        if above is not None and above.kind not in _WIDE:
            return f"{above.name_zh}{OWN_ZONE}"
        if not city:
            return above.code if above is not None else None
        met = [match.place for match in places.matches(city, _CITY)]
        inside = [p for p in met if above is None or above in places.parents(p)]
        return inside[0].code if inside else None

    return find
