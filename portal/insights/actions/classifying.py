"""The monthly classification: gathered, then customers in batches of one transaction each (REQUIREMENTS K2, K3).

A run that died is taken up after its last batch and comes to the same result; one that is done again writes only what
became different.
"""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime

from sqlalchemy import Select, func, select

from portal.access.viewer import Viewer
from portal.billing.rules.states import RunState
from portal.customers.models import Customer
from portal.db import audit
from portal.db.base import db
from portal.db.turns import Turn, take_turn
from portal.documents.queries import firm_profile
from portal.insights.actions.class_rows import Batch, write_batch
from portal.insights.models import ClassificationRun, CustomerMonth
from portal.insights.queries.classes import run_of
from portal.insights.queries.portfolio import Whole, whole
from portal.insights.queries.tiers import bounds, insight_settings
from portal.insights.rules.abc import structure_shares
from portal.insights.rules.classifying import Rules
from portal.insights.rules.kinds import Stage
from portal.kernel.clock import business_day
from portal.kernel.errors import Invalid
from portal.kernel.text import t
from portal.receivables.rules.report_months import Months, moved

BATCH = 2_000
FRESH = 3
"""The newest months are gathered with every run; earlier ones once, unless somebody asks for all."""


def start(month: date, actor: Viewer, now: datetime) -> ClassificationRun:
    """Put the classification of a month in line, again where there was one. Invalid while the month is not over."""
    if Months(month, month).ends_on >= business_day(now):
        raise Invalid(t("This month is not over."), "month")
    take_turn(Turn.CLASSIFICATION)
    run = run_of(month)
    if run is not None and run.state in (RunState.WAITING, RunState.RUNNING):
        return run
    if run is None:
        run = ClassificationRun(month=month, rounds=0, created_at=now, rules={}, portfolio={})
        db.session.add(run)
    run.state, run.stage = RunState.WAITING.value, Stage.MONTHS.value
    run.rounds, run.done, run.total, run.last_customer_id = run.rounds + 1, 0, 0, 0
    run.counts, run.created_by, run.finished_at, run.heartbeat_at = {}, actor.user_id, None, now
    audit.record(actor, "classification_run.started", run, now, after={"month": month})
    return run


def claim(run_id: int, now: datetime) -> ClassificationRun | None:
    """Take a run whose lock the caller holds; None when there is nothing left to do."""
    run = row_of(run_id)
    if run.state not in (RunState.WAITING, RunState.RUNNING):
        return None
    run.state, run.heartbeat_at = RunState.RUNNING.value, now
    return run


def months_to_gather(run: ClassificationRun) -> list[date]:
    """The oldest first: the newest three, and those of the windows that nobody gathered yet. None in a later stage."""
    if run.stage != Stage.MONTHS:
        return []
    settings = insight_settings()
    span = max(settings.period_months, settings.loyal_months, 2 * settings.tier_months)
    first = moved(run.month, 1 - span)
    known = set(
        db.session.scalars(
            select(CustomerMonth.month)
            .where(CustomerMonth.month.between(first, run.month))
            .distinct()
        )
    )
    fresh = moved(run.month, 1 - FRESH)
    return [each for each in Months(first, run.month) if each >= fresh or each not in known]


def begin(run_id: int, now: datetime) -> Whole:
    """Fix what the run goes by, once; and work out the whole portfolio, which a run taken up finds as it was."""
    run = row_of(run_id)
    settings = insight_settings()
    if run.stage != Stage.MONTHS:
        rules = Rules.from_json(run.rules)
        return whole(rules.month, rules.on, rules.settings)
    on = Months(run.month, run.month).ends_on
    found = whole(run.month, on, settings)
    currency = firm_profile().currency or "CNY"
    rules = Rules(run.month, on, currency, settings, bounds(), found.portfolio, found.cuts)
    run.rules, run.stage, run.heartbeat_at = rules.to_json(), Stage.CUSTOMERS.value, now
    run.total = db.session.scalar(select(func.count()).select_from(_customers().subquery())) or 0
    run.portfolio = {
        "structure": [
            [each.structure.value, each.count, f"{each.percent:f}", f"{each.amount:f}",
             None if each.real_percent is None else f"{each.real_percent:f}"]
            for each in structure_shares(found.places, found.portfolio, settings)
        ],
    }  # fmt: skip
    return found


def classify_batch(run_id: int, found: Whole, actor: Viewer, now: datetime) -> bool:
    """Classify the next customers and count them with the run, in the caller's transaction; False: none were left."""
    run = row_of(run_id)
    wanted = _customers().where(Customer.id > run.last_customer_id).order_by(Customer.id)
    ids = list(db.session.scalars(wanted.limit(BATCH)))
    if not ids:
        return False
    batch = Batch(run.last_customer_id, ids[-1])
    counted = Counter(run.counts or {})
    counted.update(write_batch(run, batch, found, actor, now))
    run.counts = dict(counted)
    run.done, run.last_customer_id, run.heartbeat_at = run.done + len(ids), ids[-1], now
    db.session.flush()
    return True


def finish(run_id: int, actor: Viewer, now: datetime) -> ClassificationRun:
    """The run went through all customers."""
    run = row_of(run_id)
    run.state, run.finished_at = RunState.DONE.value, now
    audit.record(actor, "classification_run.done", run, now, after=dict(run.counts))
    return run


def stop(run_id: int, now: datetime) -> None:
    """The run met something that nobody foresaw; it may be put in line again."""
    run = row_of(run_id)
    run.state, run.finished_at = RunState.FAILED.value, now


def go_on(run: ClassificationRun, held: bool, now: datetime) -> None:
    """Take up a run that stopped, where it stopped. `held`: a living process has it."""
    if run.state == RunState.DONE or (run.state == RunState.RUNNING and held):
        return
    run.state, run.finished_at, run.heartbeat_at = RunState.WAITING.value, None, now


def how_far(run_id: int) -> tuple[int, int]:
    """Customers done, of how many."""
    run = row_of(run_id)
    return run.done, run.total


def row_of(run_id: int) -> ClassificationRun:
    """The run as it stands now."""
    return db.session.get_one(ClassificationRun, run_id, populate_existing=True)


def _customers() -> Select[int]:
    return select(Customer.id).where(Customer.merged_into_id.is_(None))
