"""Places of a lane: ports, airports, rail points, Chinese divisions, countries and trade regions.

Codes: UN/LOCODE (CNSHA), IATA (PVG), GB/T 2260 (320500), ISO 3166 (US); those with a hyphen (R-USW)
are ours. Source: DOMAIN C3. The tables and where they come from: `catalogue/reference/README.md`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from portal.catalogue.rules.tables import read_table, several


class Kind(StrEnum):
    """What a place is, from the narrowest to the widest."""

    PORT = "port"
    AIRPORT = "airport"
    RAIL = "rail"
    DISTRICT = "district"
    CITY = "city"
    PROVINCE = "province"
    COUNTRY = "country"
    REGION = "region"
    FREE = "free"  # a firm's own: a warehouse, an industrial park


DEFAULT_ORDER = (
    Kind.PORT,
    Kind.AIRPORT,
    Kind.RAIL,
    Kind.CITY,
    Kind.PROVINCE,
    Kind.DISTRICT,
    Kind.COUNTRY,
    Kind.REGION,
    Kind.FREE,
)
_LAND = (Kind.CITY, Kind.PROVINCE, Kind.DISTRICT)
_WIDE = (Kind.COUNTRY, Kind.REGION)
PREFERRED_KINDS: dict[str, tuple[Kind, ...]] = {
    "sea": (Kind.PORT, Kind.RAIL, *_LAND, *_WIDE),
    "inland_water": (Kind.PORT, *_LAND, *_WIDE),
    "air": (Kind.AIRPORT, *_LAND, *_WIDE),
    "rail": (Kind.RAIL, *_LAND, Kind.PORT, *_WIDE),
    "road": (*_LAND, Kind.PORT, *_WIDE),
    "delivery": (*_LAND, *_WIDE),
    "express": (Kind.PROVINCE, Kind.CITY, Kind.DISTRICT, *_WIDE),
}
"""Service category → the kinds of place its lanes usually run between, best first."""


@dataclass(frozen=True, slots=True)
class Place:
    """One place. `parent` and `region` are codes of places; `tier` 1 is a hub, 3 a small place."""

    code: str
    kind: Kind
    name_zh: str
    name_en: str
    country: str = ""
    parent: str = ""
    region: str = ""
    iata: str = ""
    tier: int = 3
    aliases: tuple[str, ...] = ()


def ordered_kinds(prefer: Iterable[Kind] = ()) -> dict[Kind, int]:
    """Kind → rank: the preferred ones first, then the default order."""
    return {kind: rank for rank, kind in enumerate(dict.fromkeys((*prefer, *DEFAULT_ORDER)))}


@cache
def places() -> tuple[Place, ...]:
    """Every place of the reference tables."""
    return (*_points(), *_divisions(), *_countries(), *_regions())


def _points() -> Iterable[Place]:
    for row in read_table("places"):
        yield Place(
            code=row["code"],
            kind=Kind(row["kind"]),
            name_zh=row["name_zh"],
            name_en=row["name_en"],
            country=row["country"],
            parent=row["parent"],
            region=row["region"],
            iata=row["iata"],
            tier=int(row["tier"]),
            aliases=several(row["aliases"]),
        )


def _divisions() -> Iterable[Place]:
    for row in read_table("divisions"):
        full = () if row["full_zh"] == row["name_zh"] else (row["full_zh"],)
        yield Place(
            code=row["code"],
            kind=Kind(row["kind"]),
            name_zh=row["name_zh"],
            name_en=row["name_en"],
            country="CN",
            parent=row["parent"],
            region=row["region"],
            tier=int(row["tier"]),
            aliases=full + several(row["aliases"]),
        )


def _countries() -> Iterable[Place]:
    for row in read_table("countries"):
        yield Place(
            code=row["code"],
            kind=Kind.COUNTRY,
            name_zh=row["name_zh"],
            name_en=row["name_en"],
            country=row["code"],
            region=row["region"],
            tier=2,
            aliases=(row["alpha3"], *several(row["aliases"])),
        )


def _regions() -> Iterable[Place]:
    for row in read_table("regions"):
        yield Place(
            code=row["code"],
            kind=Kind.REGION,
            name_zh=row["name_zh"],
            name_en=row["name_en"],
            parent=row["parent"],
            tier=2,
            aliases=several(row["aliases"]),
        )
