"""The clocks of one request: started, met, paused, put on again; `next_due_at` follows every change (S3, T4-T6)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from portal.db.base import db
from portal.service_requests.models.clocks import LegalDeadline, RequestClock
from portal.service_requests.models.requests import ServiceRequest
from portal.service_requests.queries.clocks import clocks_of, limits_of
from portal.service_requests.queries.targets import Target, targets_for
from portal.service_requests.queries.work_calendar import work_time
from portal.service_requests.rules import clocks as rules
from portal.service_requests.rules.clock_kinds import ClockKind, ClockState, TimeUnit
from portal.service_requests.rules.clocks import Rest, Span
from portal.service_requests.rules.targets import TARGET_CLOCKS

GOING = (ClockState.RUNNING.value, ClockState.PAUSED.value)
REOPENED = (ClockKind.FIRST_REPLY, ClockKind.RESOLVE)
IMPLIED = {
    ClockKind.PLAN: (ClockKind.FIRST_REPLY,),
    ClockKind.RESOLVE: TARGET_CLOCKS,
}
"""Who is told the plan has been answered; what is solved needs nothing else any more."""


def start(request: ServiceRequest, now: datetime) -> list[RequestClock]:
    """Set the clocks of a new request going from when it was received: those of its targets and of law.

    The request must be flushed or new in the session; the limits of law do not pause and are met by solving.
    """
    db.session.flush()
    rows = [
        _begun(request, kind, target, request.received_at)
        for kind, target in targets_for(request.tier, request.severity).items()
    ]
    rows += [_legal(request, limit) for limit in limits_of(request)]
    db.session.add_all(rows)
    _follow(request, rows)
    return rows


def meet(request: ServiceRequest, kind: ClockKind, now: datetime, code: str = "") -> None:
    """What the clock waited for has happened; a later clock meets those before it.

    LEGAL: those of `code`, or all. RESOLVE meets the limits of law for answering, not those that `add_deadline` set.
    """
    rows = clocks_of(request.id)
    wanted = {kind.value, *(each.value for each in IMPLIED.get(kind, ()))}
    answered = {limit.code for limit in limits_of(request)} if kind is ClockKind.RESOLVE else set()
    for row in rows:
        is_legal = row.kind == ClockKind.LEGAL.value
        named = row.kind in wanted and (not is_legal or code in ("", row.code))
        if row.state in GOING and (named or (is_legal and row.code in answered)):
            row.state, row.met_at = ClockState.MET.value, now
    _follow(request, rows)


def pause(request: ServiceRequest, now: datetime) -> None:
    """We wait on the customer: what is left is kept; a clock that has run out stays late."""
    rows, work = clocks_of(request.id), work_time()
    for row in rows:
        if row.state != ClockState.RUNNING.value or not row.pauses:
            continue
        rest = rules.left(row.started_at, span_of(row), now, work, rests_of(row))
        row.state, row.paused_at, row.left_seconds = ClockState.PAUSED.value, now, max(0, rest)
        row.rests = [*(row.rests or []), [now.isoformat(), None]]
    _follow(request, rows)


def go_on(request: ServiceRequest, now: datetime) -> None:
    """The customer answered: what was left is put on from now."""
    rows = clocks_of(request.id)
    for row in rows:
        if row.state == ClockState.PAUSED.value:
            row.rests = [*row.rests[:-1], [row.rests[-1][0], now.isoformat()]]
            row.state, row.paused_at, row.left_seconds = ClockState.RUNNING.value, None, None
            _reckon(row)
    _follow(request, rows)


def stop(request: ServiceRequest, now: datetime) -> None:
    """Nobody waits any more: withdrawn, merged, rejected."""
    rows = clocks_of(request.id)
    for row in rows:
        if row.state in GOING:
            row.state = ClockState.CANCELLED.value
    _follow(request, rows)


def restart(request: ServiceRequest, now: datetime) -> list[RequestClock]:
    """Reopened: an answer and a solution are owed anew, from now."""
    rows = clocks_of(request.id)
    latest = max((row.round for row in rows), default=0)
    targets = targets_for(request.tier, request.severity)
    begun = [_begun(request, kind, targets[kind], now, latest + 1) for kind in REOPENED]
    db.session.add_all(begun)
    _follow(request, [*rows, *begun])
    return begun


def retarget(request: ServiceRequest, now: datetime) -> None:
    """Severity, tier or kind changed: the same beginning and rests, another amount; what was told may be told anew."""
    rows, work = clocks_of(request.id), work_time()
    targets = targets_for(request.tier, request.severity)
    for row in rows:
        target = targets.get(ClockKind(row.kind))
        if row.state not in GOING or target is None:
            continue
        row.amount, row.unit = target.span.amount, target.span.unit.value
        row.warn_percent = target.warn_percent
        if row.state == ClockState.PAUSED.value:
            row.left_seconds = max(
                0, rules.left(row.started_at, target.span, now, work, rests_of(row, now))
            )
        _reckon(row, now)
        _forget(row, now)
    rows += _limits_changed(request, rows)
    _follow(request, rows)


def add_deadline(
    request: ServiceRequest, code: str, due_at: datetime, now: datetime
) -> RequestClock:
    """A day of law or contract by which something must be done, named by `code`; again: the day is moved.

    It runs on while the customer is waited on, until `meet(request, LEGAL, now, code)` or `stop`.
    """
    rows = clocks_of(request.id)
    found = next((row for row in rows if row.code == code and row.state in GOING), None)
    minutes = max(1, int((due_at - now).total_seconds()) // 60)
    span = Span(minutes, TimeUnit.NATURAL_MINUTES)
    if found is None:
        latest = max((row.round for row in rows if row.code == code), default=0)
        found = _begun(request, ClockKind.LEGAL, Target(span), now, latest + 1)
        found.code, found.pauses = code, False
        db.session.add(found)
        rows.append(found)
    found.started_at, found.amount, found.unit = now, span.amount, span.unit.value
    _reckon(found)
    found.due_at = due_at
    _forget(found, now)
    _follow(request, rows)
    return found


def _begun(
    request: ServiceRequest, kind: ClockKind, target: Target, at: datetime, round_: int = 1
) -> RequestClock:
    row = RequestClock(
        customer_id=request.customer_id, request_id=request.id, kind=kind.value, code="",
        round=round_, state=ClockState.RUNNING.value, amount=target.span.amount,
        unit=target.span.unit.value, warn_percent=target.warn_percent, pauses=True, rests=[],
        started_at=at,
    )  # fmt: skip
    _reckon(row)
    return row


def _legal(request: ServiceRequest, limit: LegalDeadline) -> RequestClock:
    """By law the day of receipt does not count; counted to the minute it is over earlier, never later."""
    span = Span(limit.amount, TimeUnit(limit.unit))
    row = _begun(request, ClockKind.LEGAL, Target(span), request.received_at)
    row.code, row.pauses = limit.code, False
    return row


def _limits_changed(request: ServiceRequest, rows: list[RequestClock]) -> list[RequestClock]:
    """Another kind of request has other limits of law: new ones begin, and none is taken away."""
    known = {row.code for row in rows}
    begun = [_legal(request, limit) for limit in limits_of(request) if limit.code not in known]
    db.session.add_all(begun)
    return begun


def _reckon(row: RequestClock, now: datetime | None = None) -> None:
    found = rules.reckon(
        row.started_at, span_of(row), row.warn_percent, work_time(), rests_of(row, now)
    )
    row.warn_at, row.due_at = found.warn_at, found.due_at


def _forget(row: RequestClock, now: datetime) -> None:
    """What was told of another end is told again when it comes."""
    if row.warn_at is not None and row.warn_at > now:
        row.warned_at = None
    if row.due_at > now:
        row.breached_at = row.escalate_at = row.escalated_at = None


def _follow(request: ServiceRequest, rows: Iterable[RequestClock]) -> None:
    running = [row.due_at for row in rows if row.state == ClockState.RUNNING.value]
    request.next_due_at = min(running, default=None)


def span_of(row: RequestClock) -> Span:
    """A clock's amount in its unit."""
    return Span(row.amount, TimeUnit(row.unit))


def rests_of(row: RequestClock, now: datetime | None = None) -> list[Rest]:
    """The rests that are over; with `now`, the one that still lasts as if it ended now."""
    kept = ((datetime.fromisoformat(begin), until) for begin, until in row.rests or [])
    over = [(begin, datetime.fromisoformat(until) if until else now) for begin, until in kept]
    return [(begin, until) for begin, until in over if until is not None]
