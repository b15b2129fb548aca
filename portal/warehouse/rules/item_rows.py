"""The rows of a stock items file: goods with the size of a piece, and what was there to begin with (W3, W12)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple, TypeVar

from portal.catalogue.rules.sheets.cells import Unreadable, is_blank, read_text, read_words
from portal.catalogue.rules.working_figures import show_exact
from portal.kernel.errors import Problem
from portal.kernel.tables import Cell, Row, Table
from portal.kernel.text import Text, t
from portal.warehouse.rules import cells
from portal.warehouse.rules.headers import STOCK_ITEMS, Columns, find_columns, no_rows
from portal.warehouse.rules.stock import LARGEST_UNIT_M3, size_warnings

LONGEST = {"sku": 60, "name": 160}
V = TypeVar("V")
Tell = Callable[[int, int | None], None]


class ItemFact(NamedTuple):
    """Goods of a customer as a file states them; None is not stated, for sizes not known."""

    customer_id: int
    sku: str
    name: str
    pieces_per_case: int | None
    pieces_per_pallet: int | None
    unit_m3: Decimal | None
    unit_kg: Decimal | None
    from_on: date
    opening: Decimal | None = None


class ItemLine(NamedTuple):
    """Goods and the row they stand in."""

    row: int
    fact: ItemFact


@dataclass(slots=True)
class ItemLines:
    """What a file of goods says, and what is wrong with it."""

    columns: Columns
    lines: list[ItemLine] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    rows: int = 0


def read_items(
    table: Table,
    customers: Mapping[str, int],
    customer_id: int | None,
    from_on: date,
    in_cm3: bool,
    tell: Tell,
) -> ItemLines:
    """Every row of a stock items file; sizes without a day of their own hold from `from_on`.

    FileProblems when a needed column is missing.
    """
    needed = [("sku",)] if customer_id is not None else [("sku",), ("customer",)]
    found = ItemLines(find_columns(table, STOCK_ITEMS, needed))
    reader = _Reader(found, customers, customer_id, from_on, in_cm3)
    for number, row in table.rows():
        if number <= found.columns.header_row or not any(cell is not None for cell in row):
            continue
        found.rows += 1
        reader.read(number, row)
        tell(found.rows, table.row_count)
    if not found.rows:
        found.problems.append(no_rows(found.columns))
    return found


class _Reader:
    def __init__(
        self,
        found: ItemLines,
        customers: Mapping[str, int],
        customer_id: int | None,
        from_on: date,
        in_cm3: bool,
    ) -> None:
        self._found, self._customers, self._customer_id = found, customers, customer_id
        self._from_on, self._in_cm3 = from_on, in_cm3
        self._seen: dict[tuple[int, str], int] = {}
        self._row: Row = []
        self._number = 0
        self._is_wrong = False

    def read(self, number: int, row: Row) -> None:
        self._number, self._row, self._is_wrong = number, row, False
        customer_id = self._customer()
        sku, name = self._word("sku"), self._word("name")
        if not sku:
            self._wrong("sku", None, t("the SKU of the goods"))
        unit_kg = self._take("unit_kg", cells.read_size)
        unit_m3 = self._volume(unit_kg)
        from_on = self._from_on
        if not is_blank(self._cell("from_on")):
            from_on = self._take("from_on", cells.read_moved_day) or from_on
        fact = ItemFact(
            customer_id or 0,
            sku,
            name,
            self._count("pieces_per_case"),
            self._count("pieces_per_pallet"),
            unit_m3,
            unit_kg,
            from_on,
            self._opening(),
        )
        first = self._seen.setdefault((fact.customer_id, sku), number)
        if first != number:
            self._wrong("sku", sku, t("goods named once; row %(row)s has them too", row=first))
        if not self._is_wrong:
            self._found.lines.append(ItemLine(number, fact))

    def _customer(self) -> int | None:
        cell = self._cell("customer")
        if is_blank(cell) and self._customer_id is not None:
            return self._customer_id
        found = self._customers.get(read_text(cell).upper())
        if found is None:
            self._wrong("customer", cell, t("the code of a customer"))
        elif self._customer_id not in (None, found):
            self._wrong("customer", cell, t("the customer whom this file is for"))
        return found

    def _volume(self, unit_kg: Decimal | None) -> Decimal | None:
        """The volume of one piece in m³, and what is to be asked about it.

        A row or file that says cm³ is turned into m³. Under a header that says m³, a volume of such a row that makes
        sense as m³ is one already: the source was in cm³, the column is not. It is named.
        """
        if not is_blank(self._cell("unit_cm3")):
            size, asked = self._take("unit_cm3", cells.read_size), cells.CM3_IN_M3
        else:
            size = self._take("unit_m3", cells.read_size)
            said = self._take("volume_unit", cells.read_volume_unit)
            asked = cells.CM3_IN_M3 if self._in_cm3 else said or Decimal(1)
            if size and asked != 1 and not self._in_cm3 and size <= LARGEST_UNIT_M3:
                self._tell_taken(size)
                asked = Decimal(1)
        size = None if size is None else (size * asked).quantize(cells.SIZE_STEP).normalize()
        for problem in size_warnings(size, unit_kg, self._number):
            self._found.problems.append(
                Problem(
                    self._number,
                    self._found.columns.name(problem.column or "unit_m3"),
                    problem.found,
                    problem.expected,
                    "warning",
                )
            )
        return size or None

    def _tell_taken(self, size: Decimal) -> None:
        words = {"m3": show_exact(size), "cm3": show_exact(size / cells.CM3_IN_M3)}
        expected = t("m³: %(m3)s is taken as m³, that is %(cm3)s cm³", **words)
        found = read_text(self._cell("volume_unit"))
        column = self._found.columns.name("volume_unit")
        self._found.problems.append(Problem(self._number, column, found, expected, "warning"))

    def _opening(self) -> Decimal | None:
        opening = self._take("opening", cells.read_quantity)
        if opening is not None and opening < 0:
            self._wrong("opening", str(opening), t("0 or more"))
        return opening or None

    def _count(self, meaning: str) -> int | None:
        number = self._take(meaning, cells.read_quantity)
        if number is not None and (number <= 0 or number != number.to_integral_value()):
            self._wrong(meaning, str(number), t("a whole number above 0"))
            return None
        return None if number is None else int(number)

    def _cell(self, meaning: str) -> Cell:
        at = self._found.columns.at.get(meaning)
        return self._row[at] if at is not None and at < len(self._row) else None

    def _take(self, meaning: str, read: Callable[[Cell], V]) -> V | None:
        cell = self._cell(meaning)
        try:
            return read(cell)
        except Unreadable as error:
            self._wrong(meaning, cell, error.expected)
            return None

    def _word(self, meaning: str) -> str:
        word = read_words(self._cell(meaning))
        if len(word) > LONGEST[meaning]:
            self._wrong(meaning, word[:40], t("at most %(count)s letters", count=LONGEST[meaning]))
        return word

    def _wrong(self, meaning: str, found: Any, expected: Text) -> None:
        self._is_wrong = True
        column = self._found.columns.name(meaning)
        self._found.problems.append(
            Problem(self._number, column, "" if found is None else str(found), expected)
        )
