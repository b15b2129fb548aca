"""A demo rate sheet under the headers of the portal's own layout, and the dates of a demo."""

from __future__ import annotations

import csv
from calendar import monthrange
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from pathlib import Path

from portal.catalogue.rules.charges import find_charge
from portal.catalogue.rules.sheets.meaning import HEADERS, Meaning
from portal.catalogue.rules.sheets.spellings import CHINESE
from portal.kernel.tables import Cell, Table, table_of

_TABLES = Path(__file__).resolve().parent / "tables"
Line = Mapping[Meaning, Cell | StrEnum]


@dataclass(frozen=True, slots=True)
class RateSheet:
    """One sheet; `lines` are the rows by meaning, blank cells left out."""

    code: str
    name_zh: str
    name_en: str
    category: str
    lines: tuple[Line, ...]
    valid_from: date
    valid_to: date

    @property
    def meanings(self) -> tuple[Meaning, ...]:
        """The columns that are used, in the order of the portal's own sheet."""
        used = {meaning for line in self.lines for meaning in line}
        return tuple(meaning for meaning in Meaning if meaning in used)

    def rows(self) -> list[list[Cell]]:
        """Chinese headers, then the lines: what `write_csv` and `write_xlsx` take."""
        columns = self.meanings
        header: list[Cell] = [HEADERS[meaning][0] for meaning in columns]
        return [header, *([_cell(line.get(m)) for m in columns] for line in self.lines)]

    def table(self) -> Table:
        """The sheet as the importer sees a file."""
        return table_of(self.rows(), name=f"{self.code}.csv")


def _cell(value: Cell | StrEnum) -> Cell:
    return CHINESE[value] if isinstance(value, StrEnum) else value


def read_figures(name: str) -> list[dict[str, str]]:
    """The rows of `tables/<name>.csv`."""
    with (_TABLES / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def month_start(month: date, later: int = 0) -> date:
    """The first day of the month `later` months after `month` (negative: before)."""
    index = month.year * 12 + month.month - 1 + later
    return date(index // 12, index % 12 + 1, 1)


def month_end(month: date, later: int = 0) -> date:
    """The last day of the month `later` months after `month`."""
    start = month_start(month, later)
    return start.replace(day=monthrange(start.year, start.month)[1])


def to_step(amount: Decimal, step: str) -> Decimal:
    """`amount` at the nearest multiple of `step`, as price lists are written."""
    unit = Decimal(step)
    return (amount / unit).quantize(Decimal(1), ROUND_HALF_UP) * unit


def named(lines: Iterable[Line]) -> tuple[Line, ...]:
    """The lines with the Chinese names of their charges."""
    return tuple({**line, Meaning.CHARGE_NAME: _charge_name(line)} for line in lines)


def valid(lines: Iterable[Line], start: date, end: date) -> tuple[Line, ...]:
    """The lines with the names of their charges and one validity, both days included."""
    span = {Meaning.VALID_FROM: start, Meaning.VALID_TO: end}
    return tuple({**line, **span} for line in named(lines))


def _charge_name(line: Line) -> str:
    charge = find_charge(str(line[Meaning.CHARGE_CODE]))
    return charge.name_zh if charge else ""
