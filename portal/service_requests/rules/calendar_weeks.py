"""A day or a week as a time grid of half hours: what stands in which row, side by side where two overlap (S4).

Times are the firm's own wall clock, without a zone; what runs past midnight stands on each of its days.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

ONE_DAY = timedelta(days=1)
SLOT = timedelta(minutes=30)
SLOTS_OF_DAY = 48
FIRST_SLOT, LAST_SLOT = 16, 36
"""8:00 and 18:00: what is drawn of a day even when nothing is planned."""


class Look(StrEnum):
    """How much of the calendar a page shows."""

    DAY = "day"
    WEEK = "week"


@dataclass(frozen=True, slots=True)
class Span:
    """The days of a page, both ends included."""

    look: Look
    first: date
    last: date

    @property
    def days(self) -> tuple[date, ...]:
        """Each day of it."""
        return tuple(self.first + ONE_DAY * at for at in range((self.last - self.first).days + 1))

    @property
    def before(self) -> date:
        """A day of the span before this one."""
        return self.first - ONE_DAY

    @property
    def after(self) -> date:
        """A day of the span after this one."""
        return self.last + ONE_DAY


@dataclass(frozen=True, slots=True)
class Planned:
    """Something with a time; `key` is the caller's own name for it."""

    key: int
    starts: datetime
    ends: datetime


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of the grid: `key` None is empty. Cells that a longer one covers are not in their row at all."""

    key: int | None
    rows: int = 1
    columns: int = 1


@dataclass(frozen=True, slots=True)
class Row:
    """One half hour: its cells from the first day's first lane on. `days` holds one tuple of cells for each day."""

    at: time
    days: tuple[tuple[Cell, ...], ...]

    @property
    def is_hour(self) -> bool:
        """Whether a full hour begins here."""
        return self.at.minute == 0


@dataclass(frozen=True, slots=True)
class Grid:
    """The drawn span: `lanes` says how many columns each day has."""

    days: tuple[date, ...]
    lanes: tuple[int, ...]
    rows: tuple[Row, ...]


@dataclass(slots=True)
class _Piece:
    """The part of something planned that stands on one day, in half hours from midnight."""

    key: int
    first: int
    last: int
    lane: int = 0


def span_of(look: Look, on: date) -> Span:
    """The day itself, or its week from Monday to Sunday."""
    if look is Look.DAY:
        return Span(look, on, on)
    monday = on - ONE_DAY * on.weekday()
    return Span(look, monday, monday + ONE_DAY * 6)


def overlapping(starts: datetime, ends: datetime, others: Iterable[Planned]) -> list[Planned]:
    """Those of `others` that share some time with a span; one that ends when the other begins does not."""
    return [each for each in others if each.starts < ends and starts < each.ends]


def grid(days: Sequence[date], planned: Iterable[Planned]) -> Grid:
    """The grid of `days`: from 8:00 to 18:00, longer where something is earlier or later."""
    every = list(planned)
    by_day = [_in_lanes(_pieces(every, each)) for each in days]
    pieces = [piece for day in by_day for piece in day]
    first = min([FIRST_SLOT, *(piece.first for piece in pieces)])
    last = max([LAST_SLOT, *(piece.last for piece in pieces)])
    lanes = tuple(1 + max((piece.lane for piece in day), default=0) for day in by_day)
    first -= first % 2
    last += last % 2
    rows = tuple(
        Row(
            _time(slot),
            tuple(_cells(day, wide, slot) for day, wide in zip(by_day, lanes, strict=True)),
        )
        for slot in range(first, last)
    )
    return Grid(tuple(days), lanes, rows)


def _time(slot: int) -> time:
    return time(slot // 2, 30 * (slot % 2))


def _pieces(planned: Iterable[Planned], day: date) -> list[_Piece]:
    midnight = datetime.combine(day, time())
    found = []
    for each in planned:
        if each.starts < midnight + ONE_DAY and each.ends > midnight:
            first = max(0, (each.starts - midnight) // SLOT)
            last = min(SLOTS_OF_DAY, -((midnight - each.ends) // SLOT))
            found.append(_Piece(each.key, first, max(last, first + 1)))
    return sorted(found, key=lambda piece: (piece.first, -piece.last, piece.key))


def _in_lanes(pieces: list[_Piece]) -> list[_Piece]:
    """Each in the first lane that is free when it begins."""
    free_from: list[int] = []
    for piece in pieces:
        lane = next((at for at, free in enumerate(free_from) if free <= piece.first), None)
        if lane is None:
            lane = len(free_from)
            free_from.append(0)
        piece.lane, free_from[lane] = lane, piece.last
    return pieces


def _cells(pieces: list[_Piece], lanes: int, slot: int) -> tuple[Cell, ...]:
    """The cells of one day that begin in a half hour; empty ones beside each other are one."""
    cells: list[Cell] = []
    for lane in range(lanes):
        here = next((p for p in pieces if p.lane == lane and p.first <= slot < p.last), None)
        if here is None:
            _add_empty(cells, pieces, lane, slot)
        elif here.first == slot:
            cells.append(Cell(here.key, rows=here.last - here.first))
    return tuple(cells)


def _add_empty(cells: list[Cell], pieces: list[_Piece], lane: int, slot: int) -> None:
    before = any(p.lane == lane - 1 and p.first <= slot < p.last for p in pieces)
    if cells and cells[-1].key is None and not before:
        cells[-1] = Cell(None, columns=cells[-1].columns + 1)
    else:
        cells.append(Cell(None))
