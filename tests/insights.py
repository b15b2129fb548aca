"""Months, cards and runs for tests: facts of months are written straight, everything after by the same actions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select

from portal.access.viewer import SYSTEM
from portal.customers.models import Customer
from portal.db.base import db
from portal.insights.actions import classifying, overriding, seeding
from portal.insights.models import Classification, ClassificationRun, CustomerMonth, TierService
from portal.insights.queries.classes import latest_of
from portal.insights.rules.kinds import Aspect
from portal.jobs import classes as job
from portal.receivables.rules.report_months import moved
from tests.cast import Cast, viewer
from tests.factories import add

D = Decimal
FEBRUARY = date(2026, 2, 1)


def a_month(
    customer: Customer, net: str = "0", month: date = FEBRUARY, **facts: Any
) -> CustomerMonth:
    """The facts of one month: so much net revenue, one order on its tenth day unless said otherwise."""
    day = month.replace(day=10)
    ordered = {"order_count": 1, "order_days": 1, "first_order_on": day, "last_order_on": day}
    values = {"net_amount": D(net), "currency": "CNY", **ordered, **facts}
    return add(CustomerMonth(customer_id=customer.id, month=month, **values))


def months_of(customer: Customer, nets: Sequence[str], last: date = FEBRUARY) -> None:
    """Facts of as many months, the newest first."""
    for back, net in enumerate(nets):
        a_month(customer, net, moved(last, -back))


def classified_in(month: date, now: datetime) -> ClassificationRun:
    """The month's run, from its months as they are: nothing is gathered."""
    run = classifying.start(month, SYSTEM, now)
    db.session.flush()
    classifying.claim(run.id, now)
    found = classifying.begin(run.id, now)
    while classifying.classify_batch(run.id, found, SYSTEM, now):
        pass
    return classifying.finish(run.id, SYSTEM, now)


def run_whole(month: date, now: datetime) -> ClassificationRun:
    """The month's run as the job does it, the months gathered from the books; committed."""
    run_id = classifying.start(month, SYSTEM, now).id
    db.session.commit()
    job.work(run_id)
    return classifying.row_of(run_id)


def row_of(customer: Customer) -> Classification:
    """What the newest run found."""
    db.session.expire_all()
    found = latest_of(customer.id)
    assert found is not None
    return found


def seeded(now: datetime) -> None:
    """The five tier cards."""
    seeding.seed(SYSTEM, now)
    db.session.commit()


def class_ids(cast: Cast, now: datetime) -> dict[str, int]:
    """Arguments of addresses of tiers and classes → the ids of rows, of Harbour Foods where they are a customer's."""
    seeding.seed(SYSTEM, now)
    a_month(cast.harbour, "12000")
    run = classified_in(FEBRUARY, now)
    until = now.date().replace(day=28)
    row = overriding.override(
        cast.harbour, Aspect.STATE, "loyal", "老客户", until, viewer(cast.sales_manager), now
    )
    return {
        "override_id": row.id,
        "service_id": db.session.scalar(select(func.min(TierService.id))) or 0,
        "tiers.run_id": run.id,
    }
