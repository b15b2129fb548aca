"""The monthly run: worked out, worked out again, discarded, approved by somebody else, paid out."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import delete, func, select

from portal.access.permissions import Permission
from portal.access.viewer import Viewer
from portal.catalogue.queries.rates import rates_between
from portal.catalogue.rules.exchange import ExchangeRate, find_rate
from portal.commissions.models import CommissionLine, CommissionRun, CommissionTake
from portal.commissions.queries import payments as queries
from portal.commissions.rules.lines import Earned, Payment, decided, earned
from portal.commissions.rules.plans import Plan, in_force
from portal.commissions.rules.states import RUNS, RunState, RunStep
from portal.db import audit
from portal.db.base import db
from portal.db.turns import Turn, take_turn
from portal.documents.queries import firm_profile
from portal.kernel.clock import business_day
from portal.kernel.errors import Forbidden, Invalid, NotAllowedNow
from portal.kernel.text import t
from portal.receivables.rules.report_months import Months

SERIES = "CM"
"""Before the month: a run is called by its month, so a draft that is discarded leaves no gap."""


def start(month: date, actor: Viewer, now: datetime) -> CommissionRun:
    """Work out the commission of a month that has ended: everything paid until its end that no run has counted.

    Invalid at `month` where it has not ended, is done, or a later one is; where no plan has begun; where a rate of
    exchange is missing. NotAllowedNow while another draft waits.
    """
    _check_right(actor, Permission.COMMISSION_EDIT)
    take_turn(Turn.MONEY)
    month = month.replace(day=1)
    _check_month(month, now)
    run = CommissionRun(
        number=f"{SERIES}-{month:%Y-%m}", month=month, currency=firm_profile().currency or "CNY",
        made_by=actor.user_id, made_at=now, created_at=now, updated_at=now,
    )  # fmt: skip
    db.session.add(run)
    db.session.flush()
    _work_out(run)
    audit.record(actor, "commission_run.made", run, now, after=_sums(run))
    return run


def rebuild(run: CommissionRun, actor: Viewer, now: datetime) -> CommissionRun:
    """Work a draft out again: payments, owners, costs and plans as they are now."""
    _check_right(actor, Permission.COMMISSION_EDIT)
    take_turn(Turn.MONEY)
    _step(run, RunStep.REBUILD, now)
    before = _sums(run)
    _clear(run)
    run.made_by, run.made_at = actor.user_id, now
    _work_out(run)
    if _sums(run) != before:
        audit.record(actor, "commission_run.rebuilt", run, now, before=before, after=_sums(run))
    return run


def discard(run: CommissionRun, actor: Viewer, now: datetime) -> None:
    """Throw a draft away; its payments are free again. NotAllowedNow once it is approved."""
    _check_right(actor, Permission.COMMISSION_EDIT)
    take_turn(Turn.MONEY)
    _step(run, RunStep.REBUILD, now)
    audit.record(actor, "commission_run.discarded", run, now, before=_sums(run))
    _clear(run)
    db.session.delete(run)
    db.session.flush()


def approve(run: CommissionRun, actor: Viewer, now: datetime) -> None:
    """Freeze it; never by who worked it out."""
    _check_right(actor, Permission.COMMISSION_APPROVE)
    if actor.user_id is not None and actor.user_id == run.made_by:
        raise Forbidden(t("Somebody else than who worked it out approves it."))
    _step(run, RunStep.APPROVE, now)
    run.approved_by, run.approved_at, run.content_hash = actor.user_id, now, content_hash(run)
    db.session.flush()
    audit.record(actor, "commission_run.approved", run, now, after={"hash": run.content_hash})


def pay(run: CommissionRun, on: date, reference: str, actor: Viewer, now: datetime) -> None:
    """Note that it was paid out; Invalid for a day to come or one before it was approved."""
    _check_right(actor, Permission.COMMISSION_EDIT)
    if on > business_day(now):
        raise Invalid(t("This day has not come yet."), "paid_on")
    if run.approved_at is not None and on < business_day(run.approved_at):
        raise Invalid(t("It was approved later than that day."), "paid_on")
    _step(run, RunStep.PAY, now)
    run.paid_on, run.payment_reference = on, reference.strip()[:80]
    db.session.flush()
    audit.record(
        actor, "commission_run.paid", run, now, after={"on": f"{on}", "reference": run.payment_reference}
    )  # fmt: skip


def content_hash(run: CommissionRun) -> str:
    """SHA-256 over the lines, so that anybody can check that an approved run is as it was."""
    wanted = (
        CommissionLine.owner_id, CommissionLine.take_id, CommissionLine.base_amount, CommissionLine.percent,
        CommissionLine.commission_amount,
    )  # fmt: skip
    rows = db.session.execute(
        select(*wanted).where(CommissionLine.run_id == run.id).order_by(CommissionLine.id)
    )
    text = json.dumps([[str(value) for value in row] for row in rows], separators=(",", ":"))
    return hashlib.sha256(f"{run.number}{text}".encode()).hexdigest()


def _work_out(run: CommissionRun) -> None:
    known = queries.plans()
    if not known:
        raise Invalid(t("There is no commission plan yet. Make one first."), "month")
    since, until = min(each.starts_on for each in known), Months(run.month, run.month).ends_on
    found = queries.uncounted(since, until)
    lines = earned(
        found, queries.wholes(since, until), queries.counted_before(since, until), queries.given_for(found),
        _rates_into(run.currency), run.currency,
    )  # fmt: skip
    _store(run, found, decided(lines, _plan_of(known, lines, until), run.currency))


def _plan_of(
    known: Sequence[Plan], lines: Sequence[Earned], on: date
) -> Callable[[int], Plan | None]:
    roles = queries.roles_of({each.owner_id for each in lines})
    return lambda owner_id: in_force(known, owner_id, roles.get(owner_id, ()), on)


def _rates_into(into: str) -> Callable[[str, date], ExchangeRate | None]:
    known: dict[str, list[ExchangeRate]] = {}

    def rate_of(currency: str, on: date) -> ExchangeRate | None:
        if currency == into:
            return None
        if currency not in known:
            known[currency] = rates_between(currency, into)
        return find_rate(known[currency], currency, into, on)

    return rate_of


def _store(run: CommissionRun, payments: Sequence[Payment], lines: Sequence[Earned]) -> None:
    takes = {
        each.allocation_id: CommissionTake(
            run_id=run.id, allocation_id=each.allocation_id, customer_id=each.customer_id,
            statement_id=each.statement_id, on=each.on, amount=each.amount,
        )
        for each in payments
    }  # fmt: skip
    db.session.add_all(takes.values())
    db.session.flush()
    db.session.add_all(_row(run, takes[each.payment.allocation_id], each) for each in lines)
    run.line_count = len(lines)
    run.base_amount = sum((each.base for each in lines), Decimal(0))
    run.commission_amount = sum((each.commission for each in lines), Decimal(0))
    db.session.flush()


def _row(run: CommissionRun, take: CommissionTake, line: Earned) -> CommissionLine:
    part = line.part
    return CommissionLine(
        run_id=run.id, take_id=take.id, customer_id=take.customer_id, owner_id=line.owner_id or None,
        statement_id=take.statement_id, plan_id=line.plan_id, reverses_id=line.reverses_line_id, on=take.on,
        currency=line.currency, whole_amount=line.whole, before_amount=line.before, paid_amount=part.gross,
        net_amount=part.net, known_net=part.known_net, cost_amount=part.cost, rate=line.rate,
        base_amount=line.base, percent=line.percent or Decimal(0), commission_amount=line.commission,
    )  # fmt: skip


def _clear(run: CommissionRun) -> None:
    for model in (CommissionLine, CommissionTake):
        db.session.execute(delete(model).where(model.run_id == run.id))
    db.session.flush()


def _step(run: CommissionRun, step: RunStep, now: datetime) -> None:
    db.session.refresh(run, with_for_update=True)
    run.state = RUNS.next(RunState(run.state), step).value
    run.updated_at = now


def _check_month(month: date, now: datetime) -> None:
    if Months(month, month).ends_on >= business_day(now):
        raise Invalid(t("This month has not ended yet."), "month")
    if db.session.scalar(
        select(func.count(CommissionRun.id)).where(CommissionRun.state == RunState.DRAFT.value)
    ):
        raise NotAllowedNow(
            t("Another month's draft waits to be approved. Finish or discard it first.")
        )
    last = db.session.scalar(select(func.max(CommissionRun.month)))
    if last is not None and month <= last:
        raise Invalid(t("The commission of %(month)s is done.", month=f"{last:%Y-%m}"), "month")


def _check_right(actor: Viewer, permission: Permission) -> None:
    if not actor.may(permission):
        raise Forbidden()


def _sums(run: CommissionRun) -> dict[str, object]:
    return {
        "month": f"{run.month:%Y-%m}",
        "lines": run.line_count,
        "margin": f"{run.base_amount:f}",
        "commission": f"{run.commission_amount:f}",
    }
