"""The content of a statement as canonical JSON, and its SHA-256 (DESIGN section 4).

What was worked out and what was read back give the same bytes: decimals are whole numbers of their column's places,
days ISO, keys sorted, lines in the order of their own bytes. The state of a line, who decided it and its serial are
no part of the content; what it says is.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
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
_PLACES = dict.fromkeys(AMOUNT_FIELDS, 3) | dict.fromkeys(SIX_PLACE_FIELDS, 6)


def line_values(line: Any) -> dict[str, Any]:
    """The content of a line draft or a stored line: field → value."""
    return {name: getattr(line, name) for name in LINE_FIELDS}


def canonical_line(line: Mapping[str, Any]) -> str:
    """One line as canonical JSON; KeyError when a field is missing."""
    return _text({name: _canonical(name, line[name]) for name in LINE_FIELDS})


def canonical(header: Mapping[str, Any], lines: Iterable[Mapping[str, Any]]) -> str:
    """The whole content as one text: header, then the lines; in whatever order they are given."""
    head = _text({name: _canonical(name, header.get(name)) for name in HEADER_FIELDS})
    return "\n".join((head, *sorted(map(canonical_line, lines))))


def content_hash(header: Mapping[str, Any], lines: Iterable[Mapping[str, Any]]) -> str:
    """SHA-256 of the canonical JSON, 64 hexadecimal digits."""
    return hashlib.sha256(canonical(header, lines).encode()).hexdigest()


def _text(values: Mapping[str, Any]) -> str:
    return _ENCODER.encode(values)


def _canonical(name: str, value: Any) -> Any:
    """The value as JSON; ValueError for a number with more places than its column holds."""
    if isinstance(value, Decimal):
        scaled = value.scaleb(_PLACES.get(name, 6))
        whole = int(scaled)
        if whole != scaled:
            raise ValueError(f"{name} has more places than it can hold: {value}")
        return whole
    return value.isoformat() if isinstance(value, date) else value
