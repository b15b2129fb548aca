"""Read one sheet of an .xlsx workbook, row by row, with exact numbers.

The sheet is streamed: what is held is one row at a time, so that 100,000 rows cost no more than one. (The usual
readers lay the whole sheet out in memory first, some 90 bytes a cell, blank ones too.)
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Generator
from contextlib import closing, contextmanager
from datetime import datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import IO
from xml.etree.ElementTree import Element, ParseError

from portal.kernel.errors import FileProblems, Problem
from portal.kernel.tables.archive import UNREADABLE, Corners, check_archive, damaged
from portal.kernel.tables.pieces import pieces
from portal.kernel.tables.refusals import LIMITS, Limits, refuse
from portal.kernel.tables.table import Cell, Merge, NumberedRow, Row, Table, column_number
from portal.kernel.tables.workbook import Workbook, open_xml, read_workbook, text_of
from portal.kernel.text import t

_BROKEN = (*UNREADABLE, ParseError, IndexError)
_SIX_PLACES = Decimal("0.000001")
_REMEMBERED = 50_000
_DAY_ZERO = datetime(1899, 12, 30)  # noqa: DTZ001 - days of a spreadsheet have no zone
_DAY_ZERO_1904 = datetime(1904, 1, 1)  # noqa: DTZ001
_DIMENSION = re.compile(rb"<(?:\w+:)?dimension\s[^>]*?ref=\"([^\"]*)\"")
_LAST_ROW = re.compile(r"(\d+)$")
_ADDRESS = re.compile(r"([A-Z]+)(\d+)")


def read_excel(
    open_stream: Callable[[], IO[bytes]],
    name: str,
    sheet: str | None = None,
    limits: Limits = LIMITS,
) -> Table:
    """The sheet called `sheet`, or the first one that holds anything. Raises FileProblems.

    `open_stream` opens the file afresh for each reading.
    """
    with closing(open_stream()) as stream:
        merges = check_archive(stream, name, limits)
        try:
            with zipfile.ZipFile(stream) as archive:
                book = read_workbook(archive)
        except _BROKEN as error:
            raise damaged(name) from error
    reader = _Sheets(open_stream, name, book, limits)
    chosen = _named(book, sheet) if sheet is not None else reader.first_filled()
    if not reader.is_filled(chosen):
        raise refuse(chosen, t("a sheet with a header row and at least one row below it"))
    part = book.sheets[chosen]
    return Table(
        name=name,
        sheet=chosen,
        sheets=tuple(book.sheets),
        open_rows=lambda: reader.rows(chosen),
        merges=tuple(map(_merge, merges.get(part, ()))),
        row_count=reader.stated_rows(chosen),
    )


def _named(book: Workbook, wanted: str) -> str:
    by_word = {name.strip().casefold(): name for name in book.sheets}
    found = by_word.get(wanted.strip().casefold())
    if found is None:
        listed = ", ".join(f"“{name}”" for name in book.sheets)
        expected = t("a sheet called “%(sheet)s”", sheet=wanted)
        raise FileProblems([Problem(row=None, column=None, found=listed, expected=expected)])
    return found


def _merge(corners: Corners) -> Merge:
    ends = []
    for corner in corners:
        found = _ADDRESS.fullmatch(corner)
        ends += [int(found[2]), column_number(found[1])] if found else [0, 0]
    return Merge(ends[0], ends[1], ends[2], ends[3])


class _Sheets:
    """The sheets of one workbook, each read as often as asked."""

    def __init__(
        self, open_stream: Callable[[], IO[bytes]], name: str, book: Workbook, limits: Limits
    ) -> None:
        self.open_stream = open_stream
        self.name = name
        self.book = book
        self.limits = limits

    def first_filled(self) -> str:
        """The first sheet that holds anything; the first of all when none does."""
        names = list(self.book.sheets)
        if not names:
            raise refuse(self.name, t("a workbook with at least one worksheet"))
        return next((name for name in names if self.is_filled(name)), names[0])

    def is_filled(self, sheet: str) -> bool:
        with closing(self.rows(sheet)) as rows:
            return next(rows, None) is not None

    def stated_rows(self, sheet: str) -> int | None:
        """The last row by the sheet's own word, for showing progress; it need not be true."""
        with self._part(sheet) as part:
            found = _DIMENSION.search(part.read(4096))
        last = _LAST_ROW.search(found[1].decode()) if found else None
        return int(last[1]) if last else None

    def rows(self, sheet: str) -> Generator[NumberedRow, None, None]:
        """The rows that hold anything, in the sheet's order."""
        try:
            with self._part(sheet) as part:
                yield from self._rows(part)
        except _BROKEN as error:
            raise damaged(self.name) from error

    @contextmanager
    def _part(self, sheet: str) -> Generator[IO[bytes], None, None]:
        with (
            closing(self.open_stream()) as stream,
            zipfile.ZipFile(stream) as archive,
            open_xml(archive, self.book.sheets[sheet]) as part,
        ):
            yield part

    def _rows(self, part: IO[bytes]) -> Generator[NumberedRow, None, None]:
        read = _CellReader(self.book, self.limits)
        number = 0
        for rows in pieces(part):
            for element in rows:
                number = _row_number(element) or number + 1
                if number > self.limits.rows:
                    most = f"{self.limits.rows:,}"
                    raise refuse(
                        f"A{number}", t("at most %(rows)s rows; split the file", rows=most)
                    )
                row = read.row(element)
                if row:
                    yield number, row


def _row_number(row: Element) -> int:
    """The number that a row states, or its first cell; 0 when neither does."""
    stated = row.get("r") or (row[0].get("r") if len(row) else None)
    found = _LAST_ROW.search(stated or "")
    return int(found[1]) if found else 0


class _CellReader:
    """Turns the cells of a row into values."""

    def __init__(self, book: Workbook, limits: Limits) -> None:
        self.book = book
        self.most = limits.columns
        self.columns: dict[str, int] = {}
        self.numbers: dict[str, Decimal] = {}
        self.day_zero = _DAY_ZERO_1904 if book.from_1904 else _DAY_ZERO
        self.days = {str(style) for style in book.days}

    def row(self, element: Element) -> Row:
        """The values from column A on; empty when the row holds nothing."""
        row: Row = []
        for cell in element:
            value = self._value(cell) if len(cell) else None
            if value is None:
                continue
            column = self._column(cell.get("r"), len(row))
            behind = column - len(row)
            if behind < 0:
                row[column] = value
                continue
            if behind:
                row += [None] * behind
            row.append(value)
        return row

    def _column(self, address: str | None, following: int) -> int:
        """The place (from 0) of a cell by its address; without one, behind the cell before."""
        if address is None:
            return following
        letters = address.rstrip("0123456789")
        column = self.columns.get(letters)
        if column is None:
            column = column_number(letters) - 1
            if not 0 <= column < self.most:
                expected = t("at most %(columns)s columns; delete empty columns", columns=self.most)
                raise refuse(address, expected)
            self.columns[letters] = column
        return column

    def _value(self, cell: Element) -> Cell:
        """The value of a cell that has parts: `v`, or `is` for words written in place."""
        kind = cell.get("t")
        part = cell[0]
        if kind == "inlineStr":
            return text_of(part) or None
        if len(cell) > 1 and not part.tag.endswith("}v"):
            part = next((one for one in cell if one.tag.endswith("}v")), part)
        written = part.text
        if written is None or not part.tag.endswith("}v"):
            return None
        if kind is None or kind == "n":
            return self._day(written) if cell.get("s") in self.days else self._number(written)
        if kind == "s":
            return self.book.words[int(written)] or None
        if kind == "b":
            return written.strip() == "1"
        if kind == "d":
            return _plain_day(datetime.fromisoformat(written))
        return written

    def _number(self, written: str) -> Decimal:
        found = self.numbers.get(written)
        if found is None:
            found = exact(float(written))
            if len(self.numbers) < _REMEMBERED:
                self.numbers[written] = found
        return found

    def _day(self, written: str) -> Cell:
        serial = float(written)
        if not -100_000 < serial < 3_000_000:
            return exact(serial)
        moment = self.day_zero + timedelta(seconds=round(serial * 86_400))
        return moment.time() if 0 <= serial < 1 else _plain_day(moment)


def _plain_day(moment: datetime) -> Cell:
    return moment.date() if moment.time() == time() else moment


def exact(number: float) -> Decimal:
    """The decimal that was typed into the spreadsheet.

    Excel stores numbers as binary doubles: 0.1 + 0.2 is kept as 0.30000000000000004. The shortest
    text that gives the double back, rounded half-up to the six places a price may have, is what the
    person meant.
    """
    value = Decimal(repr(number))
    if not value.is_finite():
        raise ValueError(number)
    if value == value.to_integral_value():
        return value.quantize(Decimal(1)) if abs(value) < Decimal(10) ** 15 else value
    return value.quantize(_SIX_PLACES, ROUND_HALF_UP).normalize()
