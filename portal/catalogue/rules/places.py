"""Finding places: by the whole word when a file is read, by its beginning when a person types."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import IntEnum
from functools import cache, cached_property, lru_cache

from portal.catalogue.rules.placetable import (
    PREFERRED_KINDS,
    Kind,
    Place,
    ordered_kinds,
    places,
)
from portal.catalogue.rules.tables import key_of
from portal.kernel.pinyin import initials, is_chinese, joined, normalise

__all__ = [
    "PREFERRED_KINDS",
    "Fit",
    "Gazetteer",
    "Kind",
    "Match",
    "Place",
    "find_place",
    "gazetteer",
    "parents",
    "places",
    "search_places",
]


class Fit(IntEnum):
    """By which of its words a place was met, the surest first."""

    CODE = 0
    WORD = 1  # a name or an alias of the tables
    FORM = 2  # a form made from a name: 宁波港, Port of Felixstowe
    PINYIN = 3
    INITIALS = 4


@dataclass(frozen=True, slots=True)
class Match:
    """A place and how it was met."""

    place: Place
    fit: Fit


class Gazetteer:
    """An index over the reference places and a firm's own ones. Build it once for a whole file."""

    def __init__(self, own: Iterable[Place] = ()) -> None:
        self.places = (*places(), *own)
        self._by_code = {place.code: place for place in self.places}
        self._by_key: dict[str, dict[Place, Fit]] = defaultdict(dict)
        for place in self.places:
            for key, fit in _words(place):
                met = self._by_key[key]
                met[place] = min(fit, met.get(place, fit))

    def get(self, code: str) -> Place | None:
        """The place with exactly this code."""
        return self._by_code.get(code)

    def matches(self, text: str, prefer: Iterable[Kind] = ()) -> tuple[Match, ...]:
        """Every place that `text` names whole (code, alias, name, pinyin), likeliest first.

        With `prefer` a place of a preferred kind comes first however it was met: 上海 and SHA
        are the port for a sea lane and the airport for an air lane.
        """
        ranks = ordered_kinds(prefer)
        met = self._met(text)
        found = [Match(place, fit) for place, fit in met.items() if fit < Fit.INITIALS]
        if prefer:
            found.sort(key=lambda m: (ranks[m.place.kind], m.fit, m.place.tier, m.place.code))
        else:
            found.sort(key=lambda m: (m.fit, ranks[m.place.kind], m.place.tier, m.place.code))
        return tuple(found)

    def find(self, text: str, prefer: Iterable[Kind] = ()) -> Place | None:
        """The one place that `text` names; None when there is none, or two are equally likely."""
        found = self.matches(text, prefer)
        if len(found) > 1:
            first, second = found[:2]
            if (first.fit, first.place.kind) == (second.fit, second.place.kind):
                return None
        return found[0].place if found else None

    def by_initials(self, text: str) -> tuple[Place, ...]:
        """Places whose pinyin initials are exactly `text` (sh: 上海, 石河子 …), hubs first."""
        ranks = ordered_kinds()
        met = self._by_key.get(key_of(text), {})
        found = [place for place, fit in met.items() if fit is Fit.INITIALS]
        return tuple(sorted(found, key=lambda p: (p.tier, ranks[p.kind], p.code)))

    def search(self, text: str, limit: int = 10, kinds: Iterable[Kind] = ()) -> tuple[Place, ...]:
        """Places for a half-typed word (Chinese, pinyin, initials, English, code), likeliest first.

        Whole words come before beginnings, beginnings before middles; then hubs before small
        places. `kinds` limits what is returned.
        """
        key = key_of(text)
        wanted = frozenset(kinds) or frozenset(Kind)
        if not key:
            return ()
        scores: dict[Place, tuple[int, int]] = {}
        for place, score in self._scored(key):
            if place.kind in wanted:
                scores[place] = min(score, scores.get(place, score))
        if len(scores) < limit:
            for place, score in self._inside(key):
                if place.kind in wanted:
                    scores.setdefault(place, score)
        ranks = ordered_kinds()
        order = sorted(
            scores, key=lambda p: (scores[p][0], p.tier, scores[p][1], ranks[p.kind], p.code)
        )
        return tuple(order[:limit])

    def parents(self, place: Place) -> tuple[Place, ...]:
        """`place` and all that contains it, narrowest first: city, province, country, then regions.

        The first level that has any valid price line wins (DOMAIN C3).
        """
        chain = list(self._upwards(place))
        starts = (self.get(each.region) for each in chain)
        regions = [region for start in starts if start for region in self._upwards(start)]
        return tuple(dict.fromkeys((*chain, *regions)))

    def _upwards(self, place: Place) -> Iterator[Place]:
        seen: set[str] = set()
        current: Place | None = place
        while current and current.code not in seen:
            yield current
            seen.add(current.code)
            current = self.get(current.parent)

    def _met(self, text: str) -> dict[Place, Fit]:
        met = self._by_key.get(key_of(text))
        if met:
            return met
        head, sign, tail = _QUALIFIER.sub("\x00", normalise(text), count=1).partition("\x00")
        if not sign or not head.strip():
            return {}
        named = self._by_key.get(key_of(head), {})
        return {place: fit for place, fit in named.items() if self._lies_in(place, tail)}

    def _lies_in(self, place: Place, tail: str) -> bool:
        """Whether `tail` of "Hamburg, Germany" or "Los Angeles, CA" names what `place` lies in."""
        outside_brackets = tail.partition("(")[0]
        containing = self._by_key.get(key_of(outside_brackets), {})
        if any(above in containing for above in self.parents(place)):
            return True
        return place.country in _STATE_COUNTRIES and _STATE.fullmatch(tail.strip(" )")) is not None

    @cached_property
    def _sorted_keys(self) -> list[str]:
        return sorted(self._by_key)

    def _scored(self, key: str) -> Iterator[tuple[Place, tuple[int, int]]]:
        keys = self._sorted_keys
        for index in range(bisect_left(keys, key), len(keys)):
            if not keys[index].startswith(key):
                return
            # Two letters are a beginning, though SH and NY may be whole codes of something.
            whole = 0 if keys[index] == key and len(key) > 2 else 1
            for place, fit in self._by_key[keys[index]].items():
                if fit is not Fit.FORM or whole == 0:
                    yield place, (1 if fit is Fit.INITIALS else whole, fit)

    def _inside(self, key: str) -> Iterator[tuple[Place, tuple[int, int]]]:
        for known, met in self._by_key.items():
            if key in known:
                yield from ((p, (2, fit)) for p, fit in met.items() if fit not in _WHOLE_ONLY)


_WHOLE_ONLY = frozenset({Fit.FORM, Fit.INITIALS})
_QUALIFIER = re.compile(r"\s*[,(/]\s*")
_STATE = re.compile(r"[A-Z]{2,3}(\s+\d{5})?")
_STATE_COUNTRIES = frozenset({"US", "CA", "AU"})

_ZH_ENDINGS = {
    Kind.PORT: ("港", "港口"),
    Kind.AIRPORT: ("机场", "国际机场"),
    Kind.RAIL: ("站", "铁路"),
    Kind.PROVINCE: ("省",),
    Kind.DISTRICT: ("市", "区", "县"),
}
_EN_ENDINGS = {
    Kind.PORT: ("{} Port", "Port of {}", "Port {}", "{} New Port", "{} City"),
    Kind.AIRPORT: ("{} Airport", "{} International Airport"),
    Kind.RAIL: ("{} Railway Station",),
}


def _words(place: Place) -> Iterator[tuple[str, Fit]]:
    yield key_of(place.code), Fit.CODE
    for alias in (place.iata, *place.aliases):
        if alias:
            yield key_of(alias), Fit.WORD
    for name in (place.name_zh, place.name_en):
        if name:
            yield key_of(name), Fit.WORD
    for ending in _ZH_ENDINGS.get(place.kind, ()):
        yield key_of(place.name_zh + ending), Fit.FORM
    for name in (place.name_en, *place.aliases):
        if len(name) > 3 and not is_chinese(name):
            for form in _EN_ENDINGS.get(place.kind, ()):
                yield key_of(form.format(name)), Fit.FORM
    for name in (place.name_zh, *place.aliases):
        if len(name) > 1 and is_chinese(name):
            yield joined(name), Fit.PINYIN
            yield initials(name), Fit.INITIALS


@cache
def reference_gazetteer() -> Gazetteer:
    """The index over the reference places alone."""
    return Gazetteer()


@lru_cache(maxsize=8)
def _with_own(own: tuple[Place, ...]) -> Gazetteer:
    return Gazetteer(own)


def gazetteer(extra: Iterable[Place] = ()) -> Gazetteer:
    """The index with a firm's own places added; the last few are kept."""
    own = tuple(extra)
    return _with_own(own) if own else reference_gazetteer()


def find_place(text: str, prefer: Iterable[Kind] = (), extra: Iterable[Place] = ()) -> Place | None:
    """As `Gazetteer.find`, for one question."""
    return gazetteer(extra).find(text, prefer)


def search_places(
    text: str, limit: int = 10, kinds: Iterable[Kind] = (), extra: Iterable[Place] = ()
) -> tuple[Place, ...]:
    """As `Gazetteer.search`, for one question."""
    return gazetteer(extra).search(text, limit, kinds)


def parents(place: Place, extra: Iterable[Place] = ()) -> tuple[Place, ...]:
    """As `Gazetteer.parents`, for one question."""
    return gazetteer(extra).parents(place)
