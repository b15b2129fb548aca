"""Potential, new, active, loyal, dormant, lost: each at its bound (DOMAIN K1)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal as D

import pytest

from portal.customers.rules.kinds import CustomerState as S
from portal.insights.rules.settings import InsightSettings
from portal.insights.rules.states import Standing, good_percent, limits, state_of, usual_interval

USUAL = InsightSettings()
ON = date(2026, 2, 28)


def ago(days: int) -> date:
    return ON - timedelta(days=days)


def state(first: int, last: int, **more: object) -> S:
    return state_of(Standing(ago(first), ago(last), **more), ON, USUAL)[0]  # type: ignore[arg-type]


def test_who_never_ordered_is_potential():
    assert state_of(Standing(None, None), ON, USUAL)[0] is S.POTENTIAL


@pytest.mark.parametrize(("days", "found"), [(0, S.NEW), (90, S.NEW), (91, S.ACTIVE)])
def test_the_first_order_makes_a_new_customer_for_90_days(days: int, found: S):
    assert state(days, 0) is found


@pytest.mark.parametrize(("orders", "found"), [(5, S.ACTIVE), (6, S.LOYAL)])
def test_loyal_is_who_orders_often_enough(orders: int, found: S):
    assert state(400, 3, orders=orders) is found


@pytest.mark.parametrize(("good", "found"), [(59, S.ACTIVE), (60, S.LOYAL), (None, S.LOYAL)])
def test_loyal_is_not_who_is_dissatisfied(good: int | None, found: S):
    assert state(400, 3, orders=12, good_percent=good) is found


@pytest.mark.parametrize(
    ("days", "found"), [(44, S.ACTIVE), (45, S.DORMANT), (89, S.DORMANT), (90, S.LOST)]
)
def test_without_an_order_a_customer_is_dormant_then_lost(days: int, found: S):
    assert state(400, days) is found


def test_who_orders_seldom_has_longer_limits_and_who_orders_daily_the_same():
    assert limits(D("40.0"), USUAL) == (80, 120) and limits(D("1.0"), USUAL) == (45, 90)
    assert limits(None, USUAL) == (45, 90)
    assert state(800, 100, usual_days=D("60.0")) is S.ACTIVE


def test_a_contract_that_ended_loses_the_customer_unless_it_ordered_since():
    assert state(400, 10, contract_over_on=ago(5)) is S.LOST
    assert state(400, 3, contract_over_on=ago(5)) is S.ACTIVE
    assert state(400, 3, contract_over_on=ON + timedelta(days=1)) is S.ACTIVE


def test_an_interval_is_usual_from_three_days_on():
    assert usual_interval(ago(30), ago(0), 4) == D("10.0")
    assert usual_interval(ago(30), ago(0), 2) is None and usual_interval(None, None, 9) is None


def test_satisfaction_speaks_from_three_answers_on():
    assert good_percent(2, 2) is None and good_percent(2, 3) == 66


def test_every_cause_can_be_read():
    told = state_of(Standing(ago(400), ago(50), usual_days=D("9.5")), ON, USUAL)[1]
    assert str(told) == "50 days without an order (limit 45; usual interval 9.5 days)."


def test_lost_is_never_sooner_than_dormant():
    tight = replace(USUAL, lost_intervals=1, dormant_intervals=9)
    dormant, lost = limits(D("30.0"), tight)
    assert dormant == lost == 270
