"""What a salesperson types to find prices: SHA NYC 40HQ, 上海到洛杉矶 40高柜, PVG FRA 空运 45kg."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal

from portal.catalogue.rules.carriers import Carrier, find_carrier
from portal.catalogue.rules.lanereader import MOST_CHOICES, LaneReader, Named
from portal.catalogue.rules.lanewords import FROM, TO, take_measures
from portal.catalogue.rules.places import PREFERRED_KINDS, Gazetteer, Kind, Place, gazetteer
from portal.kernel.pinyin import normalise


@dataclass(frozen=True, slots=True)
class LaneQuery:
    """A lane search, read. Empty text and None mean: not said.

    `origin_choices` and `destination_choices` hold every place that the typed word may mean, the
    one taken first: the page offers the others. `boxes` are (type, count).
    """

    origin: Place | None = None
    destination: Place | None = None
    origin_choices: tuple[Place, ...] = ()
    destination_choices: tuple[Place, ...] = ()
    category: str = ""
    load: str = ""
    boxes: tuple[tuple[str, int], ...] = ()
    carrier: Carrier | None = None
    weight_kg: Decimal | None = None
    volume_m3: Decimal | None = None
    unresolved: tuple[str, ...] = ()

    @property
    def box(self) -> str:
        """The first box type named, or ""."""
        return self.boxes[0][0] if self.boxes else ""


def parse_lane(text: str, extra: Iterable[Place] = ()) -> LaneQuery:
    """Read a lane search; what cannot be read is listed in `unresolved`, nothing is refused.

    `extra` are the firm's own places. A word with several meanings takes the one that suits the
    service (SHA is the port with a box, the airport with 空运) and reports the rest as choices.
    """
    taken = take_measures(normalise(text))
    reader = LaneReader(gazetteer(extra))
    reader.read(taken.rest)
    ends, carrier, unresolved = _settle_words(reader)
    boxes = (*taken.boxes, *((code, 1) for code in reader.boxes))
    category, load = _service(reader, bool(boxes), carrier, ends)
    kinds = PREFERRED_KINDS.get(category) or _likely_kinds(ends)
    origin, destination = ends.origin_choices(kinds), ends.destination_choices(kinds)
    return LaneQuery(
        origin=origin[0] if origin else None,
        destination=destination[0] if destination else None,
        origin_choices=origin,
        destination_choices=destination,
        category=category,
        load=load,
        boxes=boxes,
        carrier=carrier,
        weight_kg=taken.weight_kg,
        volume_m3=taken.volume_m3,
        unresolved=unresolved,
    )


@dataclass(frozen=True, slots=True)
class _Ends:
    """Both ends of the lane as far as they are known."""

    origin: Named | None = None
    destination: Named | None = None

    @property
    def missing(self) -> int:
        return (self.origin is None) + (self.destination is None)

    def known(self) -> tuple[Named, ...]:
        return tuple(end for end in (self.origin, self.destination) if end)

    def origin_choices(self, kinds: tuple[Kind, ...]) -> tuple[Place, ...]:
        return _ordered(self.origin, kinds)

    def destination_choices(self, kinds: tuple[Kind, ...]) -> tuple[Place, ...]:
        return _ordered(self.destination, kinds)


def _ordered(end: Named | None, kinds: tuple[Kind, ...]) -> tuple[Place, ...]:
    """What the end may mean: the given kinds first, otherwise in the order they were found."""
    ranks = {kind: rank for rank, kind in enumerate(kinds)}
    places = end.places if end else ()
    return tuple(sorted(places, key=lambda p: ranks.get(p.kind, len(ranks)))[:MOST_CHOICES])


def _settle_words(reader: LaneReader) -> tuple[_Ends, Carrier | None, tuple[str, ...]]:
    """The ends, the carrier, and the words that were neither. Guesses only fill what is missing."""
    book, carrier = reader.book, reader.carrier
    sure = [each for each in reader.named if each.places]
    missing = _join(book, sure)[0].missing
    items: list[Named] = []
    unresolved: list[str] = []
    for each in reader.named:
        guessed = () if each.places or not missing else reader.guesses(each.word)
        if guessed:
            missing -= 1
            items.append(replace(each, places=guessed))
        elif each.places:
            items.append(each)
        elif carrier is None and (found := find_carrier(each.word)):
            carrier = found
        else:
            unresolved.append(each.word)
    ends, left = _join(book, items)
    return _turned(ends, items), carrier, (*unresolved, *left)


def _join(book: Gazetteer, items: Iterable[Named]) -> tuple[_Ends, list[str]]:
    """Put each place at the end where it belongs; the words for which no end is free are left."""
    ends, left = _Ends(), []
    for item in items:
        last = "destination" if ends.destination else "origin"
        both = None if item.side else _narrower(book, getattr(ends, last), item)
        if both:
            ends = replace(ends, **{last: both})
        elif item.side != TO and (ends.origin is None or item.side == FROM):
            ends = replace(ends, origin=item)
        elif ends.destination is None:
            ends = replace(ends, destination=item)
        else:
            left.append(item.word)
    return ends, left


def _narrower(book: Gazetteer, one: Named | None, other: Named) -> Named | None:
    """Of 深圳 盐田 or Hamburg Germany the narrower; None when neither lies in the other."""
    if one is None:
        return None
    for inner, outer in ((one, other), (other, one)):
        wide = set(outer.places)
        inside = tuple(
            place
            for place in inner.places
            if place not in wide and wide.intersection(book.parents(place)[1:])
        )
        if inside:
            return replace(inner, places=inside)
    return None


def _turned(ends: _Ends, items: Iterable[Named]) -> _Ends:
    """One place abroad without an arrow is where the goods go."""
    if ends.origin is None or ends.destination or any(item.side for item in items):
        return ends
    abroad = all(place.country not in ("", "CN") for place in ends.origin.places)
    return _Ends(destination=ends.origin) if abroad else ends


def _service(
    reader: LaneReader, has_boxes: bool, carrier: Carrier | None, ends: _Ends
) -> tuple[str, str]:
    """(category, load): said outright, or by a box, a carrier, a place that is only an airport."""
    category, load = reader.category, reader.load
    if has_boxes and category in ("", "sea", "rail"):
        return category or "sea", load or "fcl"
    if not category and carrier:
        category = carrier.kind
    if not category and any(_only_airports(end) for end in ends.known()):
        category = "air"
    return category, load


def _only_airports(end: Named) -> bool:
    return all(place.kind is Kind.AIRPORT for place in end.places)


def _likely_kinds(ends: _Ends) -> tuple[Kind, ...]:
    """Without a service: ports if both ends have one, else Chinese divisions, else rail."""
    shapes = (
        ("sea", {Kind.PORT, Kind.RAIL}),
        ("road", {Kind.CITY, Kind.PROVINCE, Kind.DISTRICT}),
    )
    for category, kinds in shapes:
        if all(any(place.kind in kinds for place in end.places) for end in ends.known()):
            return PREFERRED_KINDS[category]
    return PREFERRED_KINDS["sea"]
