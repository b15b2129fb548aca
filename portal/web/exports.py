"""Tables out of the house as Excel or CSV: formula-safe, with control totals."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

import xlsxwriter
from flask import Response, current_app

from portal.kernel import clock
from portal.kernel.tables import safe_text
from portal.kernel.text import t
from portal.web.words import say

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True, slots=True)
class Total:
    """A control total: of all rows, or apart for each value of the column at index `by` (a currency)."""

    by: int | None = None


def table_response(
    kind: str,
    name: str,
    heads: Sequence[str],
    rows: Iterable[Sequence[Any]],
    totals: Sequence[Total | None],
) -> Response:
    """A download of `rows` under `heads`; columns with a `Total` end in a sum, or in one for each group."""
    stamp = clock.today(current_app.config["TIMEZONE"]).isoformat()
    mimetype = XLSX if kind == "xlsx" else "text/csv"
    return download(table_bytes(kind, heads, rows, totals), f"{name}_{stamp}.{kind}", mimetype)


def table_bytes(
    kind: str, heads: Sequence[str], rows: Iterable[Sequence[Any]], totals: Sequence[Total | None]
) -> bytes:
    """The same file as bytes, to be put beside others."""
    return _xlsx(heads, rows, totals) if kind == "xlsx" else _csv(heads, rows, totals)


def download(body: bytes, file_name: str, mimetype: str, *, inline: bool = False) -> Response:
    """Bytes as an attachment (or shown in the browser), its name safe in any language."""
    response = Response(body, mimetype=mimetype)
    way = "inline" if inline else "attachment"
    response.headers["Content-Disposition"] = f"{way}; filename*=UTF-8''{quote(file_name)}"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _csv(
    heads: Sequence[str], rows: Iterable[Sequence[Any]], totals: Sequence[Total | None]
) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([safe_text(head) for head in heads])
    sums = _Sums(totals)
    for row in rows:
        sums.add(row)
        writer.writerow([_plain(value) for value in row])
    writer.writerows([_plain(value) for value in line] for line in sums.lines())
    return out.getvalue().encode("utf-8-sig")


def _xlsx(
    heads: Sequence[str], rows: Iterable[Sequence[Any]], totals: Sequence[Total | None]
) -> bytes:
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
    for line_no, line in enumerate(sums.lines(), start=last + 1):
        for column, value in enumerate(line):
            _write(sheet, line_no, column, value, formats)
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
    if isinstance(value, Decimal):
        return _without_idle_zeros(value)
    if isinstance(value, (date, int)):
        return str(value)
    return safe_text(str(value))


def _without_idle_zeros(value: Decimal) -> str:
    """As written by hand: zeros behind the second decimal come from how a number is stored."""
    whole, point, rest = f"{value:f}".partition(".")
    return f"{whole}.{rest[:2]}{rest[2:].rstrip('0')}" if point else whole


class _Sums:
    """Running control totals of the marked columns: (column, group) → sum, the groups in their order."""

    def __init__(self, totals: Sequence[Total | None]) -> None:
        self._totals = {at: total for at, total in enumerate(totals) if total is not None}
        self._width = len(totals)
        self._sums: dict[Any, dict[int, Decimal]] = {}
        self._groups: dict[Any, int] = {}
        self.count = 0

    def add(self, row: Sequence[Any]) -> None:
        self.count += 1
        for at, total in self._totals.items():
            group = None if total.by is None else row[total.by]
            sums = self._sums.setdefault(group, {})
            sums[at] = sums.get(at, Decimal(0)) + Decimal(row[at] or 0)
            self._groups[group] = self._groups.get(group, 0) + 1

    def lines(self) -> Iterable[list[Any]]:
        """One line of sums, or one for each group with its name under its column."""
        for group, sums in self._sums.items():
            line: list[Any] = [sums.get(at) for at in range(self._width)]
            for at, total in self._totals.items():
                if total.by is not None and at in sums:
                    line[total.by] = group
            if line[0] is None:
                line[0] = say(t("Total of %(count)s rows", count=self._counted(group, sums)))
            yield line

    def _counted(self, group: Any, sums: dict[int, Decimal]) -> int:
        return self._groups[group] // len(sums)
