"""Which reminder is due for whom (DOMAIN R10, section 17)."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.receivables.rules.dunning import (
    FIRST_STEPS,
    Due,
    Taken,
    holds_from,
    reminders,
)
from portal.receivables.rules.kinds import Channel

D = Decimal
DUE = date(2026, 3, 2)
STEPS = [each.step for each in FIRST_STEPS]


def due(receivable_id: int = 1, *, late: int = 0, **more) -> Due:
    return Due(receivable_id, f"ST-{receivable_id}", DUE - timedelta(days=late), D(100), **more)


def days(*items: Due, taken: tuple[Taken, ...] = (), today: date = DUE) -> list[int]:
    return [each.step.day for each in reminders(STEPS, items, taken, today)]


@pytest.mark.parametrize(
    ("late", "step"),
    [(-4, []), (-3, [-3]), (0, [-3]), (1, [1]), (6, [1]), (7, [7]), (15, [15]), (30, [30]), (60, [60]), (400, [60])],
)  # fmt: skip
def test_the_last_step_whose_day_has_come_is_due(late, step):
    assert days(due(late=late)) == step


def test_a_step_is_taken_once():
    assert days(due(late=8), taken=(Taken(7, frozenset({1})),)) == []
    assert days(due(late=8), taken=(Taken(1, frozenset({1})),)) == [7]
    assert days(due(late=8), taken=(Taken(7, frozenset({2})),)) == [7]


def test_steps_that_nobody_took_in_time_are_not_made_up_for():
    assert days(due(late=20), taken=(Taken(-3, frozenset({1})),)) == [15]


def test_what_is_disputed_is_not_dunned():
    assert days(due(late=8, disputed_amount=D(100))) == []
    (reminder,) = reminders(STEPS, [due(late=8, disputed_amount=D(30))], [], DUE)
    assert reminder.amount == 70


def test_a_promise_stops_it_until_its_day_has_passed():
    assert days(due(late=8, promised_on=DUE)) == []
    assert days(due(late=8, promised_on=DUE - timedelta(days=1))) == [7]


def test_paid_and_credits_are_not_dunned():
    assert days(Due(1, "ST-1", DUE - timedelta(days=9), D(0)), Due(2, "ST-2", DUE, D(-50))) == []


def test_one_reminder_for_each_step_names_its_receivables_oldest_first():
    found = reminders(STEPS, [due(1, late=8), due(2, late=31), due(3, late=9)], [], DUE)
    assert [(each.step.day, [item.id for item in each.items]) for each in found] == [
        (7, [3, 1]), (30, [2]),
    ]  # fmt: skip
    assert (found[0].oldest.id, found[0].amount) == (3, 200)


def test_nothing_automatic_follows_a_step_that_stops():
    late = [*STEPS, type(STEPS[0])(90, Channel.MAIL)]
    taken = [Taken(60, frozenset({1}))]
    assert reminders(late, [due(late=95)], taken, DUE) == []
    assert len(reminders(late, [due(late=95)], [Taken(30, frozenset({1}))], DUE)) == 1


def test_credit_is_held_from_the_step_that_says_so():
    assert [holds_from(STEPS, day) for day in (-3, 15, 30, 60)] == [False, False, True, True]


def test_the_first_steps_are_those_of_the_trade():
    assert [(each.step.day, each.step.channel.value) for each in FIRST_STEPS] == [
        (-3, "mail"), (1, "mail"), (7, "phone"), (15, "letter"), (30, "system"), (60, "person"),
    ]  # fmt: skip


@given(st.lists(st.integers(-10, 90), min_size=1, max_size=6), st.integers(1, 60))
def test_running_every_day_or_twice_a_day_reminds_each_of_each_step_once(lates, length):
    items = [due(n, late=late) for n, late in enumerate(lates)]
    taken: list[Taken] = []
    for day in range(length):
        for _again in range(2):
            taken += [
                Taken(each.step.day, frozenset(item.id for item in each.items))
                for each in reminders(STEPS, items, taken, DUE + timedelta(days=day))
            ]
    told = [(each.day, one) for each in taken for one in each.receivable_ids]
    assert len(told) == len(set(told))
