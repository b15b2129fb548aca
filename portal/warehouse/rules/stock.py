"""What a movement may do to a stock: never negative, measures in the lot's own proportion (W3, W12, W13).

Pallets from pieces by the named rule of DOMAIN P14 are counted by `catalogue.rules.pallets`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from portal.catalogue.rules.working_figures import show_exact
from portal.kernel.errors import Invalid, Problem
from portal.kernel.text import Text, t
from portal.kernel.units import unit_word

ZERO = Decimal(0)
PIECES = "H87"
SIX_PLACES = Decimal("0.000001")
Measures = Mapping[str, Decimal]
"""Unit code → quantity of one stock: {"H87": 500, "MTQ": 12, "KGM": 2160}."""

LARGEST_UNIT_M3 = Decimal(1)
LIGHTEST_KG_PER_M3 = Decimal(20)
HEAVIEST_KG_PER_M3 = Decimal(5000)


@dataclass(frozen=True, slots=True)
class Shortfall:
    """Why a movement cannot be posted: from `day` on the lot would hold less than nothing."""

    lot: str
    day: date
    unit: str
    missing: Decimal
    """By how much, at the worst moment from `day` on."""
    possible: Decimal
    """The most that the movement could take out without that; 0 or more."""

    @property
    def text(self) -> Text:
        """The refusal in a sentence."""
        return t(
            "Lot %(lot)s would be short of %(missing)s %(unit)s on %(day)s; "
            "at most %(possible)s can go out.",
            lot=self.lot or "-",
            missing=show_exact(self.missing),
            unit=unit_word(self.unit),
            day=self.day.isoformat(),
            possible=show_exact(self.possible),
        )

    def error(self, field: str = "quantity") -> Invalid:
        """The refusal as an error of a form's field."""
        return Invalid(self.text, field=field)


def shortfall(
    lot: str,
    day: date,
    change: Measures,
    balance: Measures,
    later: Iterable[tuple[date, Measures]] = (),
) -> Shortfall | None:
    """The first day and measure that posting `change` (signed) to `day` would make negative (W13).

    `balance` is the lot's stock at the end of `day` before the change, `later` the signed changes of
    the days after it in their order. None: the movement may be posted.
    """
    days = [(day, {}), *later]
    found = (
        _shortfall_of(lot, unit, quantity, balance.get(unit, ZERO), days)
        for unit, quantity in change.items()
        if quantity < 0
    )
    return min((each for each in found if each is not None), key=_by_day, default=None)


def _by_day(found: Shortfall) -> tuple[date, str]:
    return found.day, found.unit


def _shortfall_of(
    lot: str, unit: str, change: Decimal, stock: Decimal, days: list[tuple[date, Measures]]
) -> Shortfall | None:
    first, least = None, stock
    for day, moved in days:
        stock += moved.get(unit, ZERO)
        least = min(least, stock)
        if first is None and stock + change < 0:
            first = day
    if first is None:
        return None
    return Shortfall(lot, first, unit, -(least + change), max(least, ZERO))


def measures_out(balance: Measures, pieces: Decimal, unit: str = PIECES) -> dict[str, Decimal]:
    """Every measure of `pieces` that leave a lot, in the proportion of its `balance` on that day.

    To six places; the last piece takes exactly what is left. Amounts are 0 or more. Invalid when the
    lot holds fewer pieces (`unit`), or the number is not above 0.
    """
    there = balance.get(unit, ZERO)
    if pieces <= 0:
        raise Invalid(t("A number above 0 is needed."), field="quantity")
    if pieces > there:
        words = {"there": show_exact(there), "asked": show_exact(pieces), "unit": unit_word(unit)}
        sentence = t("The lot holds %(there)s %(unit)s, not %(asked)s.", **words)
        raise Invalid(sentence, field="quantity")
    if pieces == there:
        return dict(balance)
    return {
        each: pieces if each == unit else _to_six_places(quantity * pieces / there)
        for each, quantity in balance.items()
    }


def measures_in(pieces: Decimal, of_one: Measures, unit: str = PIECES) -> dict[str, Decimal]:
    """Every measure of `pieces` that come in, from the size of one piece; frozen from then on (W3)."""
    sizes = {each: _to_six_places(size * pieces) for each, size in of_one.items() if size}
    return {unit: pieces, **sizes}


def size_warnings(m3: Decimal | None, kg: Decimal | None, row: int | None = None) -> list[Problem]:
    """What is worth asking about the volume and weight of one piece (W12); all are warnings.

    None and 0 are missing: such goods are listed, never billed as 0. A piece over 1 m³ was most
    likely measured in cm³.
    """
    found = []
    if not m3:
        found.append(_ask(row, "unit_m3", m3, t("the volume of one piece in m³")))
    elif m3 > LARGEST_UNIT_M3:
        found.append(_ask(row, "unit_m3", m3, t("not more than 1 m³ a piece; is it in cm³?")))
    if not kg:
        found.append(_ask(row, "unit_kg", kg, t("the weight of one piece in kg")))
    if m3 and kg and not LIGHTEST_KG_PER_M3 <= kg / m3 <= HEAVIEST_KG_PER_M3:
        density = f"{kg / m3:.1f} kg/m³"
        found.append(_ask(row, "unit_m3", density, t("a density of 20 to 5,000 kg/m³")))
    return found


def _ask(row: int | None, column: str, found: Decimal | str | None, expected: Text) -> Problem:
    return Problem(row, column, "" if found is None else str(found), expected, "warning")


def _to_six_places(quantity: Decimal) -> Decimal:
    return quantity.quantize(SIX_PLACES, ROUND_HALF_UP)
