"""Calls that are still to be made: planned, moved, made, or dropped with the reason."""

from __future__ import annotations

import secrets
from dataclasses import asdict
from datetime import datetime
from typing import Any

from portal.access.permissions import Permission as P
from portal.access.viewer import Viewer
from portal.calls.models import Call, CallPlan
from portal.calls.rules.facts import LONGEST_REASON, PlanFacts, cleaned_plan
from portal.db import audit
from portal.db.base import db
from portal.db.stale import stale
from portal.kernel.errors import Forbidden, Invalid, NotAllowedNow
from portal.kernel.text import t
from portal.service_requests.queries import people


def plan(facts: PlanFacts, actor: Viewer, now: datetime, *, key: str = "") -> CallPlan:
    """Plan a call; `key` keeps one for each cause. What it points at was checked by `noting.check_parties`.

    Raises InvalidMany by field.
    """
    _check(actor)
    tidy = _checked(facts)
    row = CallPlan(**_values(tidy), key=key or f"plan-{secrets.token_hex(16)}")
    db.session.add(row)
    audit.record(actor, "call.planned", row, now, after=_told(tidy))
    return row


def move(row: CallPlan, facts: PlanFacts, version: int, actor: Viewer, now: datetime) -> CallPlan:
    """Another time, another person, other words; for a plan that was read at `version`."""
    _check(actor)
    _still_open(row)
    if row.version != version:
        raise stale(row)
    tidy = _checked(facts)
    before = _told(facts_of(row))
    for name, value in _values(tidy).items():
        setattr(row, name, value)
    db.session.flush()
    audit.record(actor, "call.planned", row, now, before=before, after=_told(tidy))
    return row


def drop(row: CallPlan, reason: str, actor: Viewer, now: datetime) -> None:
    """It need not be made any more; the reason is needed."""
    _check(actor)
    _still_open(row)
    if len(reason.strip()) < 2:
        raise Invalid(t("Say why."), "reason")
    row.state, row.end_reason = "dropped", reason.strip()[:LONGEST_REASON]
    audit.record(actor, "call.dropped", row, now, reason=row.end_reason)


def end_with(row: CallPlan, call: Call, actor: Viewer, now: datetime) -> None:
    """It was made: `call` answers it."""
    _still_open(row)
    row.state = "done"
    _lead_to(row, call)
    audit.record(actor, "call.done", row, now, after={"call": call.id})


def keep_try(row: CallPlan, call: Call, actor: Viewer, now: datetime) -> None:
    """Nobody was reached by `call`: it stays to be made, and says when it was tried last."""
    _still_open(row)
    _lead_to(row, call)
    after = {"call": call.id, "outcome": call.outcome}
    audit.record(actor, "call.tried", row, now, after=after)


def _lead_to(row: CallPlan, call: Call) -> None:
    if call.request_id is None and call.customer_id == row.customer_id:
        call.request_id = row.request_id
    db.session.flush()
    row.call_id = call.id


def facts_of(row: CallPlan) -> PlanFacts:
    """A stored plan as plain values."""
    return PlanFacts(**{name: getattr(row, name) for name in PlanFacts.__dataclass_fields__})


def _check(actor: Viewer) -> None:
    if not actor.may(P.CALL_WORK):
        raise Forbidden()


def _still_open(row: CallPlan) -> None:
    if row.state != "open":
        raise NotAllowedNow(t("This call was made or dropped already."))


def _checked(facts: PlanFacts) -> PlanFacts:
    tidy = cleaned_plan(facts)
    if tidy.assignee_id is not None and not people.may(tidy.assignee_id, P.CALL_WORK):
        raise Invalid(t("Choose somebody who makes calls."), "assignee")
    return tidy


def _values(facts: PlanFacts) -> dict[str, Any]:
    return {name: getattr(value, "value", value) for name, value in asdict(facts).items()}


def _told(facts: PlanFacts) -> dict[str, Any]:
    return {**_values(facts), "due_at": facts.due_at.isoformat()}
