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
CUT = "…"


@dataclass(frozen=True, slots=True)
class LightColumn:
    """Where a column ends and begins, in em from the row's left edge; figures stand at its right end."""

    start: float
    end: float
    is_figure: bool = False


class LightRows:
    """Columns of given widths in em, one em apart; a negative width is a column of figures, set to the right."""

    def __init__(self, widths: Sequence[float], gap: float = 1.0) -> None:
        self.columns: list[LightColumn] = []
        start = 0.0
        for width in widths:
            self.columns.append(LightColumn(start, start + abs(width), width < 0))
            start += abs(width) + gap

    def row(self, cells: Sequence[object]) -> str:
        """The cells as one line; what is wider than its column is cut with an ellipsis."""
        line, place = "", 0
        for column, cell in zip(self.columns, cells, strict=True):
            text = fitted(str(cell), round((column.end - column.start) * EM))
            if not text:
                continue
            begins = round(column.end * EM) - width_of(text) if column.is_figure else None
            filling = _spaces(max(0, (begins or round(column.start * EM)) - place))
            line += filling + text
            place += width_of(filling) + width_of(text)
        return line


def width_of(text: str) -> int:
    """How wide a text is in the papers' regular face, in 1/500 em; unknown characters count as full width."""
    known = _advances()
    return sum([known.get(ord(character), EM) for character in text])


def fitted(text: str, width: int) -> str:
    """`text` without line breaks, cut with an ellipsis where it is wider than `width` (1/500 em)."""
    text = " ".join(text.split())
    if width_of(text) <= width:
        return text
    while text and width_of(text) + EM > width:
        text = text[:-1]
    return text.rstrip() + CUT


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
