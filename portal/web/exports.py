"""Tables out of the house as Excel or CSV: formula-safe, with control totals."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

import xlsxwriter
from flask import Response, current_app

from portal.kernel import clock
from portal.kernel.text import t
from portal.web.words import say

RISKY = ("=", "+", "-", "@", "\t", "\r")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def table_response(
    kind: str,
    name: str,
    heads: Sequence[str],
    rows: Iterable[Sequence[Any]],
    totals: Sequence[bool],
) -> Response:
    """A download of `rows` under `heads`; columns marked in `totals` end in a sum."""
    stamp = clock.today(current_app.config["TIMEZONE"]).isoformat()
    body = _xlsx(heads, rows, totals) if kind == "xlsx" else _csv(heads, rows, totals)
    mimetype = XLSX if kind == "xlsx" else "text/csv; charset=utf-8"
    return download(body, f"{name}_{stamp}.{kind}", mimetype)


def download(body: bytes, file_name: str, mimetype: str, *, inline: bool = False) -> Response:
    """Bytes as an attachment (or shown in the browser), its name safe in any language."""
    response = Response(body, mimetype=mimetype)
    way = "inline" if inline else "attachment"
    response.headers["Content-Disposition"] = f"{way}; filename*=UTF-8''{quote(file_name)}"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-store"
    return response


def safe_text(value: str) -> str:
    """Text that no spreadsheet takes for a formula."""
    return f"'{value}" if value.startswith(RISKY) else value


def _csv(heads: Sequence[str], rows: Iterable[Sequence[Any]], totals: Sequence[bool]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([safe_text(head) for head in heads])
    sums = _Sums(totals)
    for row in rows:
        sums.add(row)
        writer.writerow([_plain(value) for value in row])
    if sums.wanted:
        writer.writerow([_plain(value) for value in sums.line()])
    return out.getvalue().encode("utf-8-sig")


def _xlsx(heads: Sequence[str], rows: Iterable[Sequence[Any]], totals: Sequence[bool]) -> bytes:
    out = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "constant_memory": False,
    }
    book = xlsxwriter.Workbook(out, options)
    sheet = book.add_worksheet()
    bold = book.add_format({"bold": True})
    number, day = (
        book.add_format({"num_format": "#,##0.00####"}),
        book.add_format({"num_format": "yyyy-mm-dd"}),
    )
    formats = {Decimal: number, date: day}
    sheet.write_row(0, 0, heads, bold)
    sheet.freeze_panes(1, 0)
    sums, last = _Sums(totals), 0
    for last, row in enumerate(rows, start=1):
        sums.add(row)
        for column, value in enumerate(row):
            _write(sheet, last, column, value, formats)
    if sums.wanted:
        for column, value in enumerate(sums.line()):
            _write(sheet, last + 1, column, value, formats)
    sheet.autofit()
    book.close()
    return out.getvalue()


def _write(sheet: Any, row: int, column: int, value: Any, formats: dict[type, Any]) -> None:
    if value is None:
        return
    if isinstance(value, Decimal):
        sheet.write_number(row, column, value, formats[Decimal])
    elif isinstance(value, datetime):
        sheet.write_string(row, column, _plain(value))
    elif isinstance(value, date):
        sheet.write_datetime(row, column, value, formats[date])
    elif isinstance(value, int) and not isinstance(value, bool):
        sheet.write_number(row, column, value)
    else:
        sheet.write_string(row, column, str(value))


def _plain(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.astimezone(ZoneInfo(current_app.config["TIMEZONE"])).strftime("%Y-%m-%d %H:%M")
    if isinstance(value, (Decimal, date, int)):
        return str(value)
    return safe_text(str(value))


class _Sums:
    """Running control totals of the marked columns."""

    def __init__(self, totals: Sequence[bool]) -> None:
        self.wanted = any(totals)
        self._sums: list[Decimal | None] = [Decimal(0) if total else None for total in totals]
        self.count = 0

    def add(self, row: Sequence[Any]) -> None:
        self.count += 1
        for index, total in enumerate(self._sums):
            if total is not None and row[index] is not None:
                self._sums[index] = total + Decimal(row[index])

    def line(self) -> list[Any]:
        line: list[Any] = list(self._sums)
        if line and line[0] is None:
            line[0] = say(t("Total of %(count)s rows", count=self.count))
        return line
