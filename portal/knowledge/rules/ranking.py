"""Which articles answer a question best: how much of it they hold, how rare that is, and where it stands.

A term says the more the fewer articles have it; in a title it says more than in a keyword, there more than in a body.
Figures are whole numbers, so that both databases add the same.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from math import log2

from portal.knowledge.rules.terms import characters, pieces

TITLE, KEYWORD, OFTEN, BODY = 10, 6, 2, 1
"""What a term weighs by where it stands; OFTEN: three times or more in a body."""

MOST_TERMS = 1_500
"""Terms kept of one article; a longer body is found by those that stand in it first."""

MOST_ASKED = 32
"""Terms read of one question."""

MOST_ROWS = 4_000
"""Entries of the index that one question may read, unless its rarest term alone has more."""


def weighed(titles: Iterable[str], keywords: str, bodies: Iterable[str]) -> dict[str, int]:
    """Term → weight of an article; the heaviest place counts, the terms of titles come first."""
    found: dict[str, int] = {}
    for title in titles:
        _raise(found, pieces(title), TITLE)
        _raise(found, characters(title), BODY)
    _raise(found, pieces(keywords), KEYWORD)
    for term, times in Counter(piece for body in bodies for piece in pieces(body)).items():
        if len(found) >= MOST_TERMS and term not in found:
            continue
        found[term] = max(found.get(term, 0), OFTEN if times >= 3 else BODY)
    return found


def _raise(found: dict[str, int], terms: Iterable[str], weight: int) -> None:
    for term in terms:
        found[term] = max(found.get(term, 0), weight)


def rarity(found_in: int, articles: int) -> int:
    """What a term says that `found_in` (1 and more) of `articles` have: 100 for one that all have, more for a rarer."""
    return max(100, round(100 * log2(1 + articles / found_in)))


def unanswered(unknown: int, articles: int) -> int:
    """What the terms say together that no article has: little, for a question holds names and small talk.

    Four of them, and any more, weigh as much as one term that a single article has.
    """
    return min(unknown, 4) * rarity(1, max(articles, 1)) // 4


def chosen(counts: Mapping[str, int]) -> list[str]:
    """The terms that are looked up: rarest first, as long as they read no more than MOST_ROWS entries."""
    known = sorted((found_in, term) for term, found_in in counts.items())
    taken: list[str] = []
    read = 0
    for found_in, term in known:
        if taken and read + found_in > MOST_ROWS:
            break
        taken.append(term)
        read += found_in
    return taken


def share(matched: int, asked: int) -> int:
    """How much of what was asked an article holds, in per cent, by rarity."""
    return min(100, 100 * matched // asked) if asked else 0


def is_good(percent: int, heaviest: int, found: int) -> bool:
    """Whether an article is worth showing to somebody who is writing: its title or keywords speak of it.

    One that only says it somewhere must say most of it, and more than one word of it (`found`).
    """
    return percent >= 30 if heaviest >= KEYWORD else percent >= 65 and found > 1
