"""A request's clocks as pages show them: running with what is left, paused, met, late (macros/clocks.html)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from portal.kernel.text import Text, t
from portal.service_requests.actions.clocks import rests_of, span_of
from portal.service_requests.models.clocks import RequestClock
from portal.service_requests.models.requests import ServiceRequest
from portal.service_requests.queries.clocks import DeadlineName, clocks_of, deadline_names
from portal.service_requests.queries.work_calendar import work_time
from portal.service_requests.rules import clocks as rules
from portal.service_requests.rules.clock_kinds import CLOCK_WORDS, ClockKind, ClockState
from portal.service_requests.rules.clock_words import HOUR, in_words
from portal.service_requests.rules.work_hours import WorkTime
from portal.web.labels import Label

HIDDEN = frozenset({ClockKind.ACCEPT})
"""What is between us only; a customer sees when an answer and a solution are due."""


@dataclass(frozen=True, slots=True)
class ShownClock:
    """One clock: its name (in both languages for limits of law), state, end, and whether its year's days are known."""

    kind: ClockKind
    title: Text
    name: DeadlineName | None
    label: Label
    due_at: datetime | None
    met_at: datetime | None
    unsure: bool
    round: int


def shown_clocks(
    request: ServiceRequest, now: datetime, *, to_customer: bool = False
) -> list[ShownClock]:
    """Every clock of a request but those called off, the latest round first; a customer's are without ours alone."""
    work = work_time()
    rows = [row for row in clocks_of(request.id) if row.state != ClockState.CANCELLED.value]
    if to_customer:
        rows = [row for row in rows if ClockKind(row.kind) not in HIDDEN]
    names = deadline_names(row.code for row in rows if row.code)
    return [_shown(row, now, work, names.get(row.code)) for row in rows]


def due_label(next_due_at: datetime | None, now: datetime) -> Label | None:
    """The earliest end of a request for a row of a list, in time as it passes; None: no clock runs."""
    if next_due_at is None:
        return None
    seconds = int((next_due_at - now).total_seconds())
    time = in_words(seconds, rules.DAY)
    if seconds < 0:
        return Label(t("%(time)s late", time=time), "bad", "exclamation-octagon")
    left = t("%(time)s left", time=time)
    return (
        Label(left, "warn", "hourglass-split") if seconds < HOUR else Label(left, "info", "clock")
    )


def _shown(
    row: RequestClock, now: datetime, work: WorkTime, name: DeadlineName | None
) -> ShownClock:
    paused = row.state == ClockState.PAUSED.value and bool(row.left_seconds)
    unit = span_of(row).unit
    return ShownClock(
        kind=ClockKind(row.kind),
        title=CLOCK_WORDS[ClockKind(row.kind)],
        name=name,
        label=_label(row, now, work),
        due_at=None if paused else row.due_at,
        met_at=row.met_at,
        unsure=row.met_at is None and rules.unsure(row.started_at, row.due_at, unit, work.calendar),
        round=row.round,
    )


def _label(row: RequestClock, now: datetime, work: WorkTime) -> Label:
    span = span_of(row)
    is_work = span.unit in rules.WORKING
    day = work.hours.seconds if is_work else rules.DAY
    if row.state == ClockState.PAUSED.value and row.left_seconds:
        text = t("paused, %(time)s left", time=in_words(row.left_seconds, day))
        return Label(text, "neutral", "pause-circle")
    at = row.met_at or now
    if at > row.due_at:
        late = in_words(rules.passed(row.due_at, at, span.unit, work), day)
        if row.met_at:
            return Label(t("met %(time)s late", time=late), "warn", "check-circle")
        return Label(t("%(time)s late", time=late), "bad", "exclamation-octagon")
    if row.met_at:
        return Label(t("met in time"), "good", "check-circle")
    left = in_words(rules.left(row.started_at, span, now, work, rests_of(row)), day)
    text = t("%(time)s of work left", time=left) if is_work else t("%(time)s left", time=left)
    near = row.warn_at is not None and now >= row.warn_at
    return Label(text, "warn" if near else "info", "hourglass-split" if near else "clock")
