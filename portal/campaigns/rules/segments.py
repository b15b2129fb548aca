"""Which customers a campaign is for: words and ids of the filter, kept as JSON (REQUIREMENTS K7)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import Any

from portal.customers.rules.kinds import Abc, Area, CustomerState, Market
from portal.customers.rules.kinds import Segment as Tier


class Language(StrEnum):
    """What a person's letters are written in."""

    ZH = "zh_CN"
    EN = "en"


KNOWN: Mapping[str, type[StrEnum]] = {
    "tiers": Tier,
    "states": CustomerState,
    "abc": Abc,
    "markets": Market,
    "areas": Area,
    "languages": Language,
}
MOST_INDUSTRIES = 40


@dataclass(frozen=True, slots=True)
class Segment:
    """An empty part narrows nothing; of one part any word will do, and every part must fit.

    `bought_item_id` and `bought_category` (of catalogue.labels.CATEGORIES): what the customer has bought of us.
    """

    tiers: tuple[str, ...] = field(default=())
    states: tuple[str, ...] = field(default=())
    abc: tuple[str, ...] = field(default=())
    markets: tuple[str, ...] = field(default=())
    areas: tuple[str, ...] = field(default=())
    languages: tuple[str, ...] = field(default=())
    industries: tuple[str, ...] = field(default=())
    owner_ids: tuple[int, ...] = field(default=())
    bought_item_id: int | None = None
    bought_category: str = ""

    @classmethod
    def from_json(cls, kept: Mapping[str, Any] | None) -> Segment:
        """What is kept; words that are not known any more narrow nothing."""
        found = dict(kept or {})
        words = {
            name: tuple(each.value for each in known if each.value in found.get(name, ()))
            for name, known in KNOWN.items()
        }
        item = found.get("bought_item_id")
        return cls(
            **words,
            industries=_tidy(found.get("industries") or ()),
            owner_ids=tuple(sorted(_ids(found.get("owner_ids") or ()))),
            bought_item_id=int(item) if item else None,
            bought_category=str(found.get("bought_category") or ""),
        )

    def to_json(self) -> dict[str, Any]:
        """As the campaign keeps it, without the empty parts."""
        named = {each.name: getattr(self, each.name) for each in fields(self)}
        return {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in named.items()
            if value
        }

    @property
    def is_everybody(self) -> bool:
        """Whether nothing narrows it."""
        return not self.to_json()


def _ids(kept: Iterable[Any]) -> set[int]:
    return {int(each) for each in kept if str(each).isdecimal()}


def _tidy(words: Iterable[Any]) -> tuple[str, ...]:
    return tuple(sorted({str(each).strip()[:60] for each in words if str(each).strip()}))[
        :MOST_INDUSTRIES
    ]
