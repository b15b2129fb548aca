"""Places in a canned reply: {customer}, {number}, {shipment}, {due} become words of the request."""

from __future__ import annotations

import re
from collections.abc import Mapping

PLACES = ("customer", "number", "shipment", "due")
"""What a canned reply may name; anything else in braces stays as it is written."""
_PLACE = re.compile(r"\{([a-z_]+)\}")
NOTHING = "—"


def fill(text: str, facts: Mapping[str, str]) -> str:
    """`text` with its places filled; a place that the request has nothing for becomes a dash.

    >>> fill("{customer}: {shipment}", {"customer": "海港食品"})
    '海港食品: —'
    """
    return _PLACE.sub(lambda met: _filled(met, facts), text)


def unknown_places(text: str) -> tuple[str, ...]:
    """What stands in braces and is no place, each once, in order."""
    found = dict.fromkeys(_PLACE.findall(text))
    return tuple(name for name in found if name not in PLACES)


def added(typed: str, text: str) -> str:
    """What is written so far with a reply at its end, an empty line between them."""
    return f"{typed.rstrip()}\n\n{text}" if typed.strip() else text


def _filled(met: re.Match[str], facts: Mapping[str, str]) -> str:
    return (facts.get(met[1]) or NOTHING) if met[1] in PLACES else met[0]
