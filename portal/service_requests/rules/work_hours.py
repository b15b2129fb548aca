"""Time of work: the hours of a working day, put on and counted over China's calendar with its make-up days.

All instants are aware; seconds are whole (what is smaller is left out). A working day has the hours that `WorkHours`
says, so that a working day put on at 15:00 ends at 15:00 of the next one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from portal.kernel.text import Text, t
from portal.kernel.workcalendar import ONE_DAY, WorkCalendar

ZONE = ZoneInfo("Asia/Shanghai")
LEAST_HOURS = 3600
FARTHEST = timedelta(days=366 * 40)
"""So far ahead no promise is made; a calendar without a working day would be searched for ever."""


@dataclass(frozen=True, slots=True)
class WorkHours:
    """From when to when people work on a working day, with a break at noon or without."""

    opens: time = time(9)
    closes: time = time(18)
    lunch_from: time | None = None
    lunch_until: time | None = None

    def problems(self) -> Mapping[str, Text]:
        """What is wrong, by field: nothing for hours that can be worked."""
        wrong: dict[str, Text] = {}
        if self.opens >= self.closes:
            wrong["closes"] = t("Work ends after it begins.")
        if (self.lunch_from is None) != (self.lunch_until is None):
            wrong["lunch_until"] = t("A break has a beginning and an end.")
        elif (
            self.lunch_from is not None
            and self.lunch_until is not None
            and not wrong
            and not self.opens < self.lunch_from < self.lunch_until < self.closes
        ):
            wrong["lunch_until"] = t("The break lies within the hours of work.")
        if not wrong and self.seconds < LEAST_HOURS:
            wrong["closes"] = t("A working day has an hour at least.")
        return wrong

    @property
    def spans(self) -> tuple[tuple[int, int], ...]:
        """The stretches of work of a day, in seconds since midnight."""
        opens, closes = _seconds(self.opens), _seconds(self.closes)
        if self.lunch_from is None or self.lunch_until is None:
            return ((opens, closes),)
        return ((opens, _seconds(self.lunch_from)), (_seconds(self.lunch_until), closes))

    @property
    def seconds(self) -> int:
        """How long a working day is."""
        return sum(until - begin for begin, until in self.spans)


@dataclass(frozen=True, slots=True)
class WorkTime:
    """Working time: which days, and which hours of them."""

    calendar: WorkCalendar
    hours: WorkHours = WorkHours()

    def put_on(self, start: datetime, seconds: int) -> datetime:
        """The instant `seconds` of working time after `start`; 0 gives the next instant of work itself.

        What fits a day to its last second ends with that day, not with the opening of the next one. Raises
        ValueError for less than 0, and where no working day is within sight.
        """
        if seconds < 0:
            raise ValueError("time of work is put on, never taken away")
        local = start.astimezone(ZONE).replace(microsecond=0, tzinfo=None)
        day, passed = local.date(), _since_midnight(local)
        whole = self.hours.seconds
        left = seconds
        while True:
            if self.calendar.is_working(day):
                if passed == 0 and left > whole:
                    left -= whole
                else:
                    found = self._within(passed, left)
                    if found is not None:
                        return _instant(day, found)
                    left -= self._worked(passed, 24 * 3600)
            day, passed = day + ONE_DAY, 0
            if day - local.date() > FARTHEST:
                raise ValueError("the calendar has no working day within sight")

    def between(self, start: datetime, end: datetime) -> int:
        """Seconds of working time from `start` to `end`; less than 0 where `end` lies before it."""
        if end < start:
            return -self.between(end, start)
        first, last = (each.astimezone(ZONE).replace(microsecond=0) for each in (start, end))
        day, until = first.date(), last.date()
        found = 0
        while day <= until:
            if self.calendar.is_working(day):
                begin = _since_midnight(first) if day == first.date() else 0
                found += self._worked(begin, _since_midnight(last) if day == until else 24 * 3600)
            day += ONE_DAY
        return found

    def days_after(self, day: date, working_days: int) -> date:
        """The day that is so many working days after `day`, which itself does not count."""
        for _each in range(working_days):
            day = self.calendar.on_or_after(day + ONE_DAY)
        return day

    def _within(self, passed: int, left: int) -> int | None:
        """The second of the day when `left` is worked off, beginning at `passed`; None: not on this day."""
        for begin, until in self.hours.spans:
            at = max(begin, passed)
            if at > until:
                continue
            if at + left <= until:
                return at + left
            left -= until - at
        return None

    def _worked(self, passed: int, until: int) -> int:
        """Seconds of work of a working day from `passed` to `until`."""
        return sum(max(0, min(end, until) - max(begin, passed)) for begin, end in self.hours.spans)


def _seconds(at: time) -> int:
    return at.hour * 3600 + at.minute * 60


def _since_midnight(at: datetime) -> int:
    return at.hour * 3600 + at.minute * 60 + at.second


def _instant(day: date, seconds: int) -> datetime:
    return datetime.combine(day, time(), ZONE) + timedelta(seconds=seconds)
