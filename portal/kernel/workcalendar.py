"""Which days are worked in China: official holidays, and the Saturdays and Sundays that make up for them 调休.

Both change every year by a decree that comes out late in the year before. A year that is not known here yet is said to
be so; its weekdays count then.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from chinese_calendar import holidays, workdays

ONE_DAY = timedelta(days=1)
SATURDAY = 5


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """Which days are worked: weekdays without `holidays`, and `made_up` Saturdays and Sundays; decreed for `years`."""

    holidays: frozenset[date] = frozenset()
    made_up: frozenset[date] = frozenset()
    years: frozenset[int] = frozenset()

    def is_working(self, day: date) -> bool:
        """Whether people work on `day`."""
        return day in self.made_up or (day.weekday() < SATURDAY and day not in self.holidays)

    def on_or_after(self, day: date) -> date:
        """`day`, or the next working day."""
        while not self.is_working(day):
            day += ONE_DAY
        return day

    def knows(self, day: date) -> bool:
        """Whether the holidays of that day's year are known."""
        return day.year in self.years


WEEKDAYS = WorkCalendar()
"""Every Monday to Friday."""
CHINA = WorkCalendar(
    frozenset(holidays), frozenset(workdays), frozenset(each.year for each in holidays)
)
"""The State Council's decrees, as far as the installed package `chinesecalendar` has them."""
