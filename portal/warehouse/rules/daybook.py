"""The days of one lot as they are kept: what came and went, what it closed with, its highest point.

Every quantity is a `Stock`: pieces, m³, kg, pallets and TEU together, since one movement changes them
at once. Adjustments upward count as come in, downward as gone out (DOMAIN W11).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import NamedTuple

ZERO = Decimal(0)


class Stock(NamedTuple):
    """The five measures of one lot, or of one change to it (signed)."""

    pieces: Decimal = ZERO
    m3: Decimal = ZERO
    kg: Decimal = ZERO
    pallets: Decimal = ZERO
    teu: Decimal = ZERO

    def plus(self, other: Stock) -> Stock:
        """Both together."""
        return Stock(
            self[0] + other[0],
            self[1] + other[1],
            self[2] + other[2],
            self[3] + other[3],
            self[4] + other[4],
        )

    def turned(self) -> Stock:
        """The same the other way."""
        return Stock(*(-each for each in self))

    def by_unit(self) -> dict[str, Decimal]:
        """As the rules of stock read it: unit code → quantity."""
        return dict(zip(UNITS, self, strict=True))


UNITS = ("H87", "MTQ", "KGM", "XPX", "TEU")
"""The unit codes of the five measures, in their order."""
FIELDS: Mapping[str, str] = dict(zip(UNITS, Stock._fields, strict=True))
"""Unit code → the name of the measure."""
NOTHING = Stock()


def stock_of(measures: Mapping[str, Decimal]) -> Stock:
    """The stock of `measures` by unit code; what is not named is 0."""
    return Stock(*(measures.get(unit, ZERO) for unit in UNITS))


class Entry(NamedTuple):
    """A movement as the book reads it. `number` rises in the order of posting."""

    number: int
    clock: str
    change: Stock
    reverses: int | None = None


class BookDay(NamedTuple):
    """One day on which the lot changed."""

    day: date
    came: Stock
    left: Stock
    closing: Stock
    peak: Stock


def standing(entries: Iterable[Entry]) -> list[Entry]:
    """The entries of one day in the order of the clock, without those that were reversed on that day.

    A reversal that counts on the day of what it puts right makes both as if they had never been; one
    that counts later is an adjustment of that later day.
    """
    kept = {entry.number: entry for entry in entries}
    for entry in list(kept.values()):
        if entry.reverses in kept:
            del kept[entry.reverses], kept[entry.number]
    return sorted(kept.values(), key=_by_clock)


def _by_clock(entry: Entry) -> tuple[str, int]:
    return entry.clock, entry.number


def booked(day: date, opening: Stock, entries: Iterable[Entry]) -> BookDay:
    """The day's row from what the lot opened with and everything that counts on the day."""
    came = left = NOTHING
    stock = peak = opening
    for entry in standing(entries):
        change = entry.change
        stock = stock.plus(change)
        peak = Stock(*map(max, peak, stock))
        if min(change) >= ZERO:
            came = came.plus(change)
        elif max(change) <= ZERO:
            left = left.plus(change.turned())
        else:
            came = came.plus(Stock(*(max(each, ZERO) for each in change)))
            left = left.plus(Stock(*(max(-each, ZERO) for each in change)))
    return BookDay(day, came, left, stock, peak)


def lowest(closings: Iterable[tuple[date, Stock]]) -> tuple[date, str, Decimal] | None:
    """The first day on which a measure is below nothing: (day, unit code, how much is missing)."""
    for day, closing in closings:
        if min(closing) < ZERO:
            unit, quantity = min(
                zip(UNITS, closing, strict=True),
                key=lambda each: (each[1] >= ZERO, UNITS.index(each[0])),
            )
            return day, unit, -quantity
    return None
