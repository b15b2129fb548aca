"""The firm's own working days and hours; clocks that run are counted anew with them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from portal.access.viewer import Viewer
from portal.db import audit
from portal.db.base import db
from portal.documents.models import FirmProfile
from portal.documents.queries import NO_FIRM
from portal.kernel.errors import InvalidMany, StaleEdit
from portal.kernel.text import t
from portal.kernel.workcalendar import CHINA, ONE_DAY
from portal.service_requests.actions.recounting import recount
from portal.service_requests.models.clocks import CalendarDay
from portal.service_requests.queries.work_calendar import firm_days, service_settings
from portal.service_requests.rules.day_lists import ListedDay, read_days
from portal.service_requests.rules.settings import ServiceSettings

LONGEST = 92
LAST_YEAR = 2100


def set_days(
    first: date, last: date | None, is_working: bool | None, note: str, actor: Viewer, now: datetime
) -> int:
    """Say of a day or a stretch of days that it is worked or not; None: as decreed again. How many days changed.

    InvalidMany by field for a stretch that runs backwards or is longer than a quarter.
    """
    until = last or first
    if not 0 <= (until - first).days < LONGEST:
        raise InvalidMany(
            {"last": t("From the first day on, at most %(most)s days.", most=LONGEST)}
        )
    days = (ListedDay(on, bool(is_working)) for on in _each(first, until))
    return _write(days, note, actor, now, back=is_working is None)


def paste_year(year: int, text: str, whole: bool, actor: Viewer, now: datetime) -> int:
    """Enter a list of days of one year; `whole`: it is all that was decreed, so that the year is known from now on.

    How many days changed. Invalid at "text", see `read_days`.
    """
    changed = _write(read_days(text, year), "", actor, now)
    kept = service_settings()
    if whole and year not in kept.years:
        _keep(replace(kept, years=tuple(sorted({*kept.years, year}))), actor, now)
    return changed


def take_back(year: int, actor: Viewer, now: datetime) -> int:
    """Leave a year to the decree again: the firm's days of it are gone; how many."""
    days = [ListedDay(on, row.is_working) for on, row in firm_days(year).items()]
    kept = service_settings()
    if year in kept.years:
        _keep(replace(kept, years=tuple(each for each in kept.years if each != year)), actor, now)
    return _write(days, "", actor, now, back=True)


def change_settings(wanted: ServiceSettings, actor: Viewer, now: datetime, *, version: int) -> None:
    """Hours of work and the other values of service. InvalidMany by field; StaleEdit when somebody was quicker."""
    if _profile().version != version:
        raise StaleEdit(
            t(
                "Somebody changed the settings after you opened this page. Look at them, then repeat."
            )
        )
    kept = service_settings()
    _keep(replace(wanted.checked(), years=kept.years), actor, now)
    if wanted.hours != kept.hours:
        recount(now)


def _write(
    days: Iterable[ListedDay], note: str, actor: Viewer, now: datetime, *, back: bool = False
) -> int:
    """Keep what differs from the decree, forget what says the same; one entry of history for all."""
    rows: dict[date, CalendarDay] = {}
    years: set[int] = set()
    told: list[tuple[CalendarDay, Any, Any]] = []
    for day in days:
        if day.on.year not in years:
            years.add(day.on.year)
            rows |= firm_days(day.on.year)
        row = rows.get(day.on)
        decreed = CHINA.knows(day.on) and CHINA.is_working(day.on) == day.is_working
        if back or decreed:
            if row is not None:
                db.session.delete(row)
                told.append((row, {"on": f"{day.on}", "is_working": row.is_working}, None))
        elif row is None or row.is_working != day.is_working or row.note != note:
            row = row or CalendarDay(on=day.on)
            row.is_working, row.note = day.is_working, note
            db.session.add(row)
            told.append((row, None, {"on": f"{day.on}", "is_working": day.is_working}))
    if told:
        audit.record_all(actor, "workdays.changed", told, now)
        recount(now)
    return len(told)


def _each(first: date, last: date) -> Iterator[date]:
    while first <= last:
        yield first
        first += ONE_DAY


def _keep(wanted: ServiceSettings, actor: Viewer, now: datetime) -> None:
    profile = _profile()
    before, after = profile.service or {}, {**(profile.service or {}), **wanted.to_json()}
    if before != after:
        profile.service = after
        was, now_is = {"service": before}, {"service": after}
        audit.record(actor, "firm.changed", profile, now, before=was, after=now_is)


def _profile() -> FirmProfile:
    """The firm's row, made on the first change."""
    profile = db.session.get(FirmProfile, 1)
    if profile is None:
        profile = FirmProfile(id=1, name_zh=NO_FIRM.name_zh, name_en=NO_FIRM.name_en)
        db.session.add(profile)
        db.session.flush()
    return profile
