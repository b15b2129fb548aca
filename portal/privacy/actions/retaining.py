"""Clearing away what was kept long enough; each kind in its own way, at most some at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import select

from portal.access.permissions import Permission as P
from portal.access.viewer import Viewer
from portal.catalogue.actions.archive import path_of
from portal.db import audit, clearing, persons
from portal.db.base import db
from portal.db.clearing import Old
from portal.db.redaction import redact
from portal.kernel.errors import Forbidden, Invalid, InvalidMany
from portal.kernel.text import Text
from portal.privacy.models import RetentionRule
from portal.privacy.rules.retention import KEEPINGS, Kept, checked
from portal.privacy.rules.traces import GONE
from portal.usage.actions.batches import FOLDER
from portal.usage.models import ImportBatch

MOST = 500
STOPPED = ("wrong", "failed", "discarded")
"""So many of a kind in one transaction."""
OLD: Mapping[Kept, Old] = {
    Kept.SIGN_INS: Old("sign_in", "ends_at"),
    Kept.INVITATIONS: Old("invitation", "expires_at"),
    Kept.LETTERS: Old(
        "outbox_message", "created_at", (("state", ("sent", "dropped")),), ("facts", {})
    ),
    Kept.LEADS: Old("lead", "ended_at", (("state", ("discarded",)),)),
    Kept.CALLS: Old("call", "began_at", (("request_id", (None,)),)),
    Kept.DELIVERIES: Old("hook_delivery", "created_at", (("state", ("sent", "dead")),)),
    Kept.API_ANSWERS: Old("idempotent_answer", "at"),
    Kept.UPLOADS: Old("import_batch", "created_at", (("state", STOPPED),), ("sha256", "")),
}


@dataclass(frozen=True, slots=True)
class Due:
    """One kind as it stands: days chosen, what would go now, and what the last clearing came to."""

    kind: Kept
    days: int
    count: int
    rule: RetentionRule | None


def due(now: datetime) -> list[Due]:
    """Every kind with what would be cleared away now."""
    rules = {row.kind: row for row in db.session.scalars(select(RetentionRule))}
    found = []
    for kind in Kept:
        rule = rules.get(kind)
        days = _days(kind, rule)
        found.append(Due(kind, days, clearing.count(OLD[kind], now - timedelta(days=days)), rule))
    return found


def choose(days: Mapping[Kept, int | None], actor: Viewer, now: datetime) -> bool:
    """Set the days of several kinds; True. InvalidMany at the kinds that are out of bounds; Forbidden."""
    if not actor.may(P.PRIVACY_DO):
        raise Forbidden()
    wrong: dict[str, Text] = {}
    for kind, chosen in days.items():
        try:
            _choose(kind, checked(kind, chosen), actor, now)
        except Invalid as error:
            wrong[kind.value] = error.text
    if wrong:
        raise InvalidMany(wrong)
    return True


def clear(kind: Kept, instance: Path, actor: Viewer, now: datetime) -> int:
    """Clear away at most MOST of one kind; how many. 0: nothing is left to do."""
    rule = _rule(kind)
    before = now - timedelta(days=_days(kind, rule))
    done = _WAYS[kind](kind, before, instance, rule, actor, now)
    rule.cleared_at, rule.cleared = now, done if rule.cleared_at != now else rule.cleared + done
    if done:
        audit.record(actor, "retention.cleared", rule, now, after={"kind": kind, "count": done})
    return done


def _choose(kind: Kept, days: int | None, actor: Viewer, now: datetime) -> None:
    rule = _rule(kind)
    if rule.days == days:
        return
    before, after = {"days": _days(kind, rule)}, {"days": days or KEEPINGS[kind].days}
    rule.days = days
    audit.record(actor, "retention.changed", rule, now, before=before, after=after)


def _rule(kind: Kept) -> RetentionRule:
    row = db.session.scalar(select(RetentionRule).where(RetentionRule.kind == kind.value))
    if row is None:
        row = RetentionRule(kind=kind.value, cleared=0)
        db.session.add(row)
        db.session.flush()
    return row


def _days(kind: Kept, rule: RetentionRule | None) -> int:
    return rule.days if rule is not None and rule.days is not None else KEEPINGS[kind].days


def _dropped(kind: Kept, before: datetime, *_rest: object) -> int:
    return clearing.drop(OLD[kind], before)


def _letters(kind: Kept, before: datetime, *_rest: object) -> int:
    ids = clearing.ids(OLD[kind], before, MOST)
    clearing.write("outbox_message", ids, {"facts": {}, "last_error": None})
    return len(ids)


def _leads(
    kind: Kept, before: datetime, _instance: Path, rule: RetentionRule, actor: Viewer, now: datetime
) -> int:
    ids = clearing.ids(OLD[kind], before, MOST)
    _out_of_history("lead", ids, rule, actor, now)
    clearing.drop_ids("lead_touch", "lead_id", ids)
    clearing.drop_ids("lead_pick", "lead_id", ids)
    clearing.drop_keys("lead", ids)
    clearing.drop_ids("lead", "id", ids)
    return len(ids)


def _calls(
    kind: Kept, before: datetime, _instance: Path, rule: RetentionRule, actor: Viewer, now: datetime
) -> int:
    ids = clearing.ids(OLD[kind], before, MOST)
    _out_of_history("call", ids, rule, actor, now)
    clearing.drop_ids("call_plan", "call_id", ids)
    clearing.drop_ids("call", "id", ids)
    return len(ids)


def _uploads(kind: Kept, before: datetime, instance: Path, *_rest: object) -> int:
    ids = clearing.ids(OLD[kind], before, MOST)
    rows = db.session.scalars(select(ImportBatch).where(ImportBatch.id.in_(ids))).all()
    for mark in {row.sha256 for row in rows}:
        others = select(ImportBatch.id).where(
            ImportBatch.sha256 == mark, ImportBatch.id.not_in(ids)
        )
        if db.session.scalar(others.limit(1)) is None:
            path_of(instance, mark, FOLDER).unlink(missing_ok=True)
    for row in rows:
        row.sha256, row.problems, row.options, row.file_name = "", [], {}, ""
    return len(rows)


def _out_of_history(
    table: str, ids: list[int], rule: RetentionRule, actor: Viewer, now: datetime
) -> None:
    """What the history says of rows that go: their fields are emptied on record."""
    changes = []
    for entry in persons.entries((), {table: ids}, (), ()) if ids else ():
        leaves = entry.leaves()
        values = {p: GONE for p, value in leaves.items() if "." in p and isinstance(value, str)}
        if values:
            changes.append((entry, values))
    redact(changes, rule, actor, now, reason=rule.kind)


_WAYS: Mapping[Kept, Callable[..., int]] = {
    Kept.SIGN_INS: _dropped,
    Kept.INVITATIONS: _dropped,
    Kept.LETTERS: _letters,
    Kept.LEADS: _leads,
    Kept.CALLS: _calls,
    Kept.DELIVERIES: _dropped,
    Kept.API_ANSWERS: _dropped,
    Kept.UPLOADS: _uploads,
}
