"""A billing run 出账批次: every settlement party of a period, one transaction each, taken up where it stopped."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from portal.access.viewer import SYSTEM, Viewer
from portal.billing.actions.drafting import Drafted, Outcome
from portal.billing.models import StatementRun
from portal.billing.queries.parties import parties, party_for
from portal.billing.rules.billing_periods import check_period
from portal.billing.rules.states import RunState
from portal.db import audit
from portal.db.base import db
from portal.kernel.clock import business_day
from portal.kernel.errors import PortalError
from portal.kernel.period import Period

EMPTY = "empty"
FAILED = "failed"
LINES = "lines"
LAST_PARTY = "last_party"
"""In `counts`: up to which party (they go in the order of their ids) the run is done."""


@dataclass(frozen=True, slots=True)
class Work:
    """What is left of a run."""

    run_id: int
    period: Period
    parties: tuple[int, ...]


def start(
    first: date, last: date, actor: Viewer, now: datetime, only: int | None = None
) -> StatementRun:
    """Put a run over a period in line, for every party that settles by such periods, or for one only.

    `only`: a customer, or a branch whose group is then billed. Invalid when the period is not over.
    """
    period = check_period(first, last, business_day(now))
    row = StatementRun(
        starts_on=period.start_on,
        ends_on=last,
        only_customer_id=only,
        state=RunState.WAITING.value,
        created_by=actor.user_id,
        created_at=now,
        counts={},
        problems=[],
    )
    db.session.add(row)
    after: dict[str, Any] = {"starts_on": first, "ends_on": last}
    audit.record(actor, "statement_run.started", row, now, after={**after, "only": only})
    return row


def period_of(run: StatementRun) -> Period:
    """The period that a run bills."""
    return Period(run.starts_on, run.ends_on)


def claim(run_id: int, now: datetime) -> Work | None:
    """Take a run whose lock the caller holds; None when there is nothing left to do.

    One that is marked as running belonged to a process that is gone: what it committed is done and stays.
    """
    run = row_of(run_id)
    if run.state not in (RunState.WAITING, RunState.RUNNING):
        return None
    period = period_of(run)
    only = run.only_customer_id
    wanted = [party_for(only, SYSTEM)] if only else parties(period, SYSTEM)
    after = (run.counts or {}).get(LAST_PARTY, 0)
    left = tuple(each for each in wanted if each > after)
    run.state, run.heartbeat_at = RunState.RUNNING.value, now
    run.total = run.done + len(left)
    db.session.flush()
    return Work(run.id, period, left)


def note_party(run_id: int, party_id: int, drafted: list[Drafted], now: datetime) -> None:
    """Count a party's drafts with the run, in the transaction that wrote them."""
    outcomes: dict[str, int] = {LINES: sum(each.lines for each in drafted if _counts(each))}
    for each in drafted:
        outcomes[each.outcome.value] = outcomes.get(each.outcome.value, 0) + 1
    if not drafted:
        outcomes[EMPTY] = 1
    _step(row_of(run_id), party_id, outcomes, now)


def note_problem(run_id: int, party_id: int, problem: PortalError, now: datetime) -> None:
    """Keep why a party could not be billed; it has no draft of this run then."""
    run = row_of(run_id)
    run.problems = [*run.problems, [party_id, problem.text.to_json()]]
    _step(run, party_id, {FAILED: 1}, now)


def finish(run_id: int, actor: Viewer, now: datetime) -> None:
    """The run went through every party."""
    run = row_of(run_id)
    run.state, run.finished_at = RunState.DONE.value, now
    audit.record(actor, "statement_run.done", run, now, after=dict(run.counts))


def stop(run_id: int, now: datetime) -> None:
    """The run met something that nobody foresaw; it may be put in line again."""
    run = row_of(run_id)
    run.state, run.finished_at = RunState.FAILED.value, now


def start_again(run: StatementRun, held: bool, now: datetime) -> None:
    """Put a run that stopped in line again; what it did is not done twice. `held`: a living process has it."""
    if run.state == RunState.DONE or (run.state == RunState.RUNNING and held):
        return
    run.state, run.finished_at, run.heartbeat_at = RunState.WAITING.value, None, now
    db.session.flush()


def row_of(run_id: int) -> StatementRun:
    """The run as it stands now."""
    return db.session.get_one(StatementRun, run_id, populate_existing=True)


def _counts(each: Drafted) -> bool:
    return each.outcome is not Outcome.WAITING


def _step(run: StatementRun, party_id: int, more: Mapping[str, int], now: datetime) -> None:
    counts = dict(run.counts or {})
    for name, number in more.items():
        counts[name] = counts.get(name, 0) + number
    counts[LAST_PARTY] = party_id
    run.counts, run.done, run.heartbeat_at = counts, run.done + 1, now
    db.session.flush()
