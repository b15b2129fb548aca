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


def _nothing(_customer_id: int, _word: str) -> Item | None:
    return None


@dataclass(frozen=True, slots=True)
class Lookups:
    """What words stand for. A customer's word gives every id that it may mean.

    `bought`: customer id, charge code → the one service of that charge which the customer has an entitlement to.
    """

    customers: Callable[[str], tuple[int, ...]]
    item: Callable[[str], tuple[Item, ...]]
    today: date
    bought: Callable[[int, str], Item | None] = _nothing


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


class Blank:
    """Stands for a cell that holds nothing."""

    __slots__ = ()


BLANK = Blank()
Reading = tuple[Any, Text | None]


@dataclass(slots=True)
class Field:
    """One column of the file; every spelling that comes again is read once."""

    told: Told
    place: Place
    read: Callable[[Cell], Any]
    known: dict[Cell, Reading] = field(default_factory=dict)

    def reading(self, row: Row) -> Reading:
        """The cell's value, BLANK or None, and what was expected where it cannot be read."""
        index = self.place.index
        cell = row[index] if index < len(row) else None
        if cell is None or cell == "":
            return BLANK, None
        hit = self.known.get(cell) if cell is not True and cell is not False else None
        if hit is None:
            hit = self._read(cell)
            if self.told is not Told.REFERENCE and len(self.known) < REMEMBERED:
                self.known[cell] = hit
        return hit

    def cell(self, row: Row) -> Cell:
        """What stands there."""
        return row[self.place.index] if self.place.index < len(row) else None

    def _read(self, cell: Cell) -> Reading:
        if cells.is_blank(cell):
            return BLANK, None
        try:
            return self.read(cell), None
        except cells.Unreadable as unreadable:
            return None, unreadable.expected


class Reader:
    """Reads row by row; a row with an error is told and left out."""

    def __init__(self, columns: Columns, lookups: Lookups, problems: Problems) -> None:
        self.columns = columns
        self.lookups = lookups
        self.problems = problems
        self.count = 0
        self._rows_of: dict[str, int] = {}
        readers: dict[Told, Callable[[Cell], Any]] = {
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
        self._fields = {
            told: Field(told, place, readers[told]) for told, place in columns.places.items()
        }

    def rows(self, table: Table) -> Iterator[UsageRow]:
        """The right rows below the header; empty lines count for nothing."""
        for place in self.columns.ignored:
            expected = t("a known header; this column is not read")
            self.problems.tell(self.columns.header_row, place, place.label, expected, "warning")
        for number, row in table.rows():
            holds_something = any(cell and not cells.is_blank(cell) for cell in row)
            if number <= self.columns.header_row or not holds_something:
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
        customer_id = self._needed(number, row, Told.CUSTOMER, Told.CUSTOMER_NAME)
        item = self._needed(number, row, Told.ITEM, Told.ITEM_NAME)
        quantity = self._needed(number, row, Told.QUANTITY)
        day = self._needed(number, row, Told.DAY)
        reference = self._needed(number, row, Told.REFERENCE)
        unit = self._wished(number, row, Told.UNIT)
        note = self._wished(number, row, Told.NOTE)
        shipment = self._wished(number, row, Told.SHIPMENT)
        if reference:
            self._check_once(number, reference)
        if item is not None and self.problems.errors == before:
            if not item.id:
                item = self.lookups.bought(customer_id, item.code) or item
            unit = self._known_item(number, row, item, unit)
        if self.problems.errors > before:
            return None
        return UsageRow(
            number, customer_id, item.id or None, item.code, quantity, unit, day, reference, note, shipment
        )  # fmt: skip

    def _needed(self, number: int, row: Row, *choices: Told) -> Any:
        """The value of the first of these columns that is not blank; None where it is wrong or missing."""
        first = None
        for told in choices:
            each = self._fields.get(told)
            if each is None:
                continue
            first = first or each
            value, expected = each.reading(row)
            if value is not BLANK:
                if expected is not None:
                    self.problems.tell(number, each.place, each.cell(row), expected)
                return value
        place = first.place if first else None
        self.problems.tell(number, place, None, t("This must be filled in."))
        return None

    def _wished(self, number: int, row: Row, told: Told) -> str:
        each = self._fields.get(told)
        if each is None:
            return ""
        value, expected = each.reading(row)
        if expected is not None:
            self.problems.tell(number, each.place, each.cell(row), expected)
        return "" if value is BLANK or value is None else str(value)

    def _known_item(self, number: int, row: Row, item: Item, unit: str) -> str:
        """Tell a service that nobody knows; the unit, the service's own where the row has none."""
        if not item.id:
            expected = t("a known service; until it is, this usage waits in the queue")
            place = self.columns.places.get(Told.ITEM) or self.columns.places.get(Told.ITEM_NAME)
            self.problems.tell(number, place, item.code, expected, "warning")
        if not unit and not item.unit:
            expected = t("a unit, since the service is not known")
            self.problems.tell(number, self.columns.places.get(Told.UNIT), None, expected)
        return unit or item.unit

    def _check_once(self, number: int, reference: str) -> None:
        first = self._rows_of.setdefault(reference, number)
        if first != number:
            expected = t("a reference of its own; row %(row)s has the same", row=first)
            place = self.columns.places[Told.REFERENCE]
            self.problems.tell(number, place, reference, expected)

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
