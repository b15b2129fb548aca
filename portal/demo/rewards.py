"""The demo's points for settled bills, and the commission of those who sold."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from functools import partial

from portal.access.permissions import Role
from portal.commissions.actions import plans, runs
from portal.commissions.actions.plans import NewPlan
from portal.commissions.models import CommissionRun
from portal.commissions.rules.plans import Band
from portal.customers.rules.kinds import Segment
from portal.db.base import db
from portal.demo.stage import Stage
from portal.kernel.clock import business_day
from portal.loyalty.actions import adjusting, earning, redeeming
from portal.loyalty.actions.adjusting import RuleFacts

D = Decimal
FINANCE, LEAD = "qian.wei", "he.jing"
RULE_FROM = -240
PLAN_FROM = -4
"""Months from this one."""
BANDS = (Band(D(0), D(3)), Band(D(20_000), D(5)), Band(D(60_000), D(8)))


def tell_rewards(stage: Stage) -> None:
    """The rules first; then points month by month, what was redeemed, and two months of commission."""
    days = stage.timeline
    days.add(days.day(RULE_FROM), "09:10", partial(_rule, stage))
    for later in range(RULE_FROM // 30, 1):
        for on in (10, 25):
            day = days.month(later).replace(day=on)
            if day < days.today:
                days.add(day, "23:00", _settle)
    days.add(days.today, "04:00", _settle)
    days.add(days.day(-50), "14:20", partial(_bonus, stage))
    days.add(days.day(-6), "09:35", partial(_redeem, stage))
    days.add(days.month(PLAN_FROM), "10:40", partial(_plan, stage))
    days.add(days.month(-1).replace(day=5), "10:00", partial(_first_run, stage))
    days.add(days.month(0).replace(day=5), "10:00", partial(_last_run, stage))


def _rule(stage: Stage, at: datetime) -> None:
    factors = {Segment.VIP.value: D("1.5"), Segment.PROJECT.value: D(2)}
    facts = RuleFacts(business_day(at), D(100), D(1), factors=factors)
    adjusting.set_rule(facts, stage.people[FINANCE], at)


def _settle(at: datetime) -> None:
    """What the job does with the bills that were paid."""
    for bill_id in earning.to_earn():
        earning.earn(bill_id, at)
        db.session.flush()


def _bonus(stage: Stage, at: datetime) -> None:
    reason = "推荐瑞朗智能成为新客户"
    adjusting.reward(stage.customer("JINGHE"), 300, reason, stage.people[FINANCE], at)


def _redeem(stage: Stage, at: datetime) -> None:
    """Harbour Foods takes a part of its points off the next bill."""
    redeeming.redeem(stage.customer("HARBOUR"), 600, stage.people["lin"], at)


def _plan(stage: Stage, at: datetime) -> None:
    new = NewPlan(stage.timeline.month(PLAN_FROM), BANDS, role=Role.SALES, note="毛利分档提成")
    plans.make(new, stage.people[FINANCE], at)


def _first_run(stage: Stage, at: datetime) -> None:
    """The month before last: worked out by one, approved by another, paid."""
    finance = stage.people[FINANCE]
    run: CommissionRun = runs.start(stage.timeline.month(-2), finance, at)
    runs.approve(run, stage.people[LEAD], at)
    runs.pay(run, business_day(at), f"工资批次 {business_day(at):%Y%m}", finance, at)


def _last_run(stage: Stage, at: datetime) -> None:
    runs.start(stage.timeline.month(-1), stage.people[FINANCE], at)
