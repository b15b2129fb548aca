"""Standings worked out by the clock, and what a rating is proposed from."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

from sqlalchemy import select

from portal.access.viewer import SYSTEM
from portal.billing.actions import owing
from portal.customers.models import CreditStanding
from portal.db.base import db
from portal.db.work import unit_of_work
from portal.jobs import receivables as job
from portal.kernel import clock
from portal.receivables.actions import allocating, collecting, dunning, standing
from portal.receivables.models import HoldLift
from portal.receivables.queries.credit import lifts, pending, standings, terms
from portal.receivables.queries.rating import rating_facts
from portal.receivables.rules.rating import rated
from tests.cast import Cast, viewer
from tests.factories import exchange
from tests.money import owed, received
from tests.money import terms as agreed

D = Decimal
TODAY = date(2026, 3, 2)
HOUR = timedelta(hours=1)


def days_ago(days: int) -> date:
    return TODAY - timedelta(days=days)


def test_everybody_who_owes_is_worked_out_once_a_day_and_after_every_posting(
    cast: Cast, now: datetime
) -> None:
    row = owed(cast.harbour, "100", days_ago(16), now)
    db.session.commit()
    assert job.work_out_standings(now) == "1 worked out, 0 in part"
    assert job.work_out_standings(now + HOUR) == "0 worked out, 0 in part"
    with unit_of_work():
        owing.write_off(row, D(1), "rounding", SYSTEM, now + HOUR)
    assert job.work_out_standings(now + 2 * HOUR) == "1 worked out, 0 in part"
    assert job.work_out_standings(now + 30 * HOUR) == "1 worked out, 0 in part"
    found = db.session.scalars(select(CreditStanding)).one()
    assert (found.overdue_amount, found.hold_reason) == (99, "overdue")


def test_a_customer_whose_rate_is_missing_keeps_nobody_else_from_being_worked_out(
    cast: Cast, now: datetime
) -> None:
    owed(cast.harbour, "100", TODAY, now, currency="USD")
    owed(cast.nordwind, "100", TODAY, now)
    db.session.commit()
    assert job.work_out_standings(now) == "1 worked out, 1 in part"
    exchange("USD", "7.1", TODAY)
    db.session.commit()
    assert job.work_out_standings(now + HOUR) == "1 worked out, 0 in part"


def test_standings_and_terms_are_seen_by_those_who_may(cast: Cast, now: datetime) -> None:
    agreed(cast.harbour, credit_limit=D(1))
    for who in (cast.harbour, cast.nordwind):
        owed(who, "100", TODAY, now)
        standing.work_out(who.id, now)
    count = [len(list(db.session.scalars(standings(each)))) for each in (SYSTEM, viewer(cast.lin))]
    assert (count, terms(cast.harbour.id, viewer(cast.erik))) == ([2, 1], None)
    assert list(db.session.scalars(pending(lifts(SYSTEM), HoldLift))) == []


def test_a_rating_looks_at_twelve_months_of_the_books(cast: Cast, now: datetime) -> None:
    agreed(cast.harbour, credit_limit=D(1000))
    late = owed(cast.harbour, "600", days_ago(100), now, issued_on=date(2025, 11, 10))
    owed(cast.harbour, "300", date(2026, 1, 20), now, issued_on=date(2026, 1, 5))
    paid = received(cast.harbour, "600", now, received_on=days_ago(90))
    allocating.allocate(paid, None, days_ago(90), SYSTEM, now)
    standing.work_out(cast.harbour.id, now)
    found = rating_facts(cast.harbour.id, "CNY", TODAY, SYSTEM)
    assert late.settled_on == days_ago(90)
    assert found.late_days == ((600 * D(10) + 300 * D(41)) / 900).quantize(D("0.1"))
    assert (found.months, found.broken_promises, found.lost_percent) == (3, 0, 0)
    assert (found.peak_percent, found.mean_month) == (60, 100)
    assert rated(found).rating == "C"


def test_a_promise_that_was_not_kept_is_a_broken_one(cast: Cast, now: datetime) -> None:
    dunning.seed_steps(SYSTEM, now)
    owed(cast.harbour, "100", days_ago(8), now)
    (call,) = dunning.remind(cast.harbour.id, "CNY", now)
    collecting.log_call(call, "tomorrow", days_ago(-1), SYSTEM, now)
    later = now + timedelta(days=2)
    with clock.frozen(later):
        assert rating_facts(cast.harbour.id, "CNY", days_ago(-2), SYSTEM).broken_promises == 1
        receipt = received(cast.harbour, "100", later, received_on=days_ago(-1))
        allocating.allocate(receipt, None, days_ago(-1), SYSTEM, later)
        assert rating_facts(cast.harbour.id, "CNY", days_ago(-2), SYSTEM).broken_promises == 0
