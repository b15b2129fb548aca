"""The stock of a period as a picture: a line of steps over its days, drawn as SVG by the template."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from portal.warehouse.queries.unitdays import TableRow
from portal.web.filters import quantity

WIDE, HIGH, LEFT, TOP, BOTTOM = 640, 180, 56, 12, 24
TENTH = Decimal("0.1")


@dataclass(frozen=True, slots=True)
class Chart:
    """Everything the picture needs, in its own coordinates."""

    area: str
    line: str
    top: str
    half: str
    first: str
    last: str
    wide: int = WIDE
    high: int = HIGH
    left: int = LEFT
    floor: int = HIGH - BOTTOM
    ceiling: int = TOP

    @property
    def middle(self) -> int:
        """Where half of the highest stands."""
        return (self.floor + self.ceiling) // 2


def chart_of(rows: Sequence[TableRow]) -> Chart | None:
    """What counted on each day, a step for each; None where there was nothing at all."""
    top = max((row.counted for row in rows), default=Decimal(0))
    if top <= 0:
        return None
    floor, room = HIGH - BOTTOM, HIGH - BOTTOM - TOP
    step = Decimal(WIDE - LEFT) / len(rows)
    points = []
    for number, row in enumerate(rows):
        y = _shown(floor - row.counted / top * room)
        points += [(_shown(LEFT + step * number), y), (_shown(LEFT + step * (number + 1)), y)]
    line = " ".join(f"{x},{y}" for x, y in points)
    area = f"{LEFT},{floor} {line} {WIDE},{floor}"
    ends = rows[0].day.isoformat(), rows[-1].day.isoformat()
    return Chart(area, line, quantity(_few(top)), quantity(_few(top / 2)), *ends)


def _shown(number: Decimal) -> str:
    return str(number.quantize(TENTH, ROUND_HALF_UP))


def _few(number: Decimal) -> Decimal:
    """Three digits that matter are enough beside an axis."""
    places = max(0, 2 - number.adjusted())
    return number.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
