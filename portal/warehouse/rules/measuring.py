"""What a movement changes, from what was given: sizes coming in, the lot's proportion going out (W3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from portal.kernel.errors import Invalid
from portal.kernel.text import t
from portal.warehouse.rules.daybook import UNITS, ZERO, Stock, stock_of
from portal.warehouse.rules.stock import measures_in, measures_out
from portal.warehouse.rules.unit_days import MovementKind

Given = tuple[Decimal | None, Decimal | None, Decimal | None, Decimal | None, Decimal | None]
"""Pieces, m³, kg, pallets, TEU as a paper states them; None is not stated."""
PIECES, M3, KG = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Size:
    """What one piece measures from a day on; None is not known."""

    from_on: date
    unit_m3: Decimal | None
    unit_kg: Decimal | None

    def of_one(self) -> dict[str, Decimal]:
        """The known measures of one piece by unit code."""
        known = {"MTQ": self.unit_m3, "KGM": self.unit_kg}
        return {unit: size for unit, size in known.items() if size}


def size_on(sizes: tuple[Size, ...], day: date) -> Size | None:
    """The size in force on `day`; `sizes` by their first day. The first one also serves the days before it."""
    found = sizes[0] if sizes else None
    for size in sizes[1:]:
        if size.from_on > day:
            break
        found = size
    return found


def check_signs(kind: MovementKind, given: Given) -> None:
    """Invalid at the measure when nothing is stated, or when the sign does not fit the kind.

    In and out state what moved as numbers above 0; an adjustment has the sign of what it found.
    """
    stated = [
        (name, each) for name, each in zip(Stock._fields, given, strict=True) if each is not None
    ]
    if not any(each for _, each in stated):
        raise Invalid(t("Say how much."), "pieces")
    for name, each in stated:
        if kind is not MovementKind.ADJUST and each < ZERO:
            raise Invalid(t("A number above 0 is needed."), name)
    signs = {each > ZERO for _, each in stated if each}
    if len(signs) > 1:
        raise Invalid(t("One adjustment is upward or downward, not both."), "pieces")


def change_of(kind: MovementKind, given: Given, size: Size | None, balance: Stock) -> Stock:
    """The signed change of the lot. `balance` is what it holds on that day.

    Coming in, what is not stated follows from the pieces and their `size`; going out, from the lot's
    own proportion, led by the first stated measure (in an adjustment by pieces only). Where the lot
    holds less than that, only what is stated changes: the shortfall tells the rest.
    """
    check_signs(kind, given)
    stated = {unit: abs(each) for unit, each in zip(UNITS, given, strict=True) if each is not None}
    found = kind is MovementKind.ADJUST and max(each for each in given if each is not None) > ZERO
    if kind is MovementKind.IN or found:
        pieces = stated.get("H87")
        derived = measures_in(pieces, size.of_one()) if pieces and size is not None else {}
        return stock_of({**derived, **stated})
    return stock_of({**_in_proportion(kind, stated, balance), **stated}).turned()


def _in_proportion(
    kind: MovementKind, stated: dict[str, Decimal], balance: Stock
) -> dict[str, Decimal]:
    leading = next(unit for unit in UNITS if stated.get(unit))
    there = balance[UNITS.index(leading)]
    by_pieces = leading == "H87" or kind is MovementKind.OUT
    if not by_pieces or stated[leading] > there or len(stated) == len(UNITS):
        return {}
    return measures_out(balance.by_unit(), stated[leading], leading)


def unmeasured(change: Stock, stated: Given) -> tuple[str, ...]:
    """The measures that pieces came in without: unit codes of m³ and kg that nobody knows (W12)."""
    if change.pieces <= ZERO:
        return ()
    return tuple(UNITS[at] for at in (M3, KG) if not change[at] and not stated[at])
