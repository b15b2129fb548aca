"""Why a file is refused before anything in it is read, in words its owner can act upon."""

from __future__ import annotations

from dataclasses import dataclass

from portal.kernel.errors import FileProblems, Problem
from portal.kernel.text import Text


@dataclass(frozen=True, slots=True)
class Limits:
    """How large a file may be. Sizes in bytes; `ratio` is unpacked to packed size of one part.

    A worksheet written by a spreadsheet packs 5 to 60 times; a deflate bomb packs some 1,000 times.
    """

    packed: int = 64 * 1024 * 1024
    unpacked: int = 400 * 1024 * 1024
    ratio: int = 250
    ratio_from: int = 8 * 1024 * 1024
    rows: int = 200_000
    columns: int = 300
    parts: int = 5_000


LIMITS = Limits()


def refuse(found: str, expected: Text, row: int | None = None) -> FileProblems:
    """The failure for a file as a whole: what it is, and what it should be."""
    return FileProblems([Problem(row=row, column=None, found=found, expected=expected)])
