"""The weekly letter: made once for each week, mailed once to each who wants it."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from portal.access.permissions import Permission
from portal.access.viewer import Viewer
from portal.db.base import db
from portal.db.outbox import post_mail
from portal.db.turns import Turn, take_turn
from portal.insights.models import DigestChoice, DigestIssue
from portal.insights.queries import digest as queries
from portal.insights.rules.digest import Told, reported, told_from, week_of
from portal.kernel.clock import business_day
from portal.kernel.errors import Forbidden
from portal.kernel.money import format_amount

ZONE = ZoneInfo("Asia/Shanghai")
GOES_OUT = time(8)
"""On Monday from then on, in the firm's zone."""


def issue(now: datetime) -> int:
    """This week's letter, if it is Monday morning or later and there is none yet; how many mails were posted.

    The issue is unique by its week and each mail by issue and reader, so that running it again sends nothing.
    """
    monday = week_of(business_day(now))
    if now < datetime.combine(monday, GOES_OUT, ZONE):
        return 0
    take_turn(Turn.DIGEST)
    if db.session.scalar(select(DigestIssue.id).where(DigestIssue.week_on == monday)) is not None:
        return 0
    row = made(monday, now)
    db.session.add(row)
    db.session.flush()
    readers = queries.readers()
    facts = _facts(row)
    for user in readers:
        key = f"digest-{monday}-{user.id}"
        post_mail(user.email, "digest", facts, locale=user.locale, key=key, now=now)
    return len(readers)


def _facts(row: DigestIssue) -> dict[str, Any]:
    """What the mail says; its words are found in the reader's language."""
    first, last = reported(row.week_on)
    rows = [
        {
            "label": each.kind.label.msgid, "unit": each.kind.unit, "currency": each.currency, "tone": each.tone,
            "now": _read(each),
            "percent": None if each.percent is None else f"{each.percent:+}",
        }
        for each in told_from(row.figures)
    ]  # fmt: skip
    path = f"/desk/dashboards/digest/{row.id}"
    return {"rows": rows, "first": f"{first}", "last": f"{last}", "path": path}


def _read(figure: Told) -> str | None:
    if figure.now is None:
        return None
    if figure.kind.unit == "money":
        return format_amount(figure.now, figure.currency)
    return f"{figure.now:f}"


def made(week_on: date, now: datetime) -> DigestIssue:
    """The letter of a Monday, not stored."""
    figures = [each.to_json() for each in queries.week(week_on)]
    return DigestIssue(week_on=week_on, figures=figures, made_at=now)


def choose(wanted: bool, actor: Viewer, now: datetime) -> None:
    """Whether the actor gets it by mail from now on; Forbidden for who may not read it."""
    if not actor.may(Permission.REPORT_SEE) or actor.user_id is None:
        raise Forbidden()
    row = db.session.get(DigestChoice, actor.user_id)
    if wanted and row is not None:
        db.session.delete(row)
    elif not wanted and row is None:
        db.session.add(DigestChoice(user_id=actor.user_id, chosen_at=now))
    db.session.flush()
