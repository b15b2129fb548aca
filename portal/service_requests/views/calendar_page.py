"""What the calendar shows: whose, which days, the grid of visits, tasks of each day, tasks without a time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from flask import g, request, url_for
from flask_babel import gettext as _

from portal.access.permissions import Permission as P
from portal.kernel import clock
from portal.kernel.text import Text, t
from portal.rooms import offered
from portal.service_requests.models import RequestTask
from portal.service_requests.queries import tasks as queries
from portal.service_requests.queries.people import holders
from portal.service_requests.queries.work_calendar import firm_calendar
from portal.service_requests.rules.calendar_weeks import Look, Planned, Span, grid, span_of
from portal.service_requests.views.found_door import day_in, local
from portal.web.stepping import zone

ME, ALL = "me", "all"
HALF_HOUR = timedelta(minutes=30)
WEEKDAYS: tuple[Text, ...] = (
    t("Mon"), t("Tue"), t("Wed"), t("Thu"), t("Fri"), t("Sat"), t("Sun"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Entry:
    """Something of another room on the calendar: on a day, or from `starts_at` (UTC) to `ends_at`."""

    on: date
    title: str
    customer: str
    person: str
    url: str
    state: str
    starts_at: datetime | None = None
    ends_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Day:
    """The head of a column: its name, whether it is today or free, and the tasks to be done by then."""

    on: date
    name: Text
    lanes: int
    is_today: bool
    is_free: bool
    due: tuple[RequestTask, ...]
    also: tuple[Entry, ...]
    url: str
    plan_url: str


def context() -> dict[str, Any]:
    """The page as its address asks for it; what it does not say, or says wrongly, is my week."""
    today = clock.today()
    span, who = _span(today), _who()
    person = _person(who)
    visits = queries.in_span(g.viewer, person, *_instants(span))
    waiting, others = queries.unplanned(g.viewer, person), _others(person, span)
    timed = {-place: each for place, each in enumerate(others, 1) if each.starts_at}
    planned = [*map(_planned, visits), *(_entry(key, each) for key, each in timed.items())]
    drawn = grid(span.days, planned)
    return {
        "span": span,
        "days": _days(span, drawn.lanes, waiting, others, today, who),
        "rows": drawn.rows,
        "visits": {each.id: each for each in visits},
        "others": timed,
        "times": _times(planned),
        **_without_time(waiting),
        **_choices(span, today, who),
    }


def _without_time(waiting: list[RequestTask]) -> dict[str, Any]:
    late = {each.id for each in waiting if each.due_at < clock.now()}
    return {"waiting": waiting, "late": late}


def _times(planned: list[Planned]) -> dict[int, str]:
    return {each.key: f"{each.starts:%H:%M} – {each.ends:%H:%M}" for each in planned}


def _span(today: date) -> Span:
    look = Look.DAY if request.args.get("look") == Look.DAY else Look.WEEK
    return span_of(look, day_in("on", today))


def _choices(span: Span, today: date, who: str) -> dict[str, Any]:
    """Whose calendar it is, whose it may be, and the ways to other days."""
    return {
        "everybody": who == ALL,
        "who": who,
        "people": _people(),
        "urls": _urls(span, today, who),
    }


def _who() -> str:
    asked = request.args.get("who", ME)
    return asked if asked in (ME, ALL) or (asked.isdecimal() and len(asked) < 10) else ME


def _person(who: str) -> int | None:
    if who == ALL:
        return None
    return int(who) if who != ME else int(g.viewer.user_id)


def _people() -> list[tuple[str, str]]:
    others = [each for each in holders(P.TASK_WORK) if each.id != g.viewer.user_id]
    fixed = [(ME, _("My own")), (ALL, _("Everybody's"))]
    return fixed + [(str(each.id), each.name) for each in others]


def _instants(span: Span) -> tuple[datetime, datetime]:
    first = datetime.combine(span.first, time(), zone())
    return first, datetime.combine(span.after, time(), zone())


def _planned(task: RequestTask) -> Planned:
    assert task.starts_at is not None
    starts = local(task.starts_at)
    return Planned(task.id, starts, local(task.ends_at) if task.ends_at else starts + HALF_HOUR)


def _others(person: int | None, span: Span) -> list[Entry]:
    """What other rooms have for these days: each `views/calendar.py` with `entries`, as mappings of Entry's fields."""
    starts, ends = _instants(span)
    return [
        Entry(**each)
        for room in offered("calendar")
        for each in room.entries(g.viewer, person, span.first, span.last, starts, ends)
    ]


def _entry(key: int, each: Entry) -> Planned:
    assert each.starts_at is not None
    starts = local(each.starts_at)
    return Planned(key, starts, local(each.ends_at) if each.ends_at else starts + HALF_HOUR)


def _days(
    span: Span, lanes: tuple[int, ...], waiting: list[RequestTask], others: list[Entry], today: date, who: str
) -> list[Day]:  # fmt: skip
    calendar = firm_calendar()
    return [
        Day(
            on=each,
            name=WEEKDAYS[each.weekday()],
            lanes=wide,
            is_today=each == today,
            is_free=not calendar.is_working(each),
            due=tuple(task for task in waiting if local(task.due_at).date() == each),
            also=tuple(e for e in others if e.on == each and e.starts_at is None),
            url=_url(Look.DAY, each, who),
            plan_url=url_for("desk_tasks.new", on=each.isoformat(), kind="visit"),
        )
        for each, wide in zip(span.days, lanes, strict=True)
    ]


def _url(look: Look, on: date, who: str) -> str:
    asked = who if who != ME else None
    return url_for("desk_calendar.index", look=look.value, on=on.isoformat(), who=asked)


def _urls(span: Span, today: date, who: str) -> dict[str, str]:
    on = today if span.first <= today <= span.last else span.first
    return {
        "before": _url(span.look, span.before, who),
        "after": _url(span.look, span.after, who),
        "today": _url(span.look, today, who),
        "day": _url(Look.DAY, on, who),
        "week": _url(Look.WEEK, on, who),
    }
