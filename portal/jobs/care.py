"""Visits that plan themselves by the plan of each tier; each in a transaction of its own."""

from __future__ import annotations

from datetime import datetime

from portal.care.actions import plans
from portal.care.models import VisitTarget
from portal.care.queries.plans import care_settings, targets, wanted_now, wanting
from portal.db.base import db
from portal.db.work import unit_of_work
from portal.kernel.clock import business_day

MOST = 500
"""How many of each row of the plan are looked at in one run; the next run goes on."""


def plan_visits(now: datetime) -> str:
    """Plan what is due within the firm's horizon; a second run plans nothing twice."""
    made, today, horizon = 0, business_day(now), care_settings().horizon_days
    for target_id in [row.id for row in wanted_now(targets())]:
        target = db.session.get_one(VisitTarget, target_id)
        for wanted in wanting(target, today, horizon, MOST):
            with unit_of_work():
                row = db.session.get_one(VisitTarget, target_id)
                made += plans.plan_next(row, wanted, now) is not None
    return f"{made} visits planned"
