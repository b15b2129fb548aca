"""Telling of clocks: who is warned, who hears of a breach, who of one that lasts; each once (DOMAIN section 17).

One letter to a person names everything that a batch found, so that nobody gets a hundred at the opening of a day. The
mark on the clock and the letter are one transaction: killed half-way, neither is there, and nobody is told twice.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import update

from portal.access.viewer import SYSTEM
from portal.accounts.models import User
from portal.db import audit
from portal.db.base import db
from portal.db.outbox import post_mail
from portal.service_requests.models.clocks import RequestClock
from portal.service_requests.queries import clock_sweep as queries
from portal.service_requests.queries.clock_sweep import DueClock
from portal.service_requests.queries.clocks import DeadlineName, deadline_names
from portal.service_requests.queries.work_calendar import work_time
from portal.service_requests.rules.clocks import put_on
from portal.service_requests.rules.targets import ESCALATES_AFTER
from portal.service_requests.rules.work_hours import ZONE

BATCH = 1000
SHOWN = 50
"""A letter names so many; the rest stands in the queue, late first."""


def warn(now: datetime, limit: int = BATCH) -> int:
    """Warn the owners of clocks that are about to run out; how many clocks, `limit` at most."""
    found = queries.to_warn(now, limit)
    _mark(found, {"warned_at": now})
    return _tell("warned", _by_owner(found), found, "clock.warned", now)


def breach(now: datetime, limit: int = BATCH) -> int:
    """Tell the owners of clocks that ran out, and set when their managers hear of it."""
    found = queries.to_breach(now, limit)
    _mark(found, {"breached_at": now}, _escalations(found))
    return _tell("breached", _by_owner(found), found, "clock.breached", now)


def escalate(now: datetime, limit: int = BATCH) -> int:
    """Tell the service managers of clocks that are late for too long."""
    found = queries.to_escalate(now, limit)
    _mark(found, {"escalated_at": now})
    managers = queries.service_managers() if found else []
    return _tell("escalated", [(user, found) for user in managers], found, None, now)


def _escalations(found: Sequence[DueClock]) -> dict[int, datetime | None]:
    """When the service managers hear of each clock, by its request's severity."""
    if not found:
        return {}
    work = work_time()
    later: dict[int, datetime | None] = {}
    for each in found:
        span = ESCALATES_AFTER.get(each.severity)
        at = put_on(each.due_at, span.seconds(work), span.unit, work) if span else None
        later[each.clock_id] = at
    return later


def _by_owner(found: Sequence[DueClock]) -> list[tuple[User, list[DueClock]]]:
    """Each owner with what is theirs; what nobody active owns goes to every service manager."""
    owners = queries.staff(sorted({each.owner_id for each in found if each.owner_id}))
    theirs = [
        (user, [each for each in found if each.owner_id == user.id]) for user in owners.values()
    ]
    nobodys = [each for each in found if each.owner_id not in owners]
    managers = queries.service_managers() if nobodys else []
    return theirs + [(user, nobodys) for user in managers]


def _mark(
    found: Sequence[DueClock],
    values: Mapping[str, datetime],
    escalate_at: Mapping[int, datetime | None] | None = None,
) -> None:
    rows: list[dict[str, Any]] = [{"id": each.clock_id, **values} for each in found]
    for row in rows if escalate_at is not None else ():
        row["escalate_at"] = (escalate_at or {})[row["id"]]
    if rows:
        db.session.execute(update(RequestClock), rows)


def _tell(
    step: str,
    letters: Iterable[tuple[User, Sequence[DueClock]]],
    found: Sequence[DueClock],
    event: str | None,
    now: datetime,
) -> int:
    names = deadline_names(each.code for each in found if each.code)
    for user, theirs in letters:
        facts = letter(step, theirs, names, user)
        post_mail(
            user.email, "request_clocks", facts, locale=user.locale, key=_key(step, user, theirs), now=now
        )  # fmt: skip
    if event is not None and found:
        changes = [(each, None, {"clock": each.kind, "due_at": each.due_at}) for each in found]
        audit.record_all(SYSTEM, event, changes, now)
    return len(found)


def letter(
    step: str, found: Sequence[DueClock], names: Mapping[str, DeadlineName], user: User
) -> dict[str, Any]:
    """The facts of a letter: the first of `found` by row, how many more there are, and where they lie."""
    return {
        "step": step,
        "name": user.name,
        "rows": [_row(each, names.get(each.code)) for each in found[:SHOWN]],
        "count": len(found),
        "more": max(0, len(found) - SHOWN),
        "path": f"/desk/requests/{found[0].id}" if len(found) == 1 else "/desk/requests",
    }


def _row(each: DueClock, name: DeadlineName | None) -> dict[str, Any]:
    return {
        "number": each.number,
        "title": each.title,
        "severity": each.severity,
        "customer_zh": each.customer_zh,
        "customer_en": each.customer_en or each.customer_zh,
        "clock": each.kind,
        "law_zh": name.name_zh if name else "",
        "law_en": (name.name_en or name.name_zh) if name else "",
        "due": f"{each.due_at.astimezone(ZONE):%Y-%m-%d %H:%M}",
        "done": each.met_at is not None,
    }


def _key(step: str, user: User, found: Sequence[DueClock]) -> str:
    """The same for the same clocks with the same ends: a clock that is moved and runs out again is told again."""
    named = ",".join(f"{each.clock_id}@{each.due_at.isoformat()}" for each in found)
    return f"clocks-{step}-{user.id}-{hashlib.sha256(named.encode()).hexdigest()[:32]}"
