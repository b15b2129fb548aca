"""The rows of a movements file: each as a movement, or as problems with the row and column."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, NamedTuple, TypeVar

from portal.catalogue.rules.sheets.cells import Unreadable, is_blank, read_text, read_words
from portal.kernel.errors import Invalid, Problem
from portal.kernel.tables import Cell, Row, Table
from portal.kernel.text import Text, t
from portal.warehouse.rules import cells
from portal.warehouse.rules.facts import MovementFact, check_fact, doubt_of, earliest_day
from portal.warehouse.rules.headers import MOVEMENTS, Columns, find_columns, no_rows
from portal.warehouse.rules.stock import SIX_PLACES
from portal.warehouse.rules.unit_days import MovementKind

NEEDED = (("moved_on",), ("kind",), ("pieces", "m3", "cm3", "kg", "pallets", "teu"))
LONGEST = {"reference": 80, "lot": 60, "sku": 60, "reason": 300, "note": 300}
EVERY = 2000
V = TypeVar("V")
Tell = Callable[[int, int | None], None]


@dataclass(frozen=True, slots=True)
class Known:
    """What the rows may name: codes in capitals → ids, and (customer id, SKU) of the goods.

    `first_of_…`: id → the first day on which something came in.
    """

    customers: Mapping[str, int]
    warehouses: Mapping[str, int]
    goods: Container[tuple[int, str]]
    first_of_customer: Mapping[int, date] = field(default_factory=dict)
    first_of_warehouse: Mapping[int, date] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Asked:
    """How a file is to be read: whose it is and where, when its columns do not say.

    References that the file does not give are made of `mark` (the file's own) and the row. `in_cm3`: its volume column
    is in cm³ whatever its header says.
    """

    today: date
    mark: str
    source: str = "file"
    customer_id: int | None = None
    warehouse_id: int | None = None
    in_cm3: bool = False


class Line(NamedTuple):
    """A movement and the row it stands in."""

    row: int
    fact: MovementFact


@dataclass(slots=True)
class Lines:
    """What a file says: its movements, and what is wrong with it."""

    columns: Columns
    lines: list[Line] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    rows: int = 0


def read_lines(table: Table, known: Known, asked: Asked, tell: Tell) -> Lines:
    """Every row of a movements file. FileProblems when a needed column is missing."""
    needed = [*NEEDED, ("lot", "sku")]
    if asked.customer_id is None:
        needed.append(("customer",))
    if asked.warehouse_id is None:
        needed.append(("warehouse",))
    found = Lines(find_columns(table, MOVEMENTS, needed))
    reader = _Reader(found, known, asked)
    for number, row in table.rows():
        if number <= found.columns.header_row or not any(cell is not None for cell in row):
            continue
        found.rows += 1
        reader.read(number, row)
        if found.rows % EVERY == 0:
            tell(found.rows, table.row_count)
    if not found.rows:
        found.problems.append(no_rows(found.columns))
    return found


class _Reader:
    """Reads row after row; a cell that cannot be read is a problem, and its row is no movement."""

    def __init__(self, found: Lines, known: Known, asked: Asked) -> None:
        self._found, self._known, self._asked = found, known, asked
        self._at = found.columns.at
        self._references: dict[str, int] = {}
        self._row: Row = []
        self._number = 0
        self._is_wrong = False

    def read(self, number: int, row: Row) -> None:
        self._number, self._row, self._is_wrong = number, row, False
        customer_id = self._owner("customer", self._known.customers, self._asked.customer_id)
        warehouse_id = self._owner("warehouse", self._known.warehouses, self._asked.warehouse_id)
        kind = self._take("kind", cells.read_kind)
        moved_on = self._take("moved_on", cells.read_moved_day)
        clock = self._take("clock", cells.read_clock) or ""
        measures = self._measures()
        reference = self._reference(self._word("reference"))
        words: dict[str, Any] = {
            name: self._word(name) for name in ("lot", "sku", "reason", "note")
        }
        if self._is_wrong or customer_id is None or warehouse_id is None:
            return
        assert kind is not None
        assert moved_on is not None
        fact = MovementFact(
            customer_id, warehouse_id, kind, moved_on, self._asked.source, reference,
            clock=clock, **words, **measures,
        )  # fmt: skip
        self._check(fact)
        if not self._is_wrong:
            self._found.lines.append(Line(number, fact))

    def _cell(self, meaning: str) -> Cell:
        at = self._at.get(meaning)
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

    def _owner(self, meaning: str, codes: Mapping[str, int], otherwise: int | None) -> int | None:
        cell = self._cell(meaning)
        if is_blank(cell) and otherwise is not None:
            return otherwise
        found = codes.get(read_text(cell).upper())
        if found is None:
            self._wrong(meaning, cell, _CODES[meaning])
        elif meaning == "customer" and otherwise not in (None, found):
            self._wrong(meaning, cell, t("the customer whom this file is for"))
        return found

    def _measures(self) -> dict[str, Any]:
        found: dict[str, Decimal | None] = {
            name: self._take(name, cells.read_quantity)
            for name in ("pieces", "m3", "kg", "pallets", "teu")
            if name in self._at
        }
        volume = self._take("cm3", cells.read_quantity) if "cm3" in self._at else None
        if volume is not None and found.get("m3") is None:
            found["m3"] = _in_m3(volume, cells.CM3_IN_M3)
        elif found.get("m3") is not None:
            found["m3"] = _in_m3(found["m3"] or Decimal(0), self._volume_unit())
        return found

    def _volume_unit(self) -> Decimal:
        if self._asked.in_cm3:
            return cells.CM3_IN_M3
        said = (
            self._take("volume_unit", cells.read_volume_unit) if "volume_unit" in self._at else None
        )
        return said or Decimal(1)

    def _reference(self, said: str) -> str:
        reference = said or f"{self._asked.mark[:16]}:{self._number}"
        first = self._references.setdefault(reference, self._number)
        if first != self._number:
            self._wrong(
                "reference", said, t("a number of its own; row %(row)s has it too", row=first)
            )
        return reference

    def _check(self, fact: MovementFact) -> None:
        try:
            check_fact(fact, self._asked.today, self._earliest(fact))
        except Invalid as error:
            field_name = error.field or "lot"
            self._wrong(field_name, self._cell(field_name), error.text)
        if fact.sku and (fact.customer_id, fact.sku) not in self._known.goods:
            self._wrong("sku", fact.sku, t("the SKU of goods of this customer; add them first"))
        doubt = doubt_of(fact)
        if doubt is not None:
            name = self._found.columns.name(doubt.name)
            self._found.problems.append(
                Problem(self._number, name, doubt.found, doubt.expected, "warning")
            )

    def _earliest(self, fact: MovementFact) -> date:
        """The first day that the movement may have, by what its customer and warehouse had before."""
        first = (
            self._known.first_of_customer.get(fact.customer_id),
            self._known.first_of_warehouse.get(fact.warehouse_id),
        )
        return earliest_day(min((each for each in first if each), default=None))

    def _wrong(self, meaning: str, found: Any, expected: Text) -> None:
        self._is_wrong = True
        column = self._found.columns.name(meaning)
        self._found.problems.append(
            Problem(self._number, column, "" if found is None else str(found), expected)
        )


_CODES = {
    "customer": t("the code of a customer"),
    "warehouse": t("the code of a warehouse in use"),
}


def _in_m3(volume: Decimal, factor: Decimal) -> Decimal:
    return volume if factor == 1 else (volume * factor).quantize(SIX_PLACES, ROUND_HALF_UP)


def posting_order(line: Line) -> tuple[date, bool, str, int]:
    """What comes in on a day is there before anything leaves on it; then by clock and row."""
    fact = line.fact
    leaves = fact.kind is MovementKind.OUT or any(
        each is not None and each < 0 for each in fact.given
    )
    return fact.moved_on, leaves, fact.clock, line.row
