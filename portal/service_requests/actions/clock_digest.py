"""The breaches of the last working day, once a day to the service managers (REQUIREMENTS S3)."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta

from sqlalchemy import select

from portal.db.base import db
from portal.db.outbox import OutboxMessage, post_mail
from portal.kernel.workcalendar import ONE_DAY
from portal.service_requests.actions.clock_sweep import letter
from portal.service_requests.queries import clock_sweep as queries
from portal.service_requests.queries.clocks import deadline_names
from portal.service_requests.queries.work_calendar import work_time
from portal.service_requests.rules.work_hours import ZONE, WorkTime

MOST = 2000


def digest(now: datetime) -> int:
    """Tell the service managers what ran out since the last working day opened; how many letters.

    It goes out after the opening of a working day, once to each, and not at all where nothing ran out.
    """
    work = work_time()
    day = now.astimezone(ZONE).date()
    opening = _opening(day, work)
    if not work.calendar.is_working(day) or now < opening:
        return 0
    keys = {f"clock-digest-{day}-{user.id}": user for user in queries.service_managers()}
    sent = set(db.session.scalars(select(OutboxMessage.key).where(OutboxMessage.key.in_(keys))))
    waiting = {key: user for key, user in keys.items() if key not in sent}
    found = queries.breached_between(_before(day, work), opening, MOST) if waiting else []
    if not found:
        return 0
    names = deadline_names(each.code for each in found if each.code)
    counts = dict(Counter(each.kind for each in found))
    for key, user in waiting.items():
        facts = {**letter("digest", found, names, user), "counts": counts, "day": f"{day}"}
        facts["path"] = "/desk/requests"
        post_mail(user.email, "request_clocks", facts, locale=user.locale, key=key, now=now)
    return len(waiting)


def _before(day: date, work: WorkTime) -> datetime:
    """The opening of the working day before."""
    day -= ONE_DAY
    while not work.calendar.is_working(day):
        day -= ONE_DAY
    return _opening(day, work)


def _opening(day: date, work: WorkTime) -> datetime:
    midnight = datetime(day.year, day.month, day.day, tzinfo=ZONE)
    return midnight + timedelta(hours=work.hours.opens.hour, minutes=work.hours.opens.minute)
