"""One line of a sheet as values by meaning: constants filled in, currencies settled, signs checked."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NamedTuple

from portal.catalogue.rules.sheets import cells
from portal.catalogue.rules.sheets.columns import (
    BAD,
    NUMBERS,
    PRICES,
    Field,
    Sheet,
    converter,
    shown,
)
from portal.catalogue.rules.sheets.meaning import HEADERS, Meaning
from portal.catalogue.rules.sheets.profile import Profile
from portal.catalogue.rules.sheets.rows import Lookups
from portal.kernel.errors import Problem
from portal.kernel.tables import Cell, Row
from portal.kernel.text import Text, t

Values = dict[Meaning, Any]
JOINED = {Meaning.SERVICE: " / ", Meaning.NOTE: "; "}
_LISTED = (Meaning.BOX, Meaning.BAND)
_BLANK = (None, "", ())
NO_PRICE = t("a price; a blank is not zero")
NO_CURRENCY = t("a currency beside the number, such as “1600 USD”, or a currency column")
NEGATIVE = t("zero or more; only a line marked as a rebate may be negative")


class PriceCell(NamedTuple):
    """One cell of a box or band column; `amount` None: blank."""

    detail: str
    amount: Any
    currency: str
    label: str


@dataclass(slots=True)
class Line:
    """One line. `whole` is False when something on it could not be read; its problems are told."""

    number: int
    values: Values
    prices: list[PriceCell] = field(default_factory=list)
    beside: list[tuple[str, str]] = field(default_factory=list)
    """(label, currency) of each price cell that names its currency itself."""
    negatives: list[tuple[str, Decimal]] = field(default_factory=list)
    whole: bool = True


class LineReader:
    """Reads the lines of one sheet by one profile; tells what is wrong in `problems`."""

    def __init__(self, sheet: Sheet, profile: Profile, lookups: Lookups) -> None:
        self.sheet = sheet
        self.problems: list[Problem] = []
        self.constants = self._constants(profile, lookups)
        self.currency = self.constants.pop(Meaning.CURRENCY, "") or profile.template.currency
        self.may_be_negative = profile.template.is_rebate
        self.header_words = [cells.read_text(cell) for cell in sheet.header]

    def _constants(self, profile: Profile, lookups: Lookups) -> Values:
        values: Values = {}
        for meaning, text in profile.constants:
            try:
                value = converter(meaning, profile, lookups)(text)
            except cells.Unreadable as unreadable:
                name = HEADERS[meaning][1]
                self.problems.append(Problem(None, name, text, unreadable.expected))
                continue
            values[meaning] = value[0] if meaning in PRICES else value
        return values

    def is_empty(self, row: Row) -> bool:
        """Whether none of the sheet's columns holds anything on this row."""
        size = len(row)
        return all(one.index >= size or _is_nothing(row[one.index]) for one in self.sheet.fields)

    def is_header(self, row: Row) -> bool:
        """Whether the row repeats the header, as printed sheets do on each page."""
        words, size = self.header_words, len(row)
        return all(
            one.index < size and cells.read_text(row[one.index]) == words[one.index]
            for one in self.sheet.fields
        )

    def read(self, number: int, row: Row) -> Line:
        """The line's values by meaning, blank ones left out; columns win over constants."""
        line = Line(number, dict(self.constants))
        own: set[Meaning] = set()
        for one in self.sheet.fields:
            value = one.read(row, number, self.problems)
            if value is BAD:
                # a box column is a price of its own: the other boxes of the line may stand
                line.whole = line.whole and one.meaning is Meaning.BOX
                continue
            if one.meaning in PRICES:
                value = self._amount(line, one, *value)
            elif one.meaning in NUMBERS and value is not None and value < 0:
                self.refuse(line, one.label, str(value), t("zero or more"))
            if value not in _BLANK:
                self._put(line, own, one, value)
        self._settle_currency(line)
        if line.negatives and not line.values.get(Meaning.IS_REBATE, self.may_be_negative):
            self._refuse_negatives(line)
        return line

    def _refuse_negatives(self, line: Line) -> None:
        boxes = {one.label for one in self.sheet.of(Meaning.BOX)}
        for label, amount in line.negatives:
            if label in boxes:
                line.prices = [price for price in line.prices if price.label != label]
                self.problems.append(Problem(line.number, label, str(amount), NEGATIVE))
            else:
                self.refuse(line, label, str(amount), NEGATIVE)

    def _amount(self, line: Line, one: Field, amount: Any, currency: str) -> Any:
        """The amount to keep under the field's meaning; None for box and band cells, kept apart."""
        if isinstance(amount, Decimal) and amount < 0:
            line.negatives.append((one.label, amount))
        if currency:
            line.beside.append((one.label, currency))
        if one.meaning not in _LISTED:
            return amount
        line.prices.append(PriceCell(one.detail, amount, currency, one.label))
        return None

    def _put(self, line: Line, own: set[Meaning], one: Field, value: Any) -> None:
        meaning = one.meaning
        if meaning not in own:
            own.add(meaning)
            line.values[meaning] = value
        elif meaning in JOINED:
            line.values[meaning] = f"{line.values[meaning]}{JOINED[meaning]}{value}"
        else:
            expected = t("only one of the columns with this meaning filled")
            self.refuse(line, one.label, str(value), expected)

    def _settle_currency(self, line: Line) -> None:
        """The line's currency: its column, else beside the number, else the profile's constant."""
        column = line.values.get(Meaning.CURRENCY, "")
        listed = {price.label for price in line.prices}
        settled = column
        for label, currency in line.beside:
            if label in listed and not column:
                continue
            if settled and currency != settled:
                expected = t("the same currency as the rest of the line: %(code)s", code=settled)
                self.refuse(line, label, currency, expected)
            settled = settled or currency
        line.values[Meaning.CURRENCY] = settled or self.currency

    def refuse(self, line: Line, label: str | None, found: str, expected: Text) -> None:
        """Tell a problem of this line; nothing of it will be taken."""
        line.whole = False
        self.problems.append(Problem(line.number, label, shown(found), expected))


def _is_nothing(cell: Cell) -> bool:
    return cell is None or (isinstance(cell, str) and not cell.strip())
