"""Targets and limits of law: those that a firm begins with, and the owner's changes (T5-T7, section 17)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select

from portal.access.viewer import Viewer
from portal.customers.rules.kinds import Segment
from portal.db import audit
from portal.db.base import db
from portal.kernel.errors import InvalidMany, StaleEdit
from portal.kernel.text import Text, t
from portal.kernel.workcalendar import ONE_DAY
from portal.service_requests.models.clocks import LegalDeadline, SlaTarget
from portal.service_requests.queries.targets import Target, all_targets
from portal.service_requests.rules.clock_kinds import ClockKind, TimeUnit
from portal.service_requests.rules.targets import (
    FIRST_DEADLINES,
    MOST,
    WARN_PERCENT,
    first_targets,
)

Place = tuple[Segment, int, ClockKind]
EDITED = (
    "duty", "mode", "variant", "name_zh", "name_en", "amount", "unit", "source", "from_on", "until_on", "active",
)  # fmt: skip
"""What a person may write of a limit; its code is the house's own."""


def seed(actor: Viewer, now: datetime) -> int:
    """The targets and limits that are missing; how many. What is there, changed or not, stays as it is."""
    return _seed_targets(actor, now) + _seed_deadlines(actor, now)


def change_targets(
    wanted: Mapping[Place, Target], actor: Viewer, now: datetime, *, seen: int
) -> int:
    """Write the targets that differ; how many. Requests that are open keep what they were promised.

    `seen`: `targets_version()` of the page. InvalidMany at `place_name(place)`; StaleEdit when somebody was quicker.
    """
    if seen != targets_version():
        raise StaleEdit(
            t("Somebody changed the targets after you opened this page. Look at them, then repeat.")
        )
    wrong = {
        place_name(place): text for place, target in wanted.items() if (text := _wrong(target))
    }
    if wrong:
        raise InvalidMany(wrong)
    rows, changed = all_targets(), 0
    for place, target in wanted.items():
        row = rows.get(place) or _row(place, target)
        before = None if row.id is None else _told(row)
        row.amount, row.unit = target.span.amount, target.span.unit.value
        row.warn_percent = target.warn_percent
        if before is None or before != _told(row):
            db.session.add(row)
            audit.record(actor, "targets.changed", row, now, before=before, after=_told(row))
            changed += 1
    return changed


def targets_version() -> int:
    """A figure that every change of a target makes larger."""
    return int(db.session.scalar(select(func.coalesce(func.sum(SlaTarget.version), 0))) or 0)


def place_name(place: Place) -> str:
    """The name of a place in the table, as its field has it: `vip-1-first_reply`."""
    tier, severity, clock = place
    return f"{tier.value}-{severity}-{clock.value}"


def change_deadline(
    row: LegalDeadline | None,
    values: Mapping[str, Any],
    actor: Viewer,
    now: datetime,
    *,
    replaces: LegalDeadline | None = None,
    seen: int | None = None,
) -> LegalDeadline:
    """Change a limit, or enter one (None); `values`: those of EDITED that change. InvalidMany by field.

    A later text `replaces` an older one, which ends the day before it begins and stays readable. StaleEdit when `seen`
    is not the row's version any more.
    """
    if row is not None and seen is not None and seen != row.version:
        raise StaleEdit(
            t("It has changed since you opened this page. Look at it again, then repeat.")
        )
    wrong = _wrong_deadline(values, replaces)
    if wrong:
        raise InvalidMany(wrong)
    kept = row or LegalDeadline(code=_next_code())
    before = _limit_told(kept) if row is not None else None
    for name in EDITED:
        if name in values:
            setattr(kept, name, values[name])
    db.session.add(kept)
    db.session.flush()
    audit.record(actor, "deadline.changed", kept, now, before=before, after=_limit_told(kept))
    if replaces is not None:
        was = _limit_told(replaces)
        replaces.until_on = kept.from_on - ONE_DAY
        audit.record(actor, "deadline.changed", replaces, now, before=was, after=_limit_told(replaces))  # fmt: skip
    return kept


def _seed_targets(actor: Viewer, now: datetime) -> int:
    known = all_targets()
    rows = [
        SlaTarget(
            tier=first.tier.value, severity=first.severity, clock=first.clock.value,
            amount=first.span.amount, unit=first.span.unit.value, warn_percent=WARN_PERCENT,
        )
        for first in first_targets()
        if (first.tier, first.severity, first.clock) not in known
    ]  # fmt: skip
    db.session.add_all(rows)
    db.session.flush()
    audit.record_all(actor, "targets.changed", [(row, None, _told(row)) for row in rows], now)
    return len(rows)


def _seed_deadlines(actor: Viewer, now: datetime) -> int:
    known = set(db.session.scalars(select(LegalDeadline.code)))
    rows = [
        LegalDeadline(
            code=first.code, duty=first.duty.value, mode=first.mode.value if first.mode else None,
            variant=first.variant, name_zh=first.name_zh, name_en=first.name_en, amount=first.days,
            unit=TimeUnit.NATURAL_DAYS.value, source=first.source, from_on=first.from_on,
            until_on=first.until_on, active=True,
        )
        for first in FIRST_DEADLINES
        if first.code not in known
    ]  # fmt: skip
    db.session.add_all(rows)
    db.session.flush()
    told = [(row, None, _limit_told(row)) for row in rows]
    audit.record_all(actor, "deadline.changed", told, now)
    return len(rows)


def _row(place: Place, target: Target) -> SlaTarget:
    tier, severity, clock = place
    return SlaTarget(tier=tier.value, severity=severity, clock=clock.value)


def _wrong(target: Target) -> Text | None:
    if not 1 <= target.span.amount <= MOST[target.span.unit]:
        return t("From 1 to %(most)s.", most=MOST[target.span.unit])
    if not 1 <= target.warn_percent <= 99:
        return t("Warn after 1 to 99 percent.")
    return None


def _wrong_deadline(values: Mapping[str, Any], replaces: LegalDeadline | None) -> dict[str, Text]:
    wrong: dict[str, Text] = {}
    amount, begins, ends = values.get("amount"), values.get("from_on"), values.get("until_on")
    if amount is not None and not 1 <= amount <= MOST[TimeUnit(values["unit"])]:
        wrong["amount"] = t("From 1 to %(most)s.", most=MOST[TimeUnit(values["unit"])])
    if begins and ends and ends < begins:
        wrong["until_on"] = t("It ends before it begins.")
    if replaces is not None and isinstance(begins, date) and begins <= replaces.from_on:
        wrong["from_on"] = t("The later text begins after %(day)s.", day=replaces.from_on)
    return wrong


def _next_code() -> str:
    return f"own_{(db.session.scalar(select(func.max(LegalDeadline.id))) or 0) + 1}"


def _told(row: SlaTarget) -> dict[str, Any]:
    named = ("tier", "severity", "clock", "amount", "unit", "warn_percent")
    return {name: getattr(row, name) for name in named}


def _limit_told(row: LegalDeadline) -> dict[str, Any]:
    told = {name: getattr(row, name) for name in EDITED}
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in told.items()}  # fmt: skip
