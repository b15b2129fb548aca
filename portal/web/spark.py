"""A year as a small line, drawn as SVG by a template; months without a figure leave a gap."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

STEP, HIGH, EDGE = 10, 28, 4
FEWEST = 3
TENTH = Decimal("0.1")


@dataclass(frozen=True, slots=True)
class Spark:
    """The strokes of the line, and its last point; coordinates as SVG wants them."""

    strokes: Sequence[str]
    dots: Sequence[tuple[str, str]]
    last: tuple[str, str] | None
    wide: int
    high: int = HIGH


def spark_of(values: Sequence[Decimal | None]) -> Spark | None:
    """The line through the values, the oldest first; None where there are too few to show a course."""
    there = [value for value in values if value is not None]
    if len(there) < FEWEST:
        return None
    low, reach = min(there), max(there) - min(there)
    points = [
        None
        if value is None
        else (_shown(Decimal(EDGE + at * STEP)), _shown(_y(value, low, reach)))
        for at, value in enumerate(values)
    ]
    strokes, dots, run = [], [], []
    for point in (*points, None):
        if point is not None:
            run.append(point)
            continue
        if len(run) > 1:
            strokes.append(" ".join(",".join(each) for each in run))
        dots += run if len(run) == 1 else []
        run = []
    return Spark(strokes, dots, points[-1], 2 * EDGE + (len(values) - 1) * STEP)


def _y(value: Decimal, low: Decimal, reach: Decimal) -> Decimal:
    if not reach:
        return Decimal(HIGH) / 2
    return HIGH - EDGE - (value - low) / reach * (HIGH - 2 * EDGE)


def _shown(number: Decimal) -> str:
    return str(number.quantize(TENTH, ROUND_HALF_UP))
