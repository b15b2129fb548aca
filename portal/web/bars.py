"""Months as bars, drawn as SVG by the template; what is below zero hangs below the line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

STEP, WIDTH, ROOM, TOP = 36, 24, 96, 8
YEAR = 12
"""So many bars fill the picture: fewer are drawn no larger."""
TENTH = Decimal("0.1")
ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Bar:
    """One month: its place, its size, whether the report is about it."""

    name: str
    x: int
    y: str
    tall: str
    now: bool
    middle: int


@dataclass(frozen=True, slots=True)
class Chart:
    """Everything the picture needs, in its own coordinates."""

    bars: Sequence[Bar]
    wide: int
    high: int
    floor: str


def chart_of(months: Sequence[tuple[str, Decimal, bool]]) -> Chart | None:
    """(name, amount, whether the report is about it) of each month; None where there is nothing to draw."""
    top = max((amount for _name, amount, _now in months), default=ZERO)
    bottom = min((amount for _name, amount, _now in months), default=ZERO)
    reach = max(top, ZERO) - min(bottom, ZERO)
    if not reach:
        return None
    floor = TOP + max(top, ZERO) / reach * ROOM
    bars = [
        _bar(at, name, amount, now, floor, reach) for at, (name, amount, now) in enumerate(months)
    ]
    return Chart(bars, max(len(bars), YEAR) * STEP, TOP + ROOM + 20, _shown(floor))


def _bar(at: int, name: str, amount: Decimal, now: bool, floor: Decimal, reach: Decimal) -> Bar:
    tall = abs(amount) / reach * ROOM
    x = at * STEP + (STEP - WIDTH) // 2
    y = floor - tall if amount > 0 else floor
    return Bar(name, x, _shown(y), _shown(tall), now, at * STEP + STEP // 2)


def _shown(number: Decimal) -> str:
    return str(number.quantize(TENTH, ROUND_HALF_UP))
