"""The product's own sheet: every price in plain columns, such that importing it changes nothing.

One line for a price; further lines below it, with the same key, for its further bands and for the
alternatives it is the largest of. Columns that no price needs are left out. Numbers stay numbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from enum import StrEnum
from typing import Any, Literal

from portal.catalogue.rules.margin import CostComponent
from portal.catalogue.rules.sheets.assembling import BREAKS, KINDS, SCALARS
from portal.catalogue.rules.sheets.meaning import HEADERS, Meaning
from portal.catalogue.rules.sheets.rows import PriceRow
from portal.catalogue.rules.sheets.spellings import CHINESE
from portal.catalogue.rules.terms import Basis, Break, PriceTerms
from portal.kernel.tables import Cell, write_csv, write_xlsx
from portal.kernel.tables.writing import Target

Language = Literal["zh", "en"]
Values = dict[Meaning, Any]

ORDER = tuple(meaning for meaning in HEADERS)
"""The order of the columns."""
ALWAYS = (
    Meaning.CATEGORY, Meaning.LOAD, Meaning.CHARGE_CODE, Meaning.ORIGIN, Meaning.DESTINATION,
    Meaning.PACKAGING, Meaning.CARRIER, Meaning.CALCULATION, Meaning.UNIT, Meaning.CURRENCY,
    Meaning.PRICE, Meaning.VALID_FROM, Meaning.VALID_TO, Meaning.NOTE,
)  # fmt: skip
"""Columns that are there even when empty, so that a template invites to fill them."""

_PLAIN_TERMS = PriceTerms(Basis.PER_UNIT)
_PLAIN_BREAK = Break(Decimal(0))
_BLANK = (None, "", ())


def lines_of(row: PriceRow, language: Language = "zh") -> Iterator[Values]:
    """The price as lines of values by meaning; the first is the price itself."""
    key = _key_values(row)
    head = key | _scalars(row.terms, language) | _beside(row)
    yield from _node(key, head, row.terms, "", language)


def _node(
    key: Values, head: Values, terms: PriceTerms, path: str, language: Language
) -> Iterator[Values]:
    bands = [_band(band) for band in terms.breaks]
    yield head | (bands[0] if bands else {})
    again = key | {Meaning.UNIT: terms.unit}
    if path:
        again[Meaning.ALTERNATIVE] = path
    yield from (again | band for band in bands[1:])
    for number, alternative in enumerate(terms.alternatives, 1):
        its = f"{path}.{number}" if path else str(number)
        first = key | _scalars(alternative, language) | {Meaning.ALTERNATIVE: its}
        yield from _node(key, first, alternative, its, language)


def _key_values(row: PriceRow) -> Values:
    key = row.key
    return {
        Meaning.CATEGORY: key.category,
        Meaning.LOAD: key.load,
        Meaning.CHARGE_CODE: key.charge_code,
        Meaning.ORIGIN: key.origin,
        Meaning.DESTINATION: key.destination,
        Meaning.PACKAGING: key.packaging,
        Meaning.CARRIER: key.carrier,
        Meaning.QUALIFIER: key.qualifier,
        Meaning.VALID_FROM: row.valid_from,
        Meaning.VALID_TO: row.valid_to,
    }


def _scalars(terms: PriceTerms, language: Language) -> Values:
    values: Values = {Meaning.CALCULATION: _choice(terms.basis, language)}
    for meaning, name in SCALARS.items():
        value = getattr(terms, name)
        if value != getattr(_PLAIN_TERMS, name):
            values[meaning] = _cell(meaning, value, language)
    return values


def _cell(meaning: Meaning, value: Any, language: Language) -> Cell:
    if isinstance(value, bool):
        return ("是" if language == "zh" else "yes") if value else ""
    if isinstance(value, StrEnum):
        return _choice(value, language)
    if isinstance(value, tuple):
        return ",".join(value)
    if meaning is Meaning.PERCENT:
        return f"{_plain(value)}%"
    return value  # type: ignore[no-any-return]


def _choice(value: StrEnum, language: Language) -> str:
    return CHINESE[value] if language == "zh" else value.value


def _band(band: Break) -> Values:
    values: Values = {Meaning.OVER: band.over}
    for meaning, name in BREAKS.items():
        value = getattr(band, name)
        if value != getattr(_PLAIN_BREAK, name):
            values[meaning] = value
    return values


def _beside(row: PriceRow) -> Values:
    values: Values = {
        Meaning.CHARGE_NAME: row.charge_name,
        Meaning.TRANSIT_DAYS: _whole(row.transit_days),
        Meaning.FREE_DAYS: _whole(row.free_days),
        Meaning.INCLUSIVE: ",".join(row.inclusive),
        Meaning.NOTE: row.note,
    }
    for meaning, kind in KINDS.items():
        values[meaning] = "; ".join(_cost(part) for part in row.costs if part.kind is kind)
    return values


def _whole(days: int | None) -> Decimal | None:
    return None if days is None else Decimal(days)


def _cost(part: CostComponent) -> str:
    if part.percent is not None:
        return f"{_plain(part.percent)}%"
    return f"{_plain(part.per_unit)} {part.currency}".strip()


def _plain(figure: Decimal | None) -> str:
    """The figure without idle zeros behind its point: 1320, 0.5."""
    written = format(figure or Decimal(0), "f")
    return written.rstrip("0").rstrip(".") if "." in written else written


def used_columns(rows: Iterable[PriceRow]) -> tuple[Meaning, ...]:
    """The columns that these prices need, in order; those of `ALWAYS` too."""
    used = set(ALWAYS)
    for row in rows:
        for line in lines_of(row):
            used.update(meaning for meaning, value in line.items() if value not in _BLANK)
    return tuple(meaning for meaning in ORDER if meaning in used)


def headers_of(columns: Sequence[Meaning], language: Language = "zh") -> list[str]:
    """The header row."""
    return [HEADERS[meaning][0 if language == "zh" else 1] for meaning in columns]


def sheet_lines(
    rows: Iterable[PriceRow], columns: Sequence[Meaning], language: Language = "zh"
) -> Iterator[list[Cell]]:
    """All lines below the header row."""
    for row in rows:
        for line in lines_of(row, language):
            yield [line.get(meaning) or _zero(line.get(meaning)) for meaning in columns]


def _zero(value: Any) -> Cell:
    """A zero stays a zero; other empty values are a blank cell."""
    return value if isinstance(value, Decimal) else None


def write_own_xlsx(target: Target, rows: Sequence[PriceRow], language: Language = "zh") -> None:
    """The prices as a workbook of one sheet; reading it back by `own_profile` yields them again."""
    columns = used_columns(rows)
    name = "价格" if language == "zh" else "Prices"
    write_xlsx(target, headers_of(columns, language), sheet_lines(rows, columns, language), name)


def write_own_csv(target: Target, rows: Sequence[PriceRow], language: Language = "zh") -> None:
    """The prices as CSV; reading it back by `own_profile` yields them again."""
    columns = used_columns(rows)
    header: list[Cell] = [*headers_of(columns, language)]

    def lines() -> Iterator[list[Cell]]:
        yield header
        yield from sheet_lines(rows, columns, language)

    write_csv(target, lines())
