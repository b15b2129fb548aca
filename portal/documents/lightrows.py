"""Light rows: a long detail as lines of text whose columns stand in line, at a fraction of a table's cost.

A table row of twelve cells costs the press some 8 ms and 180 KB, one run of text 1 ms and 15 KB. So every row is one
line, and its columns are made by spaces: the face's advance widths are known here, and its two spaces (of 112 and 500
units, 500 to the em) fill any gap to within 0.06 em. The style sheet keeps kerning off such lines (`.light`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from portal.documents.fontcheck import FACES, FONTS, advances

EM = 500
SPACE, WIDE_SPACE = " ", "\N{IDEOGRAPHIC SPACE}"
MOST_SPACES = 12
LEAST_GAP = 120


@dataclass(frozen=True, slots=True)
class LightColumn:
    """Where a column ends and begins, in em from the row's left edge; figures stand at its right end."""

    start: float
    end: float
    is_figure: bool = False

    @property
    def width(self) -> int:
        """In 1/500 em."""
        return round((self.end - self.start) * EM)


class LightRows:
    """Columns of given widths in em, one em apart; a negative width is a column of figures, set to the right."""

    def __init__(self, widths: Sequence[float], gap: float = 1.0) -> None:
        self.columns: list[LightColumn] = []
        start = 0.0
        for width in widths:
            self.columns.append(LightColumn(start, start + abs(width), width < 0))
            start += abs(width) + gap

    def lines(self, cells: Sequence[object]) -> list[str]:
        """The cells as one line, and as many more as the longest words need.

        A figure is never broken: too wide for its column it reaches to the left, and pushes on what it meets there.
        """
        broken = [
            [str(cell)] if column.is_figure else wrapped(str(cell), column.width)
            for column, cell in zip(self.columns, cells, strict=True)
        ]
        return [
            self._line([parts[place] if place < len(parts) else "" for parts in broken])
            for place in range(max(map(len, broken)))
        ]

    def _line(self, cells: Sequence[str]) -> str:
        line, place = "", 0
        for column, text in zip(self.columns, cells, strict=True):
            if not text:
                continue
            begins = (
                round(column.end * EM) - width_of(text) if column.is_figure else column.start * EM
            )
            filling = _spaces(max(round(begins) - place, LEAST_GAP if line else 0))
            line += filling + text
            place += width_of(filling) + width_of(text)
        return line


def width_of(text: str) -> int:
    """How wide a text is in the papers' regular face, in 1/500 em; unknown characters count as full width."""
    known = _advances()
    return sum([known.get(ord(character), EM) for character in text])


def wrapped(text: str, width: int) -> list[str]:
    """`text` in lines of at most `width` (1/500 em): broken at a space where there is one, else anywhere."""
    text = " ".join(text.split())
    lines = []
    while width_of(text) > width:
        fits = max(1, _fitting(text, width))
        at_space = text.rfind(" ", 1, fits + 1)
        end = at_space if at_space > fits // 2 else fits
        lines.append(text[:end].rstrip())
        text = text[end:].lstrip()
    return [*lines, text]


def _fitting(text: str, width: int) -> int:
    """How many of the first characters go into `width`."""
    known, used = _advances(), 0
    for count, character in enumerate(text):
        used += known.get(ord(character), EM)
        if used > width:
            return count
    return len(text)


@lru_cache(maxsize=4096)
def _spaces(gap: int) -> str:
    """The mix of both spaces that comes nearest to `gap`, with the fewest characters."""
    known = _advances()
    narrow, wide = known[ord(SPACE)], known[ord(WIDE_SPACE)]
    mixes = [
        (abs(gap - few * narrow - many * wide), few + many, few, many)
        for many in range(gap // wide + 1)
        for few in range(MOST_SPACES + 1)
    ]
    _, _, few, many = min(mixes)
    return SPACE * few + WIDE_SPACE * many


@cache
def _advances() -> Mapping[int, int]:
    return advances((FONTS / FACES[0]).read_bytes())
