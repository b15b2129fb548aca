"""What a page of help says: its title, its headings, the addresses in it, and the words in which it is searched."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from portal.kernel.pinyin import normalise

ADDRESS = re.compile(r"(!?)\[([^\[\]]*)\]\((help|page|picture):([A-Za-z0-9_.-]+)\)")
HEADING = re.compile(r"^(#{1,4}) +(.+?)\s*$", re.MULTILINE)
MARKS = re.compile(r"!?\[([^\]]*)\]\([^)]*\)|[*`>|#]")
AROUND = 60
TITLE_COUNTS, HEADING_COUNTS = 50, 10


@dataclass(frozen=True, slots=True)
class Written:
    """One page in one language: its title, and its Markdown below the title."""

    title: str
    body: str

    @property
    def headings(self) -> tuple[str, ...]:
        """The headings below the title."""
        return tuple(words for _, words in HEADING.findall(self.body))

    @property
    def plain(self) -> str:
        """The words without marks."""
        return " ".join(MARKS.sub(r"\1", self.body).split())


@dataclass(frozen=True, slots=True)
class Found:
    """A page that has all the words, and a piece of it around the first of them."""

    key: str
    title: str
    piece: str
    weight: int


def written(markdown: str) -> Written:
    """A page from its file. ValueError where it does not begin with its title."""
    title, _, body = markdown.partition("\n")
    if not title.startswith("# "):
        raise ValueError("a page of help begins with its title")
    return Written(title.removeprefix("# ").strip(), body.strip())


def led(body: str, address: Callable[[str, str], str | None]) -> str:
    """The Markdown with our addresses turned into real ones: `address(kind, name)`; where that is None, words alone."""

    def real(met: re.Match[str]) -> str:
        mark, words, kind, name = met.groups()
        there = address(kind, name)
        return words if there is None else f"{mark}[{words}]({there})"

    return ADDRESS.sub(real, body)


def named(body: str) -> list[tuple[str, str]]:
    """(kind, name) of every address of ours in a text."""
    return [(kind, name) for _mark, _words, kind, name in ADDRESS.findall(body)]


def find(words: str, pages: Iterable[tuple[str, Written]]) -> list[Found]:
    """The pages that hold every word, those first that have them in title and headings."""
    wanted = normalise(words).lower().split()
    found = [hit for key, page in pages if (hit := _hit(key, page, wanted)) is not None]
    return sorted(found, key=lambda each: -each.weight)


def _hit(key: str, page: Written, wanted: list[str]) -> Found | None:
    text, title = normalise(page.plain), page.title.lower()
    low, heads = text.lower(), " ".join(page.headings).lower()
    if not wanted or not all(word in low or word in title for word in wanted):
        return None
    weight = sum(
        low.count(word) + TITLE_COUNTS * (word in title) + HEADING_COUNTS * heads.count(word)
        for word in wanted
    )
    at = max(0, min((low.find(word) for word in wanted if word in low), default=0) - AROUND)
    piece = text[at : at + 3 * AROUND]
    return Found(key, page.title, ("…" if at else "") + piece + "…", weight)
