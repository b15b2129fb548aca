"""One row of a file read into values by field; everything wrong with it told with row and column, words once each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from portal.catalogue.rules.sheets import cells
from portal.catalogue.rules.sheets.cells import Unreadable
from portal.catalogue.rules.sheets.columns import shown
from portal.intake.rules.countries import countries
from portal.intake.rules.fields import ASIDE, FIELDS, Field
from portal.intake.rules.heads import Column, Heads
from portal.intake.rules.spelling import Spelling, Vocabulary, folded, nearest, of_the_file
from portal.intake.rules.words import INDUSTRIES, WORDS
from portal.kernel.errors import Problem
from portal.kernel.money import minor_units
from portal.kernel.tables import Cell, Row, Table
from portal.kernel.text import t

ZONE = ZoneInfo("Asia/Shanghai")
FIRST_DAY, LAST_DAY = date(1980, 1, 1), date(2099, 12, 31)
MOST_WORDS = 2_000
"""So many different words of one column are looked at for slips; what has more is no list of words."""
Values = dict[str, Any]
Tell = Callable[[int, int | None], None]
STEP = 1_000


class Line(NamedTuple):
    """One row: its number as the spreadsheet shows it, and what it says by field. Blank cells are left out."""

    row: int
    values: Values


@dataclass(slots=True)
class Reader:
    """Reads the rows of one file.

    `known`: vocabularies by field, beside those that are the same everywhere. `meant` {field: {folded word: as it is
    meant}}: what a person accepted for the whole file. `blank_clears`: a blank cell empties the field, else it leaves
    what stands there.
    """

    heads: Heads
    known: Mapping[str, Vocabulary] = field(default_factory=dict)
    meant: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    blank_clears: bool = False
    problems: list[Problem] = field(default_factory=list)
    spellings: dict[tuple[str, str], Spelling] = field(default_factory=dict)
    counts: dict[str, Counter[str]] = field(default_factory=dict)
    rows: int = 0
    wrong_rows: set[int] = field(default_factory=set)

    def lines(self, table: Table, tell: Tell) -> Iterator[Line]:
        """Every row that is not blank, one after the other; that there is none is wrong with the file."""
        for number, row in table.rows():
            if number <= self.heads.row or not any(map(cells.read_text, row)):
                continue
            self.rows += 1
            if self.rows % STEP == 0:
                tell(self.rows, table.row_count)
            yield Line(number, self._values(number, row))
        if self.rows == 0:
            expected = t("at least one row below the header row")
            self.problems.append(Problem(self.heads.row + 1, None, "", expected))
        tell(self.rows, self.rows)

    def wrong(self, row: int, fields: tuple[str, ...], found: object, expected: Any) -> None:
        """Keep the file out for what a row says in the first of these fields that has a column."""
        self.wrong_rows.add(row)
        label = self.heads.label(*fields)
        self.problems.append(Problem(row, label, _found(found), expected))

    def warn(self, row: int | None, fields: tuple[str, ...], found: object, expected: Any) -> None:
        """Tell something that keeps nothing out."""
        label = self.heads.label(*fields)
        self.problems.append(Problem(row, label, _found(found), expected, "warning"))

    def unknown(
        self, column: Column, row: int, word: str, meant: str | None, *, needed: bool
    ) -> None:
        """Note a word that is not known; it is told once, with how often it stands there."""
        key = column.field, folded(word)
        there = self.spellings.get(key)
        if there is None:
            spelling = Spelling(column.field, word, meant, column.label, row, needed=needed)
            self.spellings[key] = spelling
        else:
            there.rows += 1
        if needed:
            self.wrong_rows.add(row)

    def as_meant(self, name: str, word: str) -> str:
        """The word, or what a person said it is meant for."""
        return self.meant.get(name, {}).get(folded(word), word)

    def vocabulary(self, name: str) -> Vocabulary:
        """The known words of a field."""
        known = self.known.get(name)
        return known if known is not None else _standing(FIELDS[self.heads.kind][name])

    def finish(self) -> None:
        """Look for near misses among the words of the file itself, then tell every unknown word once."""
        for name, counts in self.counts.items():
            for word in [each for each in counts if (name, folded(each)) not in self.spellings]:
                self._near_in_file(name, word, counts)
        for each in self.spellings.values():
            self.problems.append(told(each))

    def _near_in_file(self, name: str, word: str, counts: Counter[str]) -> None:
        column = self.heads.of(name)
        known = self.vocabulary(name).find(word) or folded(word) in self.meant.get(name, {})
        if known or column is None or len(counts) > MOST_WORDS:
            return
        meant = of_the_file(word, counts)
        if meant is not None:
            at = self._first[name, word]
            spelling = Spelling(name, word, meant, column.label, at, counts[word])
            self.spellings[name, folded(word)] = spelling

    _first: dict[tuple[str, str], int] = field(default_factory=dict)

    def _values(self, number: int, row: Row) -> Values:
        values: Values = {}
        for column in self.heads.columns:
            cell = row[column.index] if column.index < len(row) else None
            if column.field == ASIDE:
                if text := cells.read_text(cell):
                    values.setdefault(ASIDE, []).append(f"{column.head}: {text}")
            elif column.field:
                self._read(column, number, cell, values)
        return values

    def _read(self, column: Column, number: int, cell: Cell, values: Values) -> None:
        about = FIELDS[self.heads.kind][column.field]
        if cells.is_blank(cell) and not (about.reading == "text" and cells.read_text(cell)):
            if self.blank_clears:
                values[column.field] = None if about.reading in _EMPTY_IS_NONE else ""
            return
        try:
            value = self._value(about, column, number, cell, values)
        except Unreadable as unreadable:
            self.wrong(number, (column.field,), cell, unreadable.expected)
            return
        if value is not None:
            values[column.field] = value

    def _value(self, about: Field, column: Column, number: int, cell: Cell, values: Values) -> Any:
        if about.reading in _READERS:
            return _READERS[about.reading](cell)
        if about.reading == "amount":
            return self._amount(column, number, cell, values)
        text = cells.read_words(cell) if about.longest > 500 else cells.read_text(cell)
        if about.longest and len(text) > about.longest:
            raise Unreadable(t("at most %(most)s characters", most=about.longest))
        if about.reading in ("word", "staff", "stage"):
            return self._word(column, number, text)
        if about.reading == "near":
            return self._near(column, number, text)
        return text

    def _amount(self, column: Column, number: int, cell: Cell, values: Values) -> Decimal | None:
        """An amount; a currency beside it counts where the row has no other one."""
        amount, currency = cells.read_price(cell)
        if not isinstance(amount, Decimal | None):
            raise Unreadable(t("an amount"))
        if amount is None:
            return None
        if amount < 0:
            raise Unreadable(t("an amount that is not below zero"))
        if currency:
            values["currency_beside"] = currency
        places = minor_units(currency) if currency else 3
        if amount != round(amount, places):
            raise Unreadable(t("at most %(places)s decimals", places=places))
        return amount

    def _word(self, column: Column, number: int, text: str) -> str | None:
        word = self.as_meant(column.field, text)
        vocabulary = self.vocabulary(column.field)
        found = vocabulary.find(word)
        if found is None:
            meant = nearest(word, vocabulary.shown)
            self.unknown(column, number, text, meant, needed=True)
        return found

    def _near(self, column: Column, number: int, text: str) -> str:
        """A free word; near one that we know it is told, and kept as it is until a person decides."""
        name = column.field
        decided = folded(text) in self.meant.get(name, {})
        word = self.as_meant(name, text)
        vocabulary = self.vocabulary(name)
        found = vocabulary.find(word)
        counts = self.counts.setdefault(name, Counter())
        if word not in counts:
            self._first[name, word] = number
        counts[word] += 1
        if found is None and not decided:
            key = name, folded(word)
            if key in self.spellings:
                self.spellings[key].rows += 1
            elif counts[word] == 1 and (near := nearest(word, vocabulary.shown)):
                self.unknown(column, number, text, near, needed=False)
        return found or word


def told(spelling: Spelling) -> Problem:
    """The problem of one unknown word, at the first row that has it."""
    places = {"rows": f"{spelling.rows:,}"}
    severity: Any = "error" if spelling.needed else "warning"
    if spelling.meant and spelling.rows > 1:
        expected = t("“%(meant)s”? It stands so in %(rows)s rows", meant=spelling.meant, **places)
    elif spelling.meant:
        expected = t("“%(meant)s”?", meant=spelling.meant)
    elif spelling.rows > 1:
        expected = t("a word that is known here; it stands so in %(rows)s rows", **places)
    else:
        expected = t("a word that is known here")
    return Problem(spelling.row, spelling.column, shown(spelling.found), expected, severity)


def read_instant(cell: Cell) -> datetime | None:
    """An instant of the firm's zone; a day alone is its noon."""
    if isinstance(cell, datetime):
        at = cell
    else:
        text = cells.read_text(cell).replace("/", "-")
        at = _with_time(text) or datetime.combine(_day(cell) or FIRST_DAY, time(12))
    return at.replace(tzinfo=ZONE).astimezone(UTC)


def noon(day: date) -> datetime:
    """The noon of a day of the firm's zone: the instant of what only has a day."""
    return datetime.combine(day, time(12), ZONE).astimezone(UTC)


def _with_time(text: str) -> datetime | None:
    for form in ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M"):
        try:
            return datetime.strptime(text, form)  # noqa: DTZ007 - its zone is set by the caller
        except ValueError:
            continue
    return None


def _day(cell: Cell) -> date | None:
    day = cells.read_day(cell)
    if day is not None and not FIRST_DAY <= day <= LAST_DAY:
        raise Unreadable(t("a day between 1980 and 2099"))
    return day


def _percent(cell: Cell) -> int | None:
    number = cells.read_percent(cell)
    if number is None:
        return None
    if number != int(number) or not 0 <= number <= 100:
        raise Unreadable(t("a whole number from 0 to 100"))
    return int(number)


def _found(value: object) -> str:
    return shown(value) if isinstance(value, str | Decimal | date | bool) else str(value or "")


def _standing(about: Field) -> Vocabulary:
    """The words that are the same for every firm."""
    if about.reading == "word":
        return _CODED[about.detail]
    return {"industry": _INDUSTRIES, "country": countries()}.get(about.code, _NONE)


_CODED = {name: Vocabulary.coded(words) for name, words in WORDS.items()}
_INDUSTRIES, _NONE = Vocabulary.of(INDUSTRIES), Vocabulary()
_EMPTY_IS_NONE = frozenset({"day", "instant", "amount", "percent", "customer", "staff", "stage"})
_READERS: dict[str, Callable[[Cell], Any]] = {
    "day": _day,
    "instant": read_instant,
    "percent": _percent,
    "currency": cells.read_currency,
    "flag": cells.read_flag,
    "customer": cells.read_text,
}
