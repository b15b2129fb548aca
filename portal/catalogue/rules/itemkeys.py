"""Which service item a price belongs to, and how an item that nobody has named yet is called (DOMAIN C1, C2)."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from typing import NamedTuple

from portal.catalogue.rules.charges import find_charge
from portal.catalogue.rules.picking import is_freight
from portal.catalogue.rules.places import Gazetteer
from portal.catalogue.rules.sheets.rows import PriceKey
from portal.kernel.boxes import BOX_TYPES
from portal.kernel.pinyin import search_words
from portal.kernel.units import UNITS

SECTIONS = (
    "freight",
    "origin",
    "customs",
    "trucking",
    "destination",
    "storage",
    "handling",
    "express",
    "other",
)
"""Parts of a quotation in their order (DOMAIN Q3)."""

_SECTION_OF_CATEGORY = {
    "customs": "customs",
    "road": "trucking",
    "storage": "storage",
    "handling": "handling",
    "sorting": "handling",
    "packing": "handling",
    "consolidation": "handling",
    "delivery": "destination",
    "express": "express",
}
_LONGEST_CODE = 120
_LONGEST_NAME = 120
_LONGEST_SEARCH = 600


class ItemKey(NamedTuple):
    """What makes a service item the one it is."""

    category: str
    load: str
    charge_code: str
    origin: str
    destination: str
    packaging: str
    main_unit: str
    qualifier: str


class ItemWords(NamedTuple):
    """How an item is called, found, grouped and taxed until somebody says otherwise."""

    code: str
    name_zh: str
    name_en: str
    section: str
    tax_class: str
    default_currency: str
    search_text: str


def item_key(key: PriceKey) -> ItemKey:
    """The item of a price: its key without the carrier, counted in the unit that totals use."""
    return ItemKey(
        key.category,
        key.load,
        key.charge_code,
        key.origin,
        key.destination,
        key.packaging,
        main_unit(key.unit, key.packaging),
        key.qualifier,
    )


def main_unit(unit: str, packaging: str = "") -> str:
    """The unit that statistics count in (DOMAIN C4): TEU for boxes, the price's own unit otherwise."""
    known = UNITS.get(unit)
    if packaging in BOX_TYPES or (known is not None and known.dimension == "box"):
        return "TEU"
    return unit if known is not None and unit not in ("P1", "LS") else "BL"


def section_of(charge_code: str, category: str) -> str:
    """The part of a quotation where the charge stands."""
    if is_freight(charge_code) and category not in ("storage", "handling", "customs"):
        return "trucking" if charge_code == "TRK" else "freight"
    if category in _SECTION_OF_CATEGORY:
        return _SECTION_OF_CATEGORY[category]
    known = find_charge(charge_code)
    side = known.side if known is not None else ""
    return side if side in ("freight", "origin", "destination") else "other"


def words_for(key: ItemKey, charge_name: str, places: Gazetteer) -> ItemWords:
    """Code, names in both languages, search text and the charge's usual section and tax class."""
    charge_zh, charge_en, tax_class, currency = _charge(key.charge_code, charge_name, key.category)
    from_zh, from_en, from_words = _place(key.origin, places)
    to_zh, to_en, to_words = _place(key.destination, places)
    tail = " ".join(filter(None, (key.packaging, key.qualifier)))
    name_zh = " ".join(filter(None, (charge_zh, _lane(from_zh, to_zh), tail)))
    name_en = " ".join(filter(None, (charge_en, _lane(from_en, to_en), tail)))
    code = code_of(key)
    found_by = (code.lower(), _searchable(charge_zh), charge_en.lower(), from_words, to_words)
    return ItemWords(
        code=code,
        name_zh=name_zh[:_LONGEST_NAME],
        name_en=name_en[:160],
        section=section_of(key.charge_code, key.category),
        tax_class=tax_class,
        default_currency=currency,
        search_text=" ".join((*found_by, key.qualifier.lower()))[:_LONGEST_SEARCH],
    )


def code_of(key: ItemKey) -> str:
    """The code of an item that came with a sheet: its key in one line, shortened by a hash where it is too long."""
    lane = f"{key.origin}>{key.destination}" if key.origin or key.destination else ""
    head = f"{key.category}/{key.load}".upper()
    parts = (head, key.charge_code, lane, key.packaging, key.main_unit, key.qualifier)
    code = " ".join(filter(None, parts))
    if len(code) <= _LONGEST_CODE:
        return code
    mark = hashlib.sha256(code.encode()).hexdigest()[:12]
    return f"{code[: _LONGEST_CODE - 13]}~{mark}"


def _lane(start: str, end: str) -> str:
    return f"{start}–{end}" if start and end else start or end


@lru_cache(maxsize=4096)
def _charge(code: str, written: str, category: str) -> tuple[str, str, str, str]:
    known = find_charge(code)
    if known is None:
        name = written or code
        return name, name, "service_6", "CNY"
    return known.name_zh, known.name_en, known.tax_class, known.currency or "USD"


@lru_cache(maxsize=16384)
def _place(code: str, places: Gazetteer) -> tuple[str, str, str]:
    known = places.get(code) if code else None
    if known is None:
        return code, code, _searchable(code)
    words = f"{code.lower()} {search_words(known.name_zh, known.name_en)}"
    return known.name_zh, known.name_en or known.name_zh, words


@lru_cache(maxsize=16384)
def _searchable(text: str) -> str:
    return search_words(text)
