"""Find a profile's columns on a sheet, and read one cell of each quickly (every spelling once)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any

from portal.catalogue.rules.sheets import cells
from portal.catalogue.rules.sheets.meaning import Meaning, squeeze
from portal.catalogue.rules.sheets.profile import Column, Places, Profile
from portal.catalogue.rules.sheets.rows import Lookups
from portal.catalogue.rules.sheets.spellings import (
    read_band_kind,
    read_band_step,
    read_category,
    read_choice,
    unit_word,
)
from portal.catalogue.rules.terms import ZERO, BandOn, Basis, Bound, PercentOn, Rounding
from portal.kernel.errors import Problem
from portal.kernel.tables import Cell, Row, Table, column_letter
from portal.kernel.text import Text, t

_HEADER_SEARCH = 40
_REMEMBERED = 20_000
Convert = Callable[[Cell], Any]

NUMBERS = frozenset({
    Meaning.MAXIMUM, Meaning.MINIMUM_QUANTITY, Meaning.FREE_QUANTITY, Meaning.STEP,
    Meaning.VOLUME_DIVISOR, Meaning.VOLUME_SHARE, Meaning.WEIGHT_RATIO, Meaning.FIRST_QUANTITY,
    Meaning.CONTINUED_STEP, Meaning.OVER, Meaning.UP_TO, Meaning.BAND_BEYOND,
})  # fmt: skip
PRICES = frozenset({
    Meaning.PRICE, Meaning.BOX, Meaning.BAND, Meaning.MINIMUM, Meaning.FIRST_AMOUNT,
    Meaning.CONTINUED_AMOUNT, Meaning.COMMISSION_FIRST, Meaning.COMMISSION_CONTINUED,
    Meaning.BAND_PRICE, Meaning.BAND_FLAT, Meaning.BAND_RATE, Meaning.BAND_MINIMUM,
    Meaning.BAND_COMMISSION, Meaning.BAND_COMMISSION_RATE, Meaning.MAXIMUM,
})  # fmt: skip
COSTS = (
    Meaning.COST_BASE, Meaning.COST_REBATE, Meaning.COST_STICKER, Meaning.COST_SURCHARGE,
    Meaning.COST_OTHER,
)  # fmt: skip
_ENUMS: dict[Meaning, type[StrEnum]] = {
    Meaning.CALCULATION: Basis, Meaning.BOUND: Bound, Meaning.BAND_ON: BandOn,
    Meaning.ROUNDING: Rounding, Meaning.PERCENT_ON: PercentOn,
}  # fmt: skip
PLACES = (Meaning.RECEIPT, Meaning.ORIGIN, Meaning.DESTINATION, Meaning.DELIVERY)
_LONGEST = {
    Meaning.LOAD: 8, Meaning.CHARGE_CODE: 24, Meaning.CHARGE_NAME: 120,
    Meaning.CARRIER: 40, Meaning.QUALIFIER: 60, Meaning.SERVICE: 60, Meaning.MODE: 60,
    Meaning.COMMODITY: 60, Meaning.PROVINCE: 30, Meaning.CITY: 30, Meaning.NOTE: 500,
}  # fmt: skip
_LONGEST_PLACE = 60
_DAYS = (Meaning.TRANSIT_DAYS, Meaning.FREE_DAYS)


class _Bad:
    """Stands for a cell that could not be read; its problem is already told."""

    __slots__ = ()


BAD = _Bad()


@dataclass(slots=True)
class Field:
    """One column found on the sheet. `index` counts from 0; `label` is letter and header."""

    meaning: Meaning
    detail: str
    index: int
    label: str
    convert: Convert
    known: dict[Cell, tuple[Any, Text | None]] = field(default_factory=dict)

    def read(self, row: Row, number: int, problems: list[Problem]) -> Any:
        """The cell's value (None: blank), or BAD after telling the problem."""
        cell = row[self.index] if self.index < len(row) else None
        hit = self.known.get(cell) if cell is not True and cell is not False else None
        if hit is None:
            hit = self._convert(cell)
            if len(self.known) < _REMEMBERED:
                self.known[cell] = hit
        value, expected = hit
        if expected is not None:
            problems.append(Problem(number, self.label, shown(cell), expected))
            return BAD
        return value

    def _convert(self, cell: Cell) -> tuple[Any, Text | None]:
        try:
            return self.convert(cell), None
        except cells.Unreadable as unreadable:
            return None, unreadable.expected


def shown(cell: Cell) -> str:
    """What stands in a cell, short enough for a list of problems."""
    text = cell if isinstance(cell, str) else cells.read_text(cell)
    return text if len(text) <= 60 else f"{text[:57]}..."


@dataclass(frozen=True, slots=True)
class Sheet:
    """A profile laid over a table: the header row's number, and the fields in the profile's order."""

    header_row: int
    header: Row
    fields: tuple[Field, ...]

    def of(self, *meanings: Meaning) -> tuple[Field, ...]:
        """The fields that carry one of `meanings`."""
        return tuple(one for one in self.fields if one.meaning in meanings)

    def label(self, *meanings: Meaning) -> str | None:
        """The label of the first field with one of `meanings`, in the order of `meanings`."""
        for meaning in meanings:
            for one in self.fields:
                if one.meaning is meaning:
                    return one.label
        return None


def find_columns(
    table: Table, profile: Profile, lookups: Lookups, problems: list[Problem]
) -> Sheet | None:
    """Lay `profile` over `table`; None after telling which columns are missing."""
    wanted = {squeeze(column.header) for column in profile.columns}
    wanted |= {squeeze(rule.header) for rule in profile.leave_out}
    found = _header_row(table, profile, wanted)
    if found is None:
        headers = ", ".join(column.header for column in profile.columns)
        expected = t("a header row with the columns: %(headers)s", headers=headers)
        problems.append(Problem(profile.header_row or None, None, "", expected))
        return None
    number, header = found
    places = positions(header)
    missing = False
    names = [one.header for one in profile.columns] + [one.header for one in profile.leave_out]
    for name in dict.fromkeys(names):
        where = places.get(squeeze(name), ())
        if len(where) != 1:
            missing = True
            problems.append(wrong_header(name, where, number, header))
    if missing:
        return None
    fields = tuple(
        _field(column, places[squeeze(column.header)][0], profile, lookups)
        for column in profile.columns
    )
    return Sheet(number, header, fields)


def header_texts(row: Row) -> tuple[str, ...]:
    """The words of a header row, blank cells left out."""
    return tuple(filter(None, map(cells.read_text, row)))


def _header_row(table: Table, profile: Profile, wanted: set[str]) -> tuple[int, Row] | None:
    rows = table.head(max(_HEADER_SEARCH, profile.header_row))
    if profile.header_row:
        return next(((n, row) for n, row in rows if n == profile.header_row), None)
    best: tuple[int, Row] | None = None
    most = 0
    for number, row in rows:
        count = len(wanted.intersection(squeeze(word) for word in header_texts(row)))
        if count > most:
            best, most = (number, row), count
    return best if most * 2 >= len(wanted) else None


def positions(header: Row) -> dict[str, list[int]]:
    """Squeezed header → the places (from 0) where it stands."""
    places: dict[str, list[int]] = {}
    for index, cell in enumerate(header):
        word = squeeze(cells.read_text(cell))
        if word:
            places.setdefault(word, []).append(index)
    return places


def wrong_header(name: str, where: Sequence[int], number: int, header: Row) -> Problem:
    """The problem of a header that is missing, or that stands in several places."""
    if where:
        listed = ", ".join(column_letter(index + 1) for index in where)
        return Problem(number, listed, name, t("the column “%(name)s” only once", name=name))
    found = ", ".join(header_texts(header))
    return Problem(number, name, shown(found), t("a column “%(name)s”", name=name))


def _field(column: Column, index: int, profile: Profile, lookups: Lookups) -> Field:
    label = f"{column_letter(index + 1)} · {column.header}"
    convert = _mapped(converter(column.meaning, profile, lookups), column.meaning, profile)
    return Field(column.meaning, column.detail, index, label, convert)


def _mapped(convert: Convert, meaning: Meaning, profile: Profile) -> Convert:
    """`convert` after the profile's value map for this meaning."""
    pairs = dict(profile.words).get(meaning)
    if not pairs:
        return convert
    ours = {squeeze(theirs): word for theirs, word in pairs}

    def mapped(cell: Cell) -> Any:
        text = cells.read_text(cell)
        return convert(ours.get(squeeze(text), cell) if text else cell)

    return mapped


def converter(meaning: Meaning, profile: Profile, lookups: Lookups) -> Convert:
    """How a cell of a column with this meaning is read."""
    if meaning in PRICES:
        return cells.read_price
    if meaning in COSTS:
        return _read_cost
    if meaning in NUMBERS:
        return cells.read_number
    if meaning in _ENUMS:
        kind = _ENUMS[meaning]
        return lambda cell: read_choice(kind, cell)
    if meaning in _DAYS:
        return cells.read_days
    if meaning in PLACES:
        return _place_reader(profile, lookups)
    read = _WORD_READERS[meaning](lookups) if meaning in _WORD_READERS else cells.read_text
    return _no_longer(read, _LONGEST[meaning]) if meaning in _LONGEST else read


def _place_reader(profile: Profile, lookups: Lookups) -> Convert:
    free = profile.places is not Places.KNOWN

    def read(cell: Cell) -> str:
        text = cells.read_text(cell)
        if not text:
            return ""
        code = lookups.find_place(text)
        if code is None and not free:
            raise cells.Unreadable(t("a place that is known by its name or code"))
        return code or text

    return _no_longer(read, _LONGEST_PLACE)


def _no_longer(read: Convert, most: int) -> Convert:
    """`read`, refusing what no record could hold."""

    def checked(cell: Cell) -> Any:
        value = read(cell)
        if len(value) > most:
            raise cells.Unreadable(t("at most %(most)s characters", most=most))
        return value

    return checked


def _looked_up(find: Callable[[str], str | None], expected: Text) -> Convert:
    def read(cell: Cell) -> str:
        text = cells.read_text(cell)
        if not text:
            return ""
        code = find(text)
        if code is None:
            raise cells.Unreadable(expected)
        return code

    return read


def _read_cost(cell: Cell) -> tuple[tuple[str, Decimal, str], ...]:
    """Costs as (part of CostComponent, amount, currency): `760 USD`, `5%`, or several with `;`."""
    if isinstance(cell, Decimal):
        return (("per_unit", cell, ""),)
    parts = [part.strip() for part in cells.read_text(cell).split(";")]
    return tuple(_one_cost(part) for part in parts if not cells.is_blank(part))


def _one_cost(text: str) -> tuple[str, Decimal, str]:
    if text.endswith("%"):
        return "percent", cells.read_percent(text) or ZERO, ""
    amount, currency = cells.read_price(text)
    if not isinstance(amount, Decimal):
        raise cells.Unreadable(t("an amount such as 760 USD, or a percentage"))
    return "per_unit", amount, currency


def _read_upper(cell: Cell) -> str:
    return cells.read_text(cell).upper()


_WORD_READERS: dict[Meaning, Callable[[Lookups], Convert]] = {
    Meaning.CHARGE_CODE: lambda at: _looked_up(at.find_charge, t("the code of a known charge")),
    Meaning.CARRIER: lambda at: _looked_up(at.find_carrier, t("a known carrier")),
    Meaning.UNIT: lambda at: _looked_up(
        lambda word: at.find_unit(unit_word(word)), t("a unit of the unit table")
    ),
    Meaning.EACH: lambda at: _looked_up(
        lambda word: at.find_unit(unit_word(word)), t("a unit of the unit table")
    ),
    Meaning.PACKAGING: lambda at: _looked_up(at.find_box, t("a container type such as 20GP")),
    Meaning.CATEGORY: lambda _: read_category,
    Meaning.CURRENCY: lambda _: cells.read_currency,
    Meaning.PERCENT: lambda _: cells.read_percent,
    Meaning.MODE: lambda _: cells.read_mode,
    Meaning.VALID_FROM: lambda _: cells.read_day,
    Meaning.VALID_TO: lambda _: cells.read_day,
    Meaning.BASE_CODES: lambda _: cells.read_codes,
    Meaning.INCLUSIVE: lambda _: cells.read_codes,
    Meaning.BAND_KIND: lambda _: read_band_kind,
    Meaning.BAND_STEP: lambda _: read_band_step,
    Meaning.CHARGE_NAME: lambda _: cells.read_words,
    Meaning.NOTE: lambda _: cells.read_words,
    Meaning.QUALIFIER: lambda _: cells.read_words,
    Meaning.QUANTITY_OF: lambda _: _read_upper,
    Meaning.PER_PIECE: lambda _: cells.read_flag,
    Meaning.IS_REBATE: lambda _: cells.read_flag,
    Meaning.STEP_UP: lambda _: cells.read_flag,
}
