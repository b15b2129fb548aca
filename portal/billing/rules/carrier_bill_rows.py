"""The rows of a carrier's bill and of our outbound records as plain values, and what is wrong with them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from portal.billing.rules.carrier_bill_columns import BILL, OUTBOUND, Columns, Told, find_columns
from portal.billing.rules.carrier_bills import ZERO, BillLine, Charge, OwnRecord
from portal.catalogue.rules.sheets import cells
from portal.catalogue.rules.sheets.columns import shown
from portal.catalogue.rules.sheets.meaning import squeeze
from portal.kernel.errors import FileProblems, Problem
from portal.kernel.money import round_money
from portal.kernel.tables import Cell, Row, Table
from portal.kernel.text import Text, t

KEPT = 2_000
"""How many problems are told; a file with more of them is the wrong file."""
LONGEST_WAYBILL, LONGEST_WORD = 60, 60
HEAVIEST = Decimal(100_000)
_CHARGES = (
    (Charge.RETURN, ("退回", "退件", "转寄", "return")),
    (Charge.INSURANCE, ("保价", "特安", "保险", "insurance", "insured")),
    (Charge.FREIGHT, ("运费", "freight", "快递费")),
)
"""What an extra service is called, the first that fits; a blank one is the freight itself (R12)."""
_TOTALS = ("合计", "总计", "total", "grandtotal", "sum")
_SUBTOTALS = ("小计", "本页小计", "subtotal")
_SHORTENED = re.compile(r"\d(\.\d+)?E\+\d+|\d\.\d+E\d+")


def read_bill(table: Table, currency: str = "CNY") -> list[BillLine]:
    """The lines of a carrier's bill, amounts in `currency`.

    What is payable counts, or the fee less its discount where the bill has no such column. A line of totals is checked
    against the lines above it. FileProblems names every wrong cell by row and column: a bill is taken whole or not.
    """
    reader = _Reader(find_columns(table, BILL))
    lines: list[BillLine] = []
    for number, row in reader.rows(table):
        word = reader.total_word(row)
        if word:
            if word in _TOTALS:
                _check_total(reader, number, row, lines, currency)
            continue
        line = _bill_line(reader, number, row, currency)
        if line is not None:
            lines.append(line)
    reader.check(len(lines))
    return lines


def read_outbound(table: Table) -> dict[str, OwnRecord]:
    """Waybill → our own record; a weight that is blank or 0 was not weighed. FileProblems as for a bill."""
    reader = _Reader(find_columns(table, OUTBOUND))
    found: dict[str, OwnRecord] = {}
    rows: dict[str, int] = {}
    for number, row in reader.rows(table):
        if reader.total_word(row):
            continue
        before = len(reader.problems)
        waybill = reader.needed(number, row, Told.WAYBILL, _waybill)
        kg = reader.value(number, row, Told.KG, _weight)
        day = reader.value(number, row, Told.DAY, cells.read_day)
        customer = reader.value(number, row, Told.CUSTOMER, _word) or ""
        if waybill in rows:
            expected = t("a waybill of its own; row %(row)s has the same", row=rows[waybill])
            reader.tell(number, Told.WAYBILL, waybill, expected)
        if len(reader.problems) == before:
            rows[waybill] = number
            found[waybill] = OwnRecord(waybill, kg or ZERO, day, customer)
    reader.check(len(found))
    return found


def charge_of(service: str) -> Charge:
    """What a line with this extra service charges."""
    word = squeeze(service)
    if not word:
        return Charge.FREIGHT
    for charge, names in _CHARGES:
        if any(name in word for name in names):
            return charge
    return Charge.OTHER


def _bill_line(reader: _Reader, number: int, row: Row, currency: str) -> BillLine | None:
    before = len(reader.problems)
    waybill = reader.needed(number, row, Told.WAYBILL, _waybill)
    amount = _payable(reader, number, row, currency)
    kg = reader.value(number, row, Told.KG, _weight)
    day = reader.value(number, row, Told.DAY, cells.read_day)
    region = reader.value(number, row, Told.REGION, _word) or ""
    product = reader.value(number, row, Told.PRODUCT, _word) or ""
    service = reader.value(number, row, Told.SERVICE, _word) or ""
    if len(reader.problems) > before:
        return None
    return BillLine(waybill, charge_of(service), amount, kg or None, day, region, product)


def _payable(reader: _Reader, number: int, row: Row, currency: str) -> Decimal:
    def money(cell: Cell) -> Decimal | None:
        amount = cells.read_number(cell)
        if amount is not None and amount != round_money(amount, currency):
            raise cells.Unreadable(t("an amount in %(currency)s to the cent", currency=currency))
        return amount

    if Told.PAYABLE in reader.columns.places:
        return reader.needed(number, row, Told.PAYABLE, money) or ZERO
    fee = reader.needed(number, row, Told.FEE, money) or ZERO
    return fee - (reader.value(number, row, Told.DISCOUNT, money) or ZERO)


def _check_total(
    reader: _Reader, number: int, row: Row, lines: list[BillLine], currency: str
) -> None:
    """Tell a total that the bill's own lines do not come to; only where nothing before it was wrong."""
    told = Told.PAYABLE if Told.PAYABLE in reader.columns.places else Told.FEE
    if reader.problems or reader.is_blank(row, told):
        return
    stated, summed = _payable(reader, number, row, currency), sum((x.amount for x in lines), ZERO)
    if stated != summed and not reader.problems:
        expected = t("the sum of the lines above, %(sum)s", sum=f"{summed:,}")
        reader.tell(number, told, stated, expected)


@dataclass(slots=True)
class _Reader:
    """Reads cell by cell; problems are kept, up to a limit."""

    columns: Columns
    problems: list[Problem] = field(default_factory=list)

    def rows(self, table: Table) -> Iterator[tuple[int, Row]]:
        """The rows below the header; empty ones count for nothing."""
        for number, row in table.rows():
            if number > self.columns.header_row and not all(map(cells.is_blank, row)):
                yield number, row
            if len(self.problems) >= KEPT:
                return

    def value(self, number: int, row: Row, told: Told, read: Callable[[Cell], Any]) -> Any:
        """What a cell says; None where it is blank, wrong (told then), or the file has no such column."""
        cell = self._cell(row, told)
        try:
            return None if cells.is_blank(cell) else read(cell)
        except cells.Unreadable as unreadable:
            self.tell(number, told, cell, unreadable.expected)
            return None

    def needed(self, number: int, row: Row, told: Told, read: Callable[[Cell], Any]) -> Any:
        """The same for what must be there."""
        if self.is_blank(row, told):
            self.tell(number, told, None, t("This must be filled in."))
            return None
        return self.value(number, row, told, read)

    def is_blank(self, row: Row, told: Told) -> bool:
        """Whether the cell holds nothing."""
        return cells.is_blank(self._cell(row, told))

    def total_word(self, row: Row) -> str:
        """The word by which a row without a waybill says that it is a total; empty for other rows."""
        words = [squeeze(cells.read_text(cell)) for cell in row if not cells.is_blank(cell)]
        first = words[0] if words else ""
        waybill = squeeze(cells.read_text(self._cell(row, Told.WAYBILL)))
        return first if first in (*_TOTALS, *_SUBTOTALS) and waybill in ("", first) else ""

    def tell(self, number: int, told: Told, found: Cell, expected: Text) -> None:
        """Keep a problem."""
        place = self.columns.places[told]
        self.problems.append(Problem(number, place.label, shown(found), expected))

    def check(self, count: int) -> None:
        """FileProblems when anything is wrong, or when none of the rows said anything."""
        if not count and not self.problems:
            expected = t("at least one row below the header row")
            self.problems.append(Problem(self.columns.header_row + 1, None, "", expected))
        if self.problems:
            raise FileProblems(self.problems)

    def _cell(self, row: Row, told: Told) -> Cell:
        place = self.columns.places.get(told)
        return row[place.index] if place is not None and place.index < len(row) else None


def waybill_of(written: str) -> str:
    """A waybill as both sides are compared by it: no blanks, no apostrophe of a spreadsheet, capitals."""
    return written.replace(" ", "").lstrip("'").upper()


def _waybill(cell: Cell) -> str:
    waybill = waybill_of(cells.read_text(cell))
    if _SHORTENED.fullmatch(waybill):
        raise cells.Unreadable(t("the whole waybill; the spreadsheet has shortened the number"))
    if len(waybill) > LONGEST_WAYBILL:
        raise cells.Unreadable(t("at most %(most)s characters", most=LONGEST_WAYBILL))
    return waybill


def _weight(cell: Cell) -> Decimal | None:
    kg = cells.read_number(cell)
    if kg is not None and not 0 <= kg < HEAVIEST:
        raise cells.Unreadable(t("a weight in kg, from 0 to %(most)s", most=f"{HEAVIEST:,}"))
    return kg


def _word(cell: Cell) -> str:
    return cells.read_text(cell)[:LONGEST_WORD]
