"""What a dry run found, in words for its page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from portal.catalogue.labels import CHANGES
from portal.catalogue.rules.sheets.rows import PriceKey
from portal.web.labels import Label

SHOWN_CHANGES = 100


@dataclass(frozen=True, slots=True)
class ShownChange:
    """One price before and after."""

    label: Label
    what: str
    old: str
    new: str
    currency: str
    percent: str
    row: int | None


def shown_changes(changes: list[dict[str, Any]], places: Callable[[str], str]) -> list[ShownChange]:
    """The first changes of each kind, those of most concern first."""
    return [_shown(each, places) for each in _first_of_each(changes)]


def _first_of_each(changes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    taken: dict[str, int] = {}
    found = []
    for each in changes:
        count = taken.get(each["kind"], 0)
        if count < SHOWN_CHANGES:
            taken[each["kind"]] = count + 1
            found.append(each)
    return found


def _shown(change: Mapping[str, Any], places: Callable[[str], str]) -> ShownChange:
    return ShownChange(
        label=CHANGES[change["kind"]],
        what=_what(PriceKey(*change["key"]), places),
        old=_grouped(change["old"]),
        new=_grouped(change["new"]),
        currency=change["currency"],
        percent=_moved(change["percent"]),
        row=change["row"],
    )


def _moved(percent: str | None) -> str:
    """`+4.2 %`; nothing where nothing moved, or by less than can be shown."""
    return f"{Decimal(percent):+} %" if percent and Decimal(percent) else ""


def _grouped(figure: str | None) -> str:
    """A stored figure as people write it: `1,400`."""
    return f"{Decimal(figure):,f}" if figure else ""


def _what(key: PriceKey, places: Callable[[str], str]) -> str:
    lane = " → ".join(places(code) for code in (key.origin, key.destination) if code)
    return " · ".join(
        filter(None, (key.charge_code, lane, key.packaging or key.unit, key.carrier, key.qualifier))
    )
