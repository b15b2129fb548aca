"""What is set by hand wins until its last day; then what the run found counts again (DOMAIN K1)."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select

from portal.access.viewer import SYSTEM
from portal.customers.models import Customer
from portal.db.audit import AuditEntry
from portal.db.base import db
from portal.insights.actions import overriding
from portal.insights.models import ClassOverride
from portal.insights.rules.kinds import Aspect
from portal.kernel.errors import InvalidMany, NotAllowedNow
from tests.cast import Cast, viewer
from tests.insights import FEBRUARY, classified_in, months_of

UNTIL = date(2026, 3, 20)
DAY = timedelta(days=1)


def by_hand(whom: Customer, now: datetime, value: str = "vip", **more: object) -> ClassOverride:
    values = {"reason": "战略客户", "until_on": UNTIL, "aspect": Aspect.TIER, **more}
    return overriding.override(
        whom, values["aspect"], value, values["reason"], values["until_on"], SYSTEM, now
    )


def test_it_wins_over_the_run_until_its_end(cast: Cast, now: datetime):
    by_hand(cast.harbour, now)
    months_of(cast.harbour, ["400"] * 3)
    classified_in(FEBRUARY, now)
    assert (cast.harbour.segment, cast.harbour.abc) == ("vip", "A")
    assert overriding.end_due(now.replace(day=20)) == 0
    assert overriding.end_due(now.replace(day=21)) == 1
    assert cast.harbour.segment == "ordinary" and overriding.end_due(now.replace(day=21)) == 0


def test_without_a_run_what_was_before_comes_back(cast: Cast, now: datetime):
    row = by_hand(cast.harbour, now, "lost", aspect=Aspect.STATE)
    assert cast.harbour.state == "lost"
    overriding.end(row, "又下单了", viewer(cast.sales_manager), now)
    assert cast.harbour.state == "potential" and row.end_reason == "又下单了"
    with pytest.raises(NotAllowedNow):
        overriding.end(row, "再来一次", SYSTEM, now)


def test_a_second_one_ends_the_first_and_keeps_what_was_before_it(cast: Cast, now: datetime):
    first = by_hand(cast.harbour, now)
    second = by_hand(cast.harbour, now, "project")
    assert first.ended_at == now and second.before == "ordinary"
    assert cast.harbour.segment == "project"
    overriding.end(second, "结束", SYSTEM, now)
    assert cast.harbour.segment == "ordinary"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"reason": " "}, "reason"), ({"value": "gold"}, "value"), ({"until_on": date(2026, 3, 1)}, "until_on"),
        ({"until_on": date(2029, 3, 1)}, "until_on"),
    ],
)  # fmt: skip
def test_it_needs_a_value_a_reason_and_a_last_day(
    cast: Cast, now: datetime, change: dict[str, object], field: str
):
    with pytest.raises(InvalidMany) as refused:
        by_hand(cast.harbour, now, **change)  # type: ignore[arg-type]
    assert set(refused.value.errors) == {field}


def test_both_steps_are_told_in_the_customers_history(cast: Cast, now: datetime):
    by_hand(cast.harbour, now)
    overriding.end_due(now + 30 * DAY)
    told = select(AuditEntry.event, AuditEntry.reason).where(
        AuditEntry.event.in_(("customer.overridden", "customer.override_ended"))
    )
    assert db.session.execute(told.order_by(AuditEntry.id)).all() == [
        ("customer.overridden", "战略客户"),
        ("customer.override_ended", None),
    ]
