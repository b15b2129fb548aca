"""Words that are nearly one we know: a slip of a letter or two, a blank too many, another case."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from portal.catalogue.rules.sheets.meaning import squeeze
from portal.kernel.pinyin import is_chinese, normalise

SHORTEST = 4
"""Shorter words are too easily near another."""
OFTENER = 3
"""A word of the file itself is the right one when it stands there so many times as often."""


def folded(word: str) -> str:
    """A word without width, case and needless blanks: how two spellings of it are compared."""
    return normalise(word).casefold()


def edits(first: str, second: str, most: int) -> int:
    """Letters to add, drop, change or exchange with a neighbour to get from one to the other; `most` + 1 if more."""
    if abs(len(first) - len(second)) > most:
        return most + 1
    first, second = _differing(first, second)
    if not first or not second:
        return len(first) + len(second)
    before: list[int] = []
    row = list(range(len(second) + 1))
    for i, one in enumerate(first, 1):
        last, before_last = row, before
        row = [i]
        for j, other in enumerate(second, 1):
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (one != other))
            if i > 1 and j > 1 and one == second[j - 2] and first[i - 2] == other:
                cost = min(cost, before_last[j - 2] + 1)
            row.append(cost)
        before = last
        if min(row) > most:
            return most + 1
    return min(row[-1], most + 1)


def _differing(first: str, second: str) -> tuple[str, str]:
    """What is left of both without the beginning and the end that they share: no way is shorter through those."""
    start, shorter = 0, min(len(first), len(second))
    while start < shorter and first[start] == second[start]:
        start += 1
    end = 0
    while end < shorter - start and first[-1 - end] == second[-1 - end]:
        end += 1
    return first[start : len(first) - end], second[start : len(second) - end]


def allowed(word: str) -> int:
    """So many slips leave a word recognisable: one in four letters, two in eight and more."""
    letters = len(word) * (2 if is_chinese(word) else 1)
    return 0 if letters < SHORTEST else 1 if letters < 2 * SHORTEST else 2


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that `word` is most likely meant for; None when it is like none of them."""
    plain, tight = folded(word), squeeze(word)
    most = allowed(plain)
    best: tuple[int, str] | None = None
    for each in known:
        if squeeze(each) == tight:
            return each
        limit = most if best is None else best[0] - 1
        if limit < 1 or abs(len(each) - len(plain)) > limit:
            continue
        slips = edits(plain, folded(each), limit)
        if slips <= limit:
            best = slips, each
    return None if best is None else best[1]


@dataclass(slots=True)
class Spelling:
    """One word of a file that is not known: what it may mean, where it stands first, in how many rows."""

    field: str
    found: str
    meant: str | None
    column: str
    row: int
    rows: int = 1
    needed: bool = False


@dataclass(slots=True)
class Vocabulary:
    """The words of one field. `values` {folded word: what we keep}; `shown` the words as a person writes them."""

    values: dict[str, str] = field(default_factory=dict)
    shown: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, words: Iterable[str]) -> Vocabulary:
        """Words that are kept as they are."""
        listed = list(dict.fromkeys(filter(None, words)))
        return cls({folded(word): word for word in reversed(listed)}, listed)

    @classmethod
    def coded(cls, words: Mapping[str, Iterable[str]]) -> Vocabulary:
        """Words that are kept as a code: code → its spellings, the first two the ones that we show."""
        found, shown = cls(), []
        for code, spellings in words.items():
            listed = [*spellings]
            shown += listed[:2]
            found.values |= {folded(each): code for each in (code, *listed)}
        found.shown = list(dict.fromkeys(shown))
        return found

    def find(self, word: str) -> str | None:
        """What is kept for a word; None when it is not known."""
        return self.values.get(folded(word))

    def add(self, words: Iterable[str]) -> None:
        """More words that are kept as they are."""
        for word in words:
            if self.values.setdefault(folded(word), word) == word:
                self.shown.append(word)


def of_the_file(word: str, counts: Mapping[str, int]) -> str | None:
    """A word of the same column that stands there far oftener and that this one is nearly."""
    oftener = (other for other, n in counts.items() if n >= OFTENER * counts[word])
    return nearest(word, [other for other in oftener if other != word])
