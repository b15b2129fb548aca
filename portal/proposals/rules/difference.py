"""What changed between two versions of a proposal: section by section, line by line, as one reads it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

from portal.proposals.rules.sections import Part

KEPT_AROUND = 1
"""So many unchanged lines stand before and after a change; longer runs are folded."""


class Kind(StrEnum):
    """What became of a line."""

    SAME = "same"
    GONE = "gone"
    NEW = "new"
    FOLDED = "folded"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a section's text; of a folded run only how many lines it has."""

    kind: Kind
    text: str = ""
    count: int = 0


@dataclass(frozen=True, slots=True)
class SectionChange:
    """One section of either version. `kind`: new, gone, or there in both; `lines` only where something changed."""

    title_zh: str
    title_en: str
    kind: Kind
    lines: tuple[Line, ...] = ()

    @property
    def changed(self) -> bool:
        """Whether anything in it differs."""
        return self.kind is not Kind.SAME or bool(self.lines)


def differences(before: Sequence[Part], after: Sequence[Part]) -> tuple[SectionChange, ...]:
    """Every section of the later version in its order, then those that are gone.

    A section is known again by its heading; of equal headings the first is matched with the first.
    """
    left = list(before)
    found = []
    for part in after:
        earlier = next((each for each in left if each.title_zh == part.title_zh), None)
        if earlier is not None:
            left.remove(earlier)
        found.append(_compared(earlier, part))
    return (*found, *(_compared(each, None) for each in left))


def _compared(before: Part | None, after: Part | None) -> SectionChange:
    part = after or before
    assert part is not None
    if before == after:
        return SectionChange(part.title_zh, part.title_en, Kind.SAME)
    kind = Kind.NEW if before is None else Kind.GONE if after is None else Kind.SAME
    lines = (*_lines(before, after, "zh"), *_lines(before, after, "en"))
    if before and after and before.title_en != after.title_en:
        titles = (Line(Kind.GONE, before.title_en), Line(Kind.NEW, after.title_en))
        lines = (*(each for each in titles if each.text), *lines)
    return SectionChange(part.title_zh, part.title_en, kind, lines)


def _lines(before: Part | None, after: Part | None, language: str) -> tuple[Line, ...]:
    old, new = (_split(getattr(part, language) if part else "") for part in (before, after))
    if old == new:
        return ()
    return tuple(_told(old, new))


def _split(text: str) -> list[str]:
    return [line.rstrip() for line in text.splitlines() if line.strip()]


def _told(old: Sequence[str], new: Sequence[str]) -> Iterator[Line]:
    for tag, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            yield from _folded(new[k:m], is_first=i == 0, is_last=j == len(old))
        else:
            yield from (Line(Kind.GONE, text) for text in old[i:j])
            yield from (Line(Kind.NEW, text) for text in new[k:m])


def _folded(run: Sequence[str], *, is_first: bool, is_last: bool) -> Iterator[Line]:
    head = 0 if is_first else KEPT_AROUND
    tail = 0 if is_last else KEPT_AROUND
    hidden = len(run) - head - tail
    if hidden < 2:
        yield from (Line(Kind.SAME, text) for text in run)
        return
    yield from (Line(Kind.SAME, text) for text in run[:head])
    yield Line(Kind.FOLDED, count=hidden)
    yield from (Line(Kind.SAME, text) for text in run[len(run) - tail :])
