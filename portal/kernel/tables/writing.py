"""Write rows as .xlsx or CSV so that no cell can ever run as a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import IO

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from portal.kernel.tables.delimited import FORMULA_MARKS
from portal.kernel.tables.table import Cell

Target = Path | IO[bytes]
_EXACT_DIGITS = 15


def write_csv(target: Target, rows: Iterable[Sequence[Cell]]) -> None:
    """Rows as comma-separated UTF-8 with a mark, so that Excel opens Chinese rightly."""
    stream = target.open("wb") if isinstance(target, Path) else target
    text = io.TextIOWrapper(stream, encoding="utf-8-sig", newline="")
    try:
        out = csv.writer(text)
        out.writerows([_word(cell) for cell in row] for row in rows)
        text.flush()
    finally:
        if isinstance(target, Path):
            text.close()
        else:
            text.detach()


def safe_text(text: str) -> str:
    """The text with an apostrophe before what a spreadsheet would take for a formula."""
    return f"'{text}" if text.startswith(("'", *FORMULA_MARKS)) else text


def _word(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, str):
        return safe_text(cell)
    if isinstance(cell, bool):
        return "1" if cell else "0"
    if isinstance(cell, Decimal):
        return format(cell, "f")
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ", timespec="minutes")
    return cell.isoformat() if isinstance(cell, date) else str(cell)


def write_xlsx(
    target: Target,
    headers: Sequence[str],
    rows: Iterable[Sequence[Cell]],
    sheet: str = "Sheet1",
    widths: Sequence[int] = (),
) -> None:
    """One sheet with a bold, frozen and filtered header row; memory stays flat however many rows.

    Numbers of more than 15 digits are written as text, since a spreadsheet would round them.
    """
    book = xlsxwriter.Workbook(
        str(target) if isinstance(target, Path) else target,
        {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    try:
        page = book.add_worksheet(sheet)
        bold = book.add_format({"bold": True, "bottom": 1, "bg_color": "#EEF2F6"})
        for column, width in enumerate(widths):
            page.set_column(column, column, width)
        page.freeze_panes(1, 0)
        for column, header in enumerate(headers):
            page.write_string(0, column, header, bold)
        last = _write_rows(book, page, rows)
        page.autofilter(0, 0, last, max(len(headers) - 1, 0))
    finally:
        book.close()


def _write_rows(book: xlsxwriter.Workbook, page: Worksheet, rows: Iterable[Sequence[Cell]]) -> int:
    """Write below the header row; the number of rows written."""
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    instant = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
    last = 0
    for last, row in enumerate(rows, 1):
        for column, cell in enumerate(row):
            if isinstance(cell, str):
                page.write_string(last, column, cell)
            elif isinstance(cell, datetime):
                page.write_datetime(last, column, cell, instant)
            elif isinstance(cell, date):
                page.write_datetime(last, column, cell, day)
            elif isinstance(cell, Decimal) and len(cell.as_tuple().digits) <= _EXACT_DIGITS:
                page.write_number(last, column, cell)
            elif cell is not None:
                page.write_string(last, column, _word(cell))
    return last
