"""A year's days by month and week: worked, a weekend, a holiday, made up for; as decreed or as the firm says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from portal.kernel.workcalendar import ONE_DAY, SATURDAY, WorkCalendar

DAYS_OF_A_WEEK = 7


class DayKind(StrEnum):
    """What a day is."""

    WORK = "work"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    MADE_UP = "made-up"


@dataclass(frozen=True, slots=True)
class FirmDay:
    """What the firm says of a day."""

    is_working: bool
    note: str = ""


@dataclass(frozen=True, slots=True)
class SheetDay:
    """One day of the sheet; `firm`: the firm says so, against or before the decree."""

    on: date
    kind: DayKind
    firm: FirmDay | None = None


@dataclass(frozen=True, slots=True)
class SheetMonth:
    """A month's weeks from Monday on; None stands for a day of another month."""

    first: date
    weeks: tuple[tuple[SheetDay | None, ...], ...]
    working_days: int


def year_sheet(
    year: int, decreed: WorkCalendar, firm: Mapping[date, FirmDay]
) -> tuple[SheetMonth, ...]:
    """The twelve months."""
    return tuple(_month(date(year, month, 1), decreed, firm) for month in range(1, 13))


def kind_of(on: date, decreed: WorkCalendar, firm: FirmDay | None) -> DayKind:
    """What a day is, the firm's word before the decree's."""
    works = decreed.is_working(on) if firm is None else firm.is_working
    if on.weekday() >= SATURDAY:
        if works:
            return DayKind.MADE_UP
        return DayKind.HOLIDAY if on in decreed.holidays else DayKind.WEEKEND
    return DayKind.WORK if works else DayKind.HOLIDAY


def _month(first: date, decreed: WorkCalendar, firm: Mapping[date, FirmDay]) -> SheetMonth:
    days: list[SheetDay | None] = [None] * first.weekday()
    on, working = first, 0
    while on.month == first.month:
        kind = kind_of(on, decreed, firm.get(on))
        working += kind in (DayKind.WORK, DayKind.MADE_UP)
        days.append(SheetDay(on, kind, firm.get(on)))
        on += ONE_DAY
    days += [None] * (-len(days) % DAYS_OF_A_WEEK)
    starts = range(0, len(days), DAYS_OF_A_WEEK)
    weeks = tuple(tuple(days[begin : begin + DAYS_OF_A_WEEK]) for begin in starts)
    return SheetMonth(first, weeks, working)
