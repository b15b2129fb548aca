"""The rows of a usage file as plain values, and everything that is wrong with them by row and column."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Literal, NamedTuple

from portal.catalogue.rules.sheets import cells
from portal.catalogue.rules.sheets.columns import shown
from portal.kernel.errors import Problem
from portal.kernel.tables import Cell, Row, Table
from portal.kernel.text import Text, t
from portal.kernel.units import find_unit
from portal.usage.rules.columns import Columns, Place, Told
from portal.usage.rules.facts import (
    LONGEST_CODE,
    LONGEST_NOTE,
    LONGEST_REFERENCE,
    day_problem,
    quantity_problem,
)

KEPT = 5_000
REMEMBERED = 20_000
Severity = Literal["error", "warning"]


class UsageRow(NamedTuple):
    """One row of the file; `item_id` None: no service is known by `item_code` (yet)."""

    number: int
    customer_id: int
    item_id: int | None
    item_code: str
    quantity: Decimal
    unit: str
    used_on: date
    reference: str
    note: str
    shipment: str


class Item(NamedTuple):
    """A service as a file may name it."""

    id: int
    code: str
    unit: str


@dataclass(frozen=True, slots=True)
class Lookups:
    """What words stand for. A customer's word gives every id that it may mean."""

    customers: Callable[[str], tuple[int, ...]]
    item: Callable[[str], tuple[Item, ...]]
    today: date


@dataclass(slots=True)
class Problems:
    """The first problems of each severity, and how many there are in all."""

    listed: list[Problem] = field(default_factory=list)
    errors: int = 0
    warnings: int = 0

    def tell(
        self, row: int, place: Place | None, found: Cell, expected: Text, severity: Severity = "error"
    ) -> None:  # fmt: skip
        """Keep a problem, or only count it when there are very many."""
        label = place.label if place else None
        self.tell_problem(Problem(row, label, shown(found), expected, severity))

    def tell_problem(self, problem: Problem) -> None:
        """The same for one that was made elsewhere."""
        if problem.severity == "error":
            self.errors += 1
            count = self.errors
        else:
            self.warnings += 1
            count = self.warnings
        if count <= KEPT:
            self.listed.append(problem)


class Reader:
    """Reads row by row; a row with an error is told and left out."""

    def __init__(self, columns: Columns, lookups: Lookups, problems: Problems) -> None:
        self.columns = columns
        self.lookups = lookups
        self.problems = problems
        self.count = 0
        self._known: dict[tuple[Told, Cell], tuple[Any, Text | None]] = {}
        self._rows_of: dict[str, int] = {}
        self._readers: dict[Told, Callable[[Cell], Any]] = {
            Told.CUSTOMER: self._customer,
            Told.CUSTOMER_NAME: self._customer,
            Told.ITEM: self._item,
            Told.ITEM_NAME: self._item,
            Told.QUANTITY: _quantity,
            Told.UNIT: _unit,
            Told.DAY: self._day,
            Told.REFERENCE: _words(LONGEST_REFERENCE),
            Told.NOTE: _words(LONGEST_NOTE),
            Told.SHIPMENT: _words(40),
        }

    def rows(self, table: Table) -> Iterator[UsageRow]:
        """The right rows below the header; empty lines count for nothing."""
        for place in self.columns.ignored:
            expected = t("a known header; this column is not read")
            self.problems.tell(self.columns.header_row, place, place.label, expected, "warning")
        for number, row in table.rows():
            if number <= self.columns.header_row or all(map(cells.is_blank, row)):
                continue
            self.count += 1
            read = self._row(number, row)
            if read is not None:
                yield read
        if not self.count:
            expected = t("at least one row below the header row")
            self.problems.tell(self.columns.header_row + 1, None, "", expected)

    def _row(self, number: int, row: Row) -> UsageRow | None:
        before = self.problems.errors
        customer_id = self._either(number, row, Told.CUSTOMER, Told.CUSTOMER_NAME)
        item = self._either(number, row, Told.ITEM, Told.ITEM_NAME)
        quantity = self._needed(number, row, Told.QUANTITY)
        day = self._needed(number, row, Told.DAY)
        reference = self._needed(number, row, Told.REFERENCE)
        unit = self._value(number, row, Told.UNIT)
        note = self._value(number, row, Told.NOTE) or ""
        shipment = self._value(number, row, Told.SHIPMENT) or ""
        if reference:
            self._check_once(number, reference)
        if item is not None and not unit and self.problems.errors == before:
            unit = self._units_of_item(number, item)
        if self.problems.errors > before:
            return None
        return UsageRow(
            number, customer_id, item.id or None, item.code, quantity, unit, day, reference, note, shipment
        )  # fmt: skip

    def _either(self, number: int, row: Row, code: Told, name: Told) -> Any:
        """The value of the code's column, or of the name's where that one is blank."""
        for told in (code, name):
            cell = self._cell(row, told)
            if told in self.columns.places and not cells.is_blank(cell):
                value = self._value(number, row, told)
                if isinstance(value, Item) and not value.id:
                    expected = t("a known service; until it is, this usage waits in the queue")
                    self.problems.tell(number, self._place(told), cell, expected, "warning")
                return value
        place = self._place(code) or self._place(name)
        self.problems.tell(number, place, None, t("This must be filled in."))
        return None

    def _needed(self, number: int, row: Row, told: Told) -> Any:
        if cells.is_blank(self._cell(row, told)):
            self.problems.tell(number, self._place(told), None, t("This must be filled in."))
            return None
        return self._value(number, row, told)

    def _units_of_item(self, number: int, item: Item) -> str:
        if not item.unit:
            expected = t("a unit, since the service is not known")
            self.problems.tell(number, self._place(Told.UNIT), None, expected)
        return item.unit

    def _check_once(self, number: int, reference: str) -> None:
        first = self._rows_of.setdefault(reference, number)
        if first != number:
            expected = t("a reference of its own; row %(row)s has the same", row=first)
            self.problems.tell(number, self._place(Told.REFERENCE), reference, expected)

    def _cell(self, row: Row, told: Told) -> Cell:
        place = self.columns.places.get(told)
        return row[place.index] if place is not None and place.index < len(row) else None

    def _place(self, told: Told) -> Place | None:
        return self.columns.places.get(told)

    def _value(self, number: int, row: Row, told: Told) -> Any:
        """What the cell says; None for a blank one, and for one that cannot be read, which is told."""
        cell = self._cell(row, told)
        if cell is None:
            return None
        key = (told, cell)
        repeats = told is not Told.REFERENCE and not isinstance(cell, bool)  # True is 1 to a dict
        hit = self._known.get(key) if repeats else None
        if hit is None:
            hit = self._read(told, cell)
            if repeats and len(self._known) < REMEMBERED:
                self._known[key] = hit
        value, expected = hit
        if expected is not None:
            self.problems.tell(number, self._place(told), cell, expected)
        return value

    def _read(self, told: Told, cell: Cell) -> tuple[Any, Text | None]:
        try:
            return self._readers[told](cell), None
        except cells.Unreadable as unreadable:
            return None, unreadable.expected

    def _customer(self, cell: Cell) -> int:
        found = self.lookups.customers(cells.read_text(cell))
        if not found:
            raise cells.Unreadable(t("the code or the name of a customer"))
        if len(found) > 1:
            raise cells.Unreadable(t("the customer's code; several customers have this name"))
        return found[0]

    def _item(self, cell: Cell) -> Item:
        word = cells.read_text(cell)
        if len(word) > LONGEST_CODE:
            raise cells.Unreadable(t("at most %(most)s characters", most=LONGEST_CODE))
        found = self.lookups.item(word)
        if len(found) > 1:
            raise cells.Unreadable(t("the service's code; several services have this name"))
        return found[0] if found else Item(0, word, "")

    def _day(self, cell: Cell) -> date | None:
        day = cells.read_day(cell)
        wrong = day_problem(day, self.lookups.today) if day else None
        if wrong is not None:
            raise cells.Unreadable(wrong)
        return day


def _quantity(cell: Cell) -> Decimal | None:
    quantity = cells.read_number(cell)
    wrong = quantity_problem(quantity) if quantity is not None else None
    if wrong is not None:
        raise cells.Unreadable(wrong)
    return quantity


def _unit(cell: Cell) -> str:
    word = cells.read_text(cell)
    if not word:
        return ""
    unit = find_unit(word)
    if unit is None:
        raise cells.Unreadable(t("a unit of the unit table"))
    return unit.code


def _words(longest: int) -> Callable[[Cell], str]:
    def read(cell: Cell) -> str:
        text = cells.read_text(cell)
        if len(text) > longest:
            raise cells.Unreadable(t("at most %(most)s characters", most=longest))
        return text

    return read
