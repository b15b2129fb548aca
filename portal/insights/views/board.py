"""A dashboard's panels as values: a few figures, a picture, and where each leads."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

from portal.db.together import Inquiry, answers
from portal.web.bars import Chart, chart_of
from portal.web.spark import Spark

TENTH, HUNDRED, ZERO = Decimal("0.1"), Decimal(100), Decimal(0)


@dataclass(frozen=True, slots=True)
class Stat:
    """One figure. `tone` good or bad where it is to be noticed."""

    label: str
    value: str
    url: str | None = None
    note: str = ""
    tone: str = ""
    spark: Spark | None = None


@dataclass(frozen=True, slots=True)
class Bar:
    """One line of a picture: how long it is of a hundred; `second` a lighter one below."""

    name: str
    value: str
    wide: str
    url: str | None = None
    second: str = ""


@dataclass(frozen=True, slots=True)
class Point:
    """One bar of a picture: what stands under it, its whole name, its size, as it is read, the way to its rows."""

    mark: str
    name: str
    size: Decimal
    value: str
    url: str | None


@dataclass(frozen=True, slots=True)
class Picture:
    """Bars beside the table that says the same in figures; `head` is what they measure."""

    chart: Chart
    points: Sequence[Point]
    head: str


@dataclass(frozen=True, slots=True)
class Panel:
    """One part of the dashboard."""

    title: str
    url: str | None
    stats: Sequence[Stat] = ()
    bars: Sequence[Bar] = ()
    picture: Picture | None = None
    more: str = ""
    empty: str = ""
    wide: bool = field(default=False)


Drawing = Inquiry[Panel | None]
"""A panel before its answers; None after them: there is nothing to show."""


def picture_of(points: Sequence[Point], head: str, now: Sequence[int] = (-1,)) -> Picture | None:
    """The points as bars; dark those at the places `now`, the last one unless said. None: nothing to draw."""
    dark = {at % len(points) for at in now} if points else set()
    chart = chart_of([(each.mark, each.size, at in dark) for at, each in enumerate(points)])
    return None if chart is None else Picture(chart, points, head)


def drawn(drawings: Iterable[Drawing | None]) -> list[Panel]:
    """The panels of a page, in their order, by one statement for all of them."""
    return [panel for panel in answers(drawings) if panel is not None]


def bars(rows: Sequence[tuple[str, Decimal, str, str | None]]) -> list[Bar]:
    """(name, size, as it is read, address) as bars to one scale."""
    top = max((size for _name, size, _read, _url in rows), default=ZERO)
    if not top:
        return []
    return [Bar(name, read, wide(size, top), url) for name, size, read, url in rows]


def wide(size: Decimal, top: Decimal) -> str:
    """A size as a part of a hundred of the greatest."""
    return str((max(size, ZERO) * HUNDRED / top).quantize(TENTH, ROUND_HALF_UP))


def noticed(what: object) -> str:
    """The tone of a figure that should be nothing."""
    return "bad" if what else ""


def counted(number: int) -> str:
    """A count as it is read."""
    return f"{number:,}"
