"""Editions of an article: when a text is another one, and how two of them differ."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

TEXTS = ("title_zh", "title_en", "body_zh", "body_en")
"""What makes an edition; keywords, shelf and dates are not what the reader read."""


class Change(StrEnum):
    """What became of a line."""

    SAME = "same"
    GONE = "gone"
    NEW = "new"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of two texts laid over each other."""

    change: Change
    text: str


def texts_of(row: object) -> dict[str, str]:
    """The texts of an article or of one of its editions."""
    return {name: getattr(row, name) or "" for name in TEXTS}


def is_another(before: Mapping[str, str], after: Mapping[str, str]) -> bool:
    """Whether a reader would read something else."""
    return any(before[name] != after[name] for name in TEXTS)


def difference(before: str, after: str) -> list[Line]:
    """Both texts line by line: what went, what came, what stayed, in the order of reading."""
    old, new = before.splitlines(), after.splitlines()
    found: list[Line] = []
    for kind, i1, i2, j1, j2 in SequenceMatcher(a=old, b=new, autojunk=False).get_opcodes():
        if kind == "equal":
            found += [Line(Change.SAME, line) for line in old[i1:i2]]
            continue
        found += [Line(Change.GONE, line) for line in old[i1:i2]]
        found += [Line(Change.NEW, line) for line in new[j1:j2]]
    return found
