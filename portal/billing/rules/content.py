"""The content of a statement as canonical JSON, and its SHA-256 (DESIGN section 4).

What was worked out and what was read back give the same bytes: decimals are whole numbers of their column's places,
days ISO, keys sorted, lines in the order of their own bytes. The state of a line, who decided it and its serial are
no part of the content; what it says is.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from json.encoder import encode_basestring
from operator import attrgetter, itemgetter
from typing import Any

HEADER_FIELDS = ("customer_id", "currency", "starts_on", "ends_on", "number", "revision_no")
"""Of a draft `number` and `revision_no` are left out (None): it says the same before it has a number."""

AMOUNT_FIELDS = ("amount", "converted", "net_amount", "tax_amount", "gross_amount")
SIX_PLACE_FIELDS = ("quantity", "stat_quantity", "rate", "exchange_rate", "tax_percent")
LINE_FIELDS = (
    *AMOUNT_FIELDS,
    *SIX_PLACE_FIELDS,
    "kind",
    "served_id",
    "item_id",
    "name_zh",
    "name_en",
    "contract_id",
    "contract_line_id",
    "entitlement_id",
    "usage_id",
    "part",
    "shipment_id",
    "credit_id",
    "receivable_id",
    "reverses_id",
    "reference",
    "note",
    "starts_on",
    "ends_on",
    "is_late",
    "unit",
    "main_unit",
    "line_currency",
    "rate_on",
    "rate_source",
    "tax_class",
    "tax_kind",
    "tax_inclusive",
    "working",
)
_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))
_GET = attrgetter(*LINE_FIELDS)
_AMOUNTS, _DECIMALS = len(AMOUNT_FIELDS), len(AMOUNT_FIELDS) + len(SIX_PLACE_FIELDS)
_DAYS = [LINE_FIELDS.index(name) for name in ("starts_on", "ends_on", "rate_on")]
_WORKING = LINE_FIELDS.index("working")
_BY_NAME = itemgetter(*(LINE_FIELDS.index(name) for name in sorted(LINE_FIELDS)))
_FORM = "{" + ",".join(f'"{name}":%s' for name in sorted(LINE_FIELDS)) + "}"

Kept = tuple[Any, ...]
"""The content of one line in the order of LINE_FIELDS, as the database keeps it: decimals as whole numbers of their
column's places, days ISO, the working as JSON text."""


def line_values(line: Any) -> dict[str, Any]:
    """The content of a line draft or a stored line: field → value."""
    return dict(zip(LINE_FIELDS, _GET(line), strict=True))


def kept_lines(lines: Sequence[Any]) -> list[Kept]:
    """The content of line drafts or stored lines as the database keeps it.

    Lines that share one working (the very same value) have it written once. ValueError for a number with more places
    than its column holds.
    """
    written: dict[int, str] = {}
    found = []
    for line in lines:
        working = line.working
        text = written.get(id(working))
        if text is None:
            text = written[id(working)] = _ENCODER.encode(working)
        found.append(_kept(_GET(line), text))
    return found


def canonical_line(line: Mapping[str, Any]) -> str:
    """One line as canonical JSON; KeyError when a field is missing."""
    values = [line[name] for name in LINE_FIELDS]
    return _canonical_line(_kept(values, _ENCODER.encode(line["working"])))


def canonical(header: Mapping[str, Any], lines: Iterable[Mapping[str, Any]]) -> str:
    """The whole content as one text: header, then the lines; in whatever order they are given."""
    return _joined(header, map(canonical_line, lines))


def content_hash(header: Mapping[str, Any], lines: Iterable[Mapping[str, Any]]) -> str:
    """SHA-256 of the canonical JSON, 64 hexadecimal digits."""
    return hashlib.sha256(canonical(header, lines).encode()).hexdigest()


def hash_of_kept(header: Mapping[str, Any], lines: Iterable[Kept]) -> str:
    """The same of lines that are there as the database keeps them."""
    return hashlib.sha256(_joined(header, map(_canonical_line, lines)).encode()).hexdigest()


def _joined(header: Mapping[str, Any], lines: Iterable[str]) -> str:
    head = _ENCODER.encode({name: _plain(header.get(name)) for name in HEADER_FIELDS})
    return "\n".join((head, *sorted(lines)))


def _kept(values: Sequence[Any], working: str) -> Kept:
    """Written for speed: a run keeps millions of lines, each with more than forty values."""
    kept = list(values)
    for at in range(_AMOUNTS):
        kept[at] = _whole(values[at], 3, at)
    for at in range(_AMOUNTS, _DECIMALS):
        if values[at] is not None:
            kept[at] = _whole(values[at], 6, at)
    for at in _DAYS:
        if values[at] is not None:
            kept[at] = values[at].isoformat()
    kept[_WORKING] = working
    return tuple(kept)


def _whole(value: Decimal, places: int, at: int) -> int:
    scaled = value.scaleb(places)
    whole = int(scaled)
    if whole != scaled:
        raise ValueError(f"{LINE_FIELDS[at]} has more places than it can hold: {value}")
    return whole


_WRITTEN: dict[type, Callable[[Any], str]] = {
    int: int.__repr__,
    str: encode_basestring,
    bool: lambda value: "true" if value else "false",
    type(None): lambda value: "null",
}


def _canonical_line(kept: Kept) -> str:
    written = [_WRITTEN[type(value)](value) for value in kept]
    written[_WORKING] = kept[_WORKING]
    text: str = _FORM % _BY_NAME(written)
    return text


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
