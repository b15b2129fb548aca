"""Sorts the words of a lane search: places, carriers, boxes, kinds of service, and the unknown."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from portal.catalogue.rules.boxes import find_box
from portal.catalogue.rules.carriers import Carrier, find_carrier
from portal.catalogue.rules.lanewords import FROM, TO, direction_of, service_of
from portal.catalogue.rules.places import Gazetteer, Kind, Place
from portal.kernel.pinyin import is_chinese

MOST_CHOICES = 12
LONGEST_NAME = 5  # words of an English name: "Port of Dar es Salaam"
LONGEST_RUN = 12  # characters of a Chinese name

_WORDS = re.compile(rf"[{TO}{FROM}]|[㐀-䶿一-鿿]+|[^\s{TO}{FROM}㐀-䶿一-鿿,;，、/|()+-]+")


@dataclass(slots=True)
class Named:
    """A word that may be a place: all it may mean, and the side that a 到 or 从 before it gave."""

    word: str
    side: str
    places: tuple[Place, ...] = ()


@dataclass(slots=True)
class LaneReader:
    """Goes once through the words and remembers, in their order, what each of them was.

    `named` holds the places and, with no places, the words nobody knows yet.
    """

    book: Gazetteer
    category: str = ""
    load: str = ""
    carrier: Carrier | None = None
    boxes: list[str] = field(default_factory=list)
    named: list[Named] = field(default_factory=list)
    _side: str = ""

    def read(self, text: str) -> None:
        """Read `text` (measures already taken out of it)."""
        words = _WORDS.findall(text)
        while words:
            if is_chinese(words[0]):
                self._read_chinese(words.pop(0))
            else:
                self._read_latin(words)

    def guesses(self, word: str) -> tuple[Place, ...]:
        """What an unknown word may mean as initials, as a country, as the beginning of a name."""
        initials = self.book.by_initials(word)
        whole = tuple(match.place for match in self.book.matches(word))
        if initials or whole:
            return (*initials, *(place for place in whole if place not in initials))
        return self.book.search(word, MOST_CHOICES) if len(word) > 2 or is_chinese(word) else ()

    def _read_latin(self, words: list[str]) -> None:
        """Take the longest beginning of `words` that is known, or one unknown word."""
        run = 1
        while run < min(len(words), LONGEST_NAME) and not _ends_run(words[run]):
            run += 1
        for length in range(run, 0, -1):
            if self._known(" ".join(words[:length])):
                del words[:length]
                return
        self._name(words.pop(0), ())

    def _read_chinese(self, run: str) -> None:
        """Cut a run without blanks (上海到洛杉矶高柜) into the longest known words."""
        unknown = ""
        while run:
            length = self._longest_known(run)
            if length:
                if unknown:
                    self._name(unknown, ())
                    unknown = ""
                self._known(run[:length])
            else:
                unknown += run[0]
            run = run[length or 1 :]
        if unknown:
            self._name(unknown, ())

    def _longest_known(self, run: str) -> int:
        for length in range(min(len(run), LONGEST_RUN), 0, -1):
            word = run[:length]
            if direction_of(word) or (length > 1 and self._means_something(word)):
                return length
        return 0

    def _means_something(self, word: str) -> bool:
        known = service_of(word)[0] or find_box(word) or find_carrier(word)
        return bool(known) or bool(self.book.matches(word))

    def _known(self, word: str) -> bool:
        """Note what `word` is; False when that cannot be told for sure."""
        direction = direction_of(word)
        category, load = service_of(word)
        if direction:
            self._side = direction
        elif category:
            self.category, self.load = category, load or self.load
        elif box := find_box(word):
            self.boxes.append(box.code)
        else:
            return self._known_name(word)
        return True

    def _known_name(self, word: str) -> bool:
        places = tuple(match.place for match in self.book.matches(word))
        code_like = len(word) <= 3 and not is_chinese(word)
        if code_like:
            # FRA is Frankfurt before it is France, and SH hardly ever Saint Helena.
            smaller = tuple(place for place in places if place.kind is not Kind.COUNTRY)
            places = smaller if smaller or len(word) <= 2 else places
        carrier = find_carrier(word) if self.carrier is None and len(word) > 2 else None
        enough = sum(bool(each.places) for each in self.named) >= 2
        if places and not (carrier and enough):
            return self._name(word, places)
        self.carrier = self.carrier or carrier
        return carrier is not None

    def _name(self, word: str, places: tuple[Place, ...]) -> bool:
        self.named.append(Named(word, self._side, places))
        self._side = ""
        return True


def _ends_run(word: str) -> bool:
    return is_chinese(word) or bool(direction_of(word))
