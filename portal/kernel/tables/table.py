"""A table read from a file: rows of plain values, each with the number the spreadsheet shows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal

Cell = str | Decimal | bool | date | datetime | time | timedelta | None
Row = list[Cell]
NumberedRow = tuple[int, Row]


@dataclass(frozen=True, slots=True)
class Merge:
    """A block of merged cells, corners inclusive, rows and columns counted from 1."""

    first_row: int
    first_column: int
    last_row: int
    last_column: int

    @property
    def address(self) -> str:
        """The block as a spreadsheet names it, such as `B4:C9`."""
        first = f"{column_letter(self.first_column)}{self.first_row}"
        return f"{first}:{column_letter(self.last_column)}{self.last_row}"


@dataclass(frozen=True, slots=True)
class Table:
    """One sheet of a workbook, or one delimited text file.

    `rows()` may be called again and again and yields lazily: a large file is never held twice.
    """

    name: str
    sheet: str
    sheets: tuple[str, ...]
    open_rows: Callable[[], Iterator[NumberedRow]] = field(repr=False)
    merges: tuple[Merge, ...] = ()
    row_count: int | None = None

    def rows(self) -> Iterator[NumberedRow]:
        """Each row as (number from 1, cells from column A on); trailing cells may be missing."""
        return self.open_rows()

    def head(self, count: int) -> list[NumberedRow]:
        """The first `count` rows."""
        return [numbered for numbered, _ in zip(self.rows(), range(count), strict=False)]


def table_of(rows: Iterable[Iterable[Cell]], name: str = "table", sheet: str = "") -> Table:
    """A table over rows already in memory (the first is row 1)."""
    kept = [list(row) for row in rows]
    return Table(
        name=name,
        sheet=sheet,
        sheets=(sheet,) if sheet else (),
        open_rows=lambda: iter(enumerate(kept, 1)),
        row_count=len(kept),
    )


def column_letter(number: int) -> str:
    """The spreadsheet's letters for a column counted from 1: 1 → A, 27 → AA."""
    letters = ""
    while number > 0:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def column_number(letters: str) -> int:
    """The column's number counted from 1: A → 1, AA → 27; 0 for no letters."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - ord("A") + 1
    return number
