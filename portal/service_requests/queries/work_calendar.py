"""The firm's working time: the decreed calendar, the firm's own days before it, and its hours."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from sqlalchemy import select

from portal.db.base import db
from portal.db.kept import Kept
from portal.documents.models import FirmProfile
from portal.documents.queries import firm_profile
from portal.kernel.workcalendar import CHINA, WorkCalendar
from portal.service_requests.models.clocks import CalendarDay
from portal.service_requests.rules.settings import ServiceSettings
from portal.service_requests.rules.work_hours import WorkHours, WorkTime


def service_settings() -> ServiceSettings:
    """The firm's values of service, seldom by a query."""
    return _SETTINGS.get()


def firm_calendar() -> WorkCalendar:
    """The decreed days with the firm's changes; years that the firm entered whole are known."""
    return _CALENDAR.get()


def work_hours() -> WorkHours:
    """From when to when people work on a working day."""
    return service_settings().hours


def work_time() -> WorkTime:
    """Days and hours together."""
    return WorkTime(firm_calendar(), work_hours())


def firm_days(year: int) -> dict[date, CalendarDay]:
    """The firm's own days of one year."""
    within = CalendarDay.on.between(date(year, 1, 1), date(year, 12, 31))
    return {row.on: row for row in db.session.scalars(select(CalendarDay).where(within))}


def _changed(
    base: WorkCalendar, days: Iterable[tuple[date, bool]], years: Iterable[int]
) -> WorkCalendar:
    worked: set[date] = set()
    free: set[date] = set()
    for on, is_working in days:
        (worked if is_working else free).add(on)
    return WorkCalendar(
        holidays=frozenset(base.holidays - worked | free),
        made_up=frozenset(base.made_up - free | worked),
        years=base.years | frozenset(years),
    )


def _read_calendar() -> WorkCalendar:
    rows = db.session.execute(select(CalendarDay.on, CalendarDay.is_working))
    return _changed(CHINA, ((on, worked) for on, worked in rows), _read_settings().years)


def _read_settings() -> ServiceSettings:
    return ServiceSettings.from_json(firm_profile().service)


_SETTINGS = Kept(_read_settings, FirmProfile)
_CALENDAR = Kept(_read_calendar, CalendarDay, FirmProfile)
