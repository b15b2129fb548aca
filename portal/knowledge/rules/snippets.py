"""A few words of an article around what was asked, the asked words told apart."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

LENGTH = 90
_MARKS = re.compile(
    r"^\s{0,3}(?:#{1,6}|>|[-*+]|\d+[.)])\s+|^\s*\|?[\s:|-]{3,}\|?\s*$", re.MULTILINE
)
_LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
_EMPHASIS = re.compile(r"[*_`~]+")


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a snippet; `hit`: it was asked for."""

    text: str
    hit: bool


def plain(markdown: str) -> str:
    """The words of a Markdown text, in one line."""
    words = _EMPHASIS.sub("", _LINK.sub(r"\1", _MARKS.sub("", markdown)))
    return " ".join(words.replace("|", " ").split())


def snippet(markdown: str, terms: Sequence[str], length: int = LENGTH) -> tuple[Part, ...]:
    """About `length` characters of the text from shortly before the first of `terms` that it holds.

    `terms` in the order of what they say; without any of them the text's beginning.
    """
    text = plain(markdown)
    lowered = text.lower()
    if len(lowered) != len(text):
        lowered = text
    at = next((found for term in terms if (found := lowered.find(term)) >= 0), 0)
    start = max(0, at - length // 4)
    if start and text[start - 1].isalnum() and text[start].isascii():
        start = text.find(" ", start) + 1 or start
    end = min(len(text), start + length)
    before, after = "…" if start else "", "…" if end < len(text) else ""
    return _told_apart(f"{before}{text[start:end].strip()}{after}", terms)


def _told_apart(text: str, terms: Sequence[str]) -> tuple[Part, ...]:
    """Runs of asked and other words; overlapping terms make one run."""
    lowered = text.lower()
    hit = [False] * len(text)
    for term in terms:
        at = lowered.find(term)
        while at >= 0 and len(lowered) == len(text):
            hit[at : at + len(term)] = [True] * len(term)
            at = lowered.find(term, at + 1)
    parts: list[Part] = []
    start = 0
    for at in range(1, len(text) + 1):
        if at == len(text) or hit[at] != hit[start]:
            parts.append(Part(text[start:at], hit[start]))
            start = at
    return tuple(parts) if text else ()
