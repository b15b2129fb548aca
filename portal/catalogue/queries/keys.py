"""A price's natural key as one text: the sheet's key and the first day of the line's own validity (DOMAIN S4)."""

from __future__ import annotations

from datetime import date

from portal.catalogue.rules.sheets.rows import PriceKey

SEPARATOR = "|"
_PARTS = len(PriceKey._fields)


def text_of(key: PriceKey, valid_from: date | None) -> str:
    """One text for one price of a tariff; equal texts are the same price."""
    first_day = valid_from.isoformat() if valid_from else ""
    joined = SEPARATOR.join(key)
    if joined.count(SEPARATOR) >= _PARTS or "%" in joined:
        joined = SEPARATOR.join(_escaped(part) for part in key)
    return f"{joined}{SEPARATOR}{first_day}"


def key_of(text: str) -> PriceKey:
    """The key that `text_of` wrote."""
    parts = text.split(SEPARATOR)[:_PARTS]
    return PriceKey(*(_plain(part) for part in parts)) if "%" in text else PriceKey(*parts)


def _escaped(part: str) -> str:
    return part.replace("%", "%25").replace(SEPARATOR, "%7C")


def _plain(part: str) -> str:
    return part.replace("%7C", SEPARATOR).replace("%25", "%")
