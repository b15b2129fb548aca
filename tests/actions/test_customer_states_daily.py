"""The state of each customer is that of the day: what became different is written, dated and told why (DOMAIN K1)."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import func, select

from portal.access.viewer import SYSTEM
from portal.customers.models import Customer
from portal.customers.views.words import details_of
from portal.db.audit import AuditEntry
from portal.db.base import db
from portal.insights.actions import overriding
from portal.insights.actions.states import states_on
from portal.insights.queries.class_facts import Batch
from portal.insights.rules.kinds import Aspect
from portal.jobs import classes as job
from tests.cast import Cast
from tests.insights import FEBRUARY, a_month, classified_in, months_of
from tests.insights_boards import carried

DAY = timedelta(days=1)


def today_of(customer: Customer, now: datetime) -> str:
    job.daily(now)
    db.session.expire_all()
    return str(customer.state)


def entries() -> int:
    wanted = select(func.count()).where(AuditEntry.event == "customer.classified")
    return db.session.scalar(wanted) or 0


def test_time_alone_makes_a_customer_dormant_then_lost_without_a_run(cast: Cast, now: datetime):
    a_month(cast.harbour, "500", last_order_on=date(2026, 2, 20), first_order_on=date(2025, 1, 5))
    db.session.commit()
    seen = [today_of(cast.harbour, now + DAY * days) for days in (0, 34, 35, 79, 80)]
    assert seen == ["active", "active", "dormant", "dormant", "lost"]
    assert entries() == 3


def test_the_first_order_of_the_day_makes_a_customer_new_and_says_why(cast: Cast, now: datetime):
    assert today_of(cast.harbour, now) == "potential"
    carried(cast.harbour, now.date(), created_at=now)
    db.session.commit()
    assert today_of(cast.harbour, now) == "new"
    entry = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(1)).one()
    assert entry.after["on"] == "2026-03-02"
    assert entry.after["why"]["msgid"].startswith("First order on")
    assert "2026-03-02" in details_of("customer", entry.before, entry.after)


def test_the_same_day_again_writes_nothing(cast: Cast, now: datetime):
    months_of(cast.harbour, ["500"] * 12)
    db.session.commit()
    assert job.daily(now) == "1 states changed" and job.daily(now) == "0 states changed"


def test_what_is_set_by_hand_stays_and_who_never_ordered_keeps_what_it_has(
    cast: Cast, now: datetime
):
    months_of(cast.harbour, ["500"] * 12)
    cast.nordwind.state = "lost"
    until = now.date() + DAY * 30
    overriding.override(cast.harbour, Aspect.STATE, "dormant", "停产", until, SYSTEM, now)
    db.session.commit()
    assert (today_of(cast.harbour, now), today_of(cast.nordwind, now)) == ("dormant", "lost")


def test_a_run_of_a_month_that_is_long_over_brings_the_state_of_today(cast: Cast, now: datetime):
    a_month(cast.harbour, "500", last_order_on=date(2026, 2, 20), first_order_on=date(2025, 1, 5))
    classified_in(FEBRUARY, now + DAY * 40)
    assert cast.harbour.state == "dormant"
    db.session.commit()
    assert job.daily(now + DAY * 40) == "0 states changed"


def test_orders_since_the_last_gathered_month_count_for_loyalty(cast: Cast, now: datetime):
    months_of(cast.harbour, ["500"] * 5)
    whole = Batch(cast.harbour.id - 1, cast.harbour.id)
    before = states_on(whole, now.date())[cast.harbour.id][0]
    carried(cast.harbour, now.date(), created_at=now)
    assert before.value == "active"
    assert states_on(whole, now.date())[cast.harbour.id][0].value == "loyal"
