"""A customer's own layout of statement lines as CSV: its columns and headings, separator, encoding, signs and dates.

Kept as JSON with the settlement terms; empty is the house's layout. No cell can run as a formula.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from portal.billing.rules.charging import plain
from portal.kernel.errors import Invalid, Problem
from portal.kernel.money import round_money
from portal.kernel.tables.writing import safe_text
from portal.kernel.text import Text, t

MOST_COLUMNS = 60
LONGEST_HEADING = 80

FIELDS: Mapping[str, Text] = {
    "statement": t("Statement"),
    "revision": t("Revision"),
    "period_from": t("Period from"),
    "period_until": t("Period until"),
    "serial": t("Line"),
    "kind": t("Kind"),
    "served": t("Served"),
    "served_code": t("Customer code"),
    "contract": t("Contract"),
    "item_code": t("Service code"),
    "name_zh": t("Service (Chinese)"),
    "name_en": t("Service (English)"),
    "reference": t("Reference"),
    "shipment": t("Shipment"),
    "starts_on": t("First day"),
    "ends_on": t("Last day"),
    "is_late": t("From an earlier period"),
    "part": t("Part"),
    "quantity": t("Quantity"),
    "unit": t("Unit"),
    "main_unit": t("Statistical unit"),
    "stat_quantity": t("Statistical quantity"),
    "rate": t("Price"),
    "line_currency": t("Currency"),
    "amount": t("Amount"),
    "exchange_rate": t("Rate of exchange"),
    "rate_on": t("Day of the rate"),
    "currency": t("Currency of the statement"),
    "converted": t("Converted amount"),
    "tax_label": t("Tax"),
    "tax_percent": t("Tax rate"),
    "net_amount": t("Net"),
    "tax_amount": t("Tax amount"),
    "gross_amount": t("Gross"),
    "state": t("Answer to the line"),
    "note": t("Note"),
}
"""Every column that a layout may have; a row names its values by these."""
_MONEY = {
    "amount": "line_currency",
    "converted": "currency",
    "net_amount": "currency",
    "tax_amount": "currency",
    "gross_amount": "currency",
}
"""Amounts, and the column of the currency to whose minor unit they are written."""
USUAL = (
    "statement",
    "serial",
    "served",
    "name_zh",
    "reference",
    "starts_on",
    "ends_on",
    "quantity",
    "unit",
    "rate",
    "line_currency",
    "amount",
    "exchange_rate",
    "tax_percent",
    "net_amount",
    "tax_amount",
    "gross_amount",
    "state",
    "note",
)


class Separator(StrEnum):
    """What stands between two cells."""

    COMMA = ","
    SEMICOLON = ";"
    TAB = "\t"
    PIPE = "|"


class Encoding(StrEnum):
    """How characters become bytes."""

    UTF_8_SIG = "utf-8-sig"  # Excel opens Chinese rightly
    UTF_8 = "utf-8"
    GB18030 = "gb18030"


class DecimalSign(StrEnum):
    """What stands before the decimals."""

    POINT = "."
    COMMA = ","


class DateFormat(StrEnum):
    """How days are written."""

    ISO = "yyyy-mm-dd"
    SLASHES = "yyyy/mm/dd"
    COMPACT = "yyyymmdd"
    DAY_FIRST = "dd.mm.yyyy"
    DAY_SLASHES = "dd/mm/yyyy"


_STRFTIME = {
    DateFormat.ISO: "%Y-%m-%d",
    DateFormat.SLASHES: "%Y/%m/%d",
    DateFormat.COMPACT: "%Y%m%d",
    DateFormat.DAY_FIRST: "%d.%m.%Y",
    DateFormat.DAY_SLASHES: "%d/%m/%Y",
}


@dataclass(frozen=True, slots=True)
class Column:
    """One column: a field of FIELDS and its heading; "": the field's own word."""

    field: str
    heading: str = ""


@dataclass(frozen=True, slots=True)
class CsvLayout:
    """What a file looks like; the default is the house's own."""

    columns: tuple[Column, ...] = tuple(map(Column, USUAL))
    separator: Separator = Separator.COMMA
    encoding: Encoding = Encoding.UTF_8_SIG
    decimal_sign: DecimalSign = DecimalSign.POINT
    date_format: DateFormat = DateFormat.ISO
    with_headings: bool = True

    def to_json(self) -> dict[str, Any]:
        """A JSON-ready form; `from_json` reads it back."""
        return {
            "columns": [[each.field, each.heading] for each in self.columns],
            "separator": self.separator.value,
            "encoding": self.encoding.value,
            "decimal_sign": self.decimal_sign.value,
            "date_format": self.date_format.value,
            "with_headings": self.with_headings,
        }

    @classmethod
    def from_json(cls, stored: Any) -> CsvLayout:
        """The layout that `to_json` wrote, or a person did; {} is the default. Invalid names the wrong field."""
        if not isinstance(stored, Mapping):
            raise _wrong("csv_layout")
        unknown = sorted(set(map(str, stored)) - set(_READERS))
        if unknown:
            raise _wrong(unknown[0])
        layout = cls(**{name: _READERS[name](name, value) for name, value in stored.items()})
        for problem in layout.check():
            raise Invalid(problem.expected, field=problem.column)
        return layout

    def check(self) -> list[Problem]:
        """What is wrong with it; `column` of each problem is the field's name."""
        return list(_problems(self))


def write(
    layout: CsvLayout, rows: Iterable[Mapping[str, Any]], say: Callable[[Text], str] = str
) -> bytes:
    """The file. A row has a value for each field of the layout: text, Text, date, Decimal, int, bool or None.

    `say` puts words into the reader's language. KeyError when a row lacks a field.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=layout.separator.value, lineterminator="\r\n")
    if layout.with_headings:
        headings = (each.heading or say(FIELDS[each.field]) for each in layout.columns)
        writer.writerow([_safe(heading) for heading in headings])
    for row in rows:
        writer.writerow([_cell(layout, each.field, row, say) for each in layout.columns])
    return out.getvalue().encode(layout.encoding.value)


def _cell(layout: CsvLayout, field: str, row: Mapping[str, Any], say: Callable[[Text], str]) -> str:
    value = row[field]
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, Decimal):
        exact = round_money(value, row[_MONEY[field]]) if field in _MONEY else plain(value)
        return f"{exact:f}".replace(".", layout.decimal_sign.value)
    if isinstance(value, date):
        return value.strftime(_STRFTIME[layout.date_format])
    return _safe(say(value) if isinstance(value, Text) else str(value))


def _safe(text: str) -> str:
    """Text on one line that no spreadsheet takes for a formula."""
    return safe_text(" ".join(text.splitlines()) if "\n" in text or "\r" in text else text)


def _problems(layout: CsvLayout) -> Iterator[Problem]:
    if not layout.columns:
        yield _problem("columns", "", t("one column or more"))
    if len(layout.columns) > MOST_COLUMNS:
        found = str(len(layout.columns))
        yield _problem("columns", found, t("at most %(most)s columns", most=MOST_COLUMNS))
    headings: set[str] = set()
    for each in layout.columns:
        if each.field not in FIELDS:
            yield _problem("columns", each.field, t("a column that statement lines have"))
        if len(each.heading) > LONGEST_HEADING or not each.heading.isprintable():
            expected = t("a heading of at most %(most)s characters", most=LONGEST_HEADING)
            yield _problem("columns", each.heading, expected)
        heading = each.heading or each.field
        if heading in headings:
            yield _problem("columns", heading, t("every heading only once"))
        headings.add(heading)
    if layout.separator.value == layout.decimal_sign.value:
        yield _problem("decimal_sign", ",", t("a decimal sign other than the separator"))


def _problem(column: str, found: str, expected: Text) -> Problem:
    return Problem(None, column, found, expected, "error")


def _columns(name: str, value: Any) -> tuple[Column, ...]:
    if not isinstance(value, list | tuple):
        raise _wrong(name)
    return tuple(_column(name, each) for each in value)


def _column(name: str, value: Any) -> Column:
    parts = [value] if isinstance(value, str) else value
    if not isinstance(parts, list | tuple) or len(parts) not in {1, 2}:
        raise _wrong(name)
    if not all(isinstance(part, str) for part in parts):
        raise _wrong(name)
    return Column(*(part.strip() for part in parts))


def _one_of(words: type[StrEnum]) -> Callable[[str, Any], StrEnum]:
    def read(name: str, value: Any) -> StrEnum:
        if value not in [each.value for each in words]:
            raise _wrong(name)
        return words(value)

    return read


def _flag(name: str, value: Any) -> bool:
    if not isinstance(value, bool):
        raise _wrong(name)
    return value


def _wrong(name: str) -> Invalid:
    return Invalid(t("The CSV layout has something wrong in “%(name)s”.", name=name), field=name)


_READERS: Mapping[str, Callable[[str, Any], Any]] = {
    "columns": _columns,
    "separator": _one_of(Separator),
    "encoding": _one_of(Encoding),
    "decimal_sign": _one_of(DecimalSign),
    "date_format": _one_of(DateFormat),
    "with_headings": _flag,
}
