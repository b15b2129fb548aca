"""Read one sheet of an .xlsx workbook, row by row, with exact numbers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time
from decimal import ROUND_HALF_UP, Decimal
from typing import IO, Any

import python_calamine as calamine

from portal.kernel.errors import FileProblems, Problem
from portal.kernel.tables.archive import check_archive
from portal.kernel.tables.refusals import LIMITS, Limits, refuse
from portal.kernel.tables.table import Cell, Merge, NumberedRow, Row, Table
from portal.kernel.text import t

_MIDNIGHT = time()
_SIX_PLACES = Decimal("0.000001")
_FLOAT_CACHE = 50_000


def read_excel(
    stream: IO[bytes], name: str, sheet: str | None = None, limits: Limits = LIMITS
) -> Table:
    """The sheet called `sheet`, or the first one that holds anything. Raises FileProblems."""
    check_archive(stream, name, limits)
    try:
        workbook = calamine.CalamineWorkbook.from_filelike(stream)
        names = _worksheets(workbook)
        page = _chosen(workbook, names, sheet)
    except calamine.PasswordError as error:
        raise refuse(name, t("a workbook without a password")) from error
    except (calamine.CalamineError, OSError) as error:
        raise refuse(
            name, t("an Excel workbook that is not damaged; open it, save it again as .xlsx")
        ) from error
    start, end = page.start, page.end
    if start is None or end is None:
        raise refuse(page.name, t("a sheet with a header row and at least one row below it"))
    if end[0] >= limits.rows:
        raise refuse(
            f"A{end[0] + 1}",
            t("at most %(rows)s rows; split the file", rows=f"{limits.rows:,}"),
        )
    return Table(
        name=name,
        sheet=page.name,
        sheets=names,
        open_rows=lambda: _rows(page, start[1]),
        merges=_merges(page),
        row_count=end[0] + 1,
    )


def _worksheets(workbook: calamine.CalamineWorkbook) -> tuple[str, ...]:
    kind = calamine.SheetTypeEnum.WorkSheet
    return tuple(sheet.name for sheet in workbook.sheets_metadata if sheet.typ == kind)


def _chosen(
    workbook: calamine.CalamineWorkbook, names: tuple[str, ...], wanted: str | None
) -> calamine.CalamineSheet:
    if not names:
        raise refuse("", t("a workbook with at least one worksheet"))
    if wanted is None:
        return _first_filled(workbook, names)
    by_word = {name.strip().casefold(): name for name in names}
    name = by_word.get(wanted.strip().casefold())
    if name is None:
        listed = ", ".join(f"“{name}”" for name in names)
        expected = t("a sheet called “%(sheet)s”", sheet=wanted)
        raise FileProblems([Problem(row=None, column=None, found=listed, expected=expected)])
    return workbook.get_sheet_by_name(name)


def _first_filled(
    workbook: calamine.CalamineWorkbook, names: tuple[str, ...]
) -> calamine.CalamineSheet:
    for name in names:
        page = workbook.get_sheet_by_name(name)
        if page.start is not None:
            break
    return page


def _merges(page: calamine.CalamineSheet) -> tuple[Merge, ...]:
    return tuple(
        Merge(first[0] + 1, first[1] + 1, last[0] + 1, last[1] + 1)
        for first, last in page.merged_cell_ranges or ()
    )


def _rows(page: calamine.CalamineSheet, empty_columns: int) -> Iterator[NumberedRow]:
    """Rows from row 1 on; the parser leaves out empty columns before the first used one."""
    lead: Row = [None] * empty_columns
    numbers: dict[float, Decimal] = {}
    for number, cells in enumerate(page.iter_rows(), 1):
        yield number, lead + [_value(cell, numbers) for cell in cells]


def _value(cell: Any, numbers: dict[float, Decimal]) -> Cell:
    kind = type(cell)
    if kind is str:
        return cell or None
    if kind is float or kind is int:
        found = numbers.get(cell)
        if found is None:
            found = exact(cell)
            if len(numbers) < _FLOAT_CACHE:
                numbers[cell] = found
        return found
    if kind is datetime and cell.time() == _MIDNIGHT:
        return cell.date()  # type: ignore[no-any-return]
    return cell  # type: ignore[no-any-return]


def exact(number: float) -> Decimal:
    """The decimal that was typed into the spreadsheet.

    Excel stores numbers as binary doubles: 0.1 + 0.2 is kept as 0.30000000000000004. The shortest
    text that gives the double back, rounded half-up to the six places a price may have, is what the
    person meant.
    """
    value = Decimal(repr(number))
    if value == value.to_integral_value():
        return value.quantize(Decimal(1)) if abs(value) < Decimal(10) ** 15 else value
    return value.quantize(_SIX_PLACES, ROUND_HALF_UP).normalize()
