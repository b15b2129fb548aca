"""What the calendar of tasks shows: whose, which days, each day's tasks, those that are late."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import g, request, url_for
from flask_babel import gettext as _

from portal.db.base import db
from portal.kernel import clock
from portal.kernel.text import Text, t
from portal.kernel.workcalendar import CHINA
from portal.opportunities.desk_tabs import tabs
from portal.opportunities.models import OpportunityTask
from portal.opportunities.queries import tasks
from portal.opportunities.queries.people import sellers
from portal.opportunities.rules.months import ONE_DAY, Look, Sheet, sheet
from portal.opportunities.rules.states import TaskState
from portal.web.stepping import as_id

WEEKDAYS: tuple[Text, ...] = (
    t("Mon"), t("Tue"), t("Wed"), t("Thu"), t("Fri"), t("Sat"), t("Sun"),
)  # fmt: skip
ALL = "all"
LATE = 50


@dataclass(frozen=True, slots=True)
class Day:
    """One cell: its tasks, whether it is today, free, or of another month."""

    on: date
    name: Text
    tasks: list[OpportunityTask]
    is_today: bool
    is_free: bool
    is_outside: bool


def _late(person: int | None, today: date) -> list[OpportunityTask]:
    """What somebody should have done by yesterday; nothing for everybody's calendar."""
    if person is None:
        return []
    return list(db.session.scalars(tasks.due(g.viewer, person, today - ONE_DAY).limit(LATE)))


def context() -> dict[str, Any]:
    """The page as its address asks for it; what it does not say, or says wrongly, is my month."""
    look = Look.WEEK if request.args.get("look") == Look.WEEK else Look.MONTH
    today, who = clock.today(), request.args.get("who", "")
    shown = sheet(look, _day(today))
    person = None if who == ALL else as_id(who) or g.viewer.user_id
    found = tasks.calendar(g.viewer, *shown.span, assignee_id=person)
    return {
        "tabs": tabs(),
        "sheet": shown,
        "weeks": [[_drawn(day, found.get(day, []), shown, today) for day in week] for week in shown.weeks],
        "names": WEEKDAYS,
        "late": _late(person, today),
        "today": today,
        "open": TaskState.OPEN.value,
        **_choices(shown, today, who),
    }  # fmt: skip


def _choices(shown: Sheet, today: date, who: str) -> dict[str, Any]:
    """Whose calendar it is, whose it may be, and the ways to other days."""
    return {
        "everybody": who == ALL,
        "who": who,
        "people": _people(),
        "urls": _urls(shown, today, who),
        "here": request.full_path,
    }


def _drawn(day: date, found: list[OpportunityTask], shown: Sheet, today: date) -> Day:
    return Day(
        on=day,
        name=WEEKDAYS[day.weekday()],
        tasks=found,
        is_today=day == today,
        is_free=not CHINA.is_working(day),
        is_outside=not shown.first <= day <= shown.last,
    )


def _day(otherwise: date) -> date:
    try:
        return date.fromisoformat(request.args.get("on", ""))
    except ValueError:
        return otherwise


def _people() -> list[tuple[str, str]]:
    others = [each for each in sellers() if each.id != g.viewer.user_id]
    fixed = [("", _("My own")), (ALL, _("Everybody's"))]
    return fixed + [(str(each.id), each.name) for each in others]


def _url(look: Look, on: date, who: str) -> str:
    return url_for(
        "desk_opportunities.calendar", look=look.value, on=on.isoformat(), who=who or None
    )


def _urls(shown: Sheet, today: date, who: str) -> dict[str, str]:
    on = today if shown.first <= today <= shown.last else shown.first
    return {
        "before": _url(shown.look, shown.before, who),
        "after": _url(shown.look, shown.after, who),
        "today": _url(shown.look, today, who),
        "month": _url(Look.MONTH, on, who),
        "week": _url(Look.WEEK, on, who),
    }
