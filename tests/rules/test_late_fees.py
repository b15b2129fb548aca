"""Interest: simple, from the day after the due date, on what is open and not disputed (E10)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from portal.billing.rules.kinds import Once
from portal.billing.rules.late_fees import Change, DisputedSpan, Overdue, late_fee, stretches
from tests.rules.bills import told
from tests.rules.prices import D

DUE = date(2026, 3, 2)
RATE = D("0.05")


def march(day: int) -> date:
    return date(2026, 3, day)


def owed(amount: str, *payments: tuple[int, str], **more) -> Overdue:
    changes = [Change(date(2026, 2, 1), D(amount))]
    changes += [Change(march(day), -D(paid)) for day, paid in payments]
    return Overdue(4, "CNY", DUE, tuple(changes), **more)


def test_ten_days_late_cost_ten_times_five_in_ten_thousand():
    found = late_fee(owed("10000"), RATE, march(12))
    assert (found.charged.amount, found.charged.quantity) == (D("50.00"), D(10))
    assert (found.starts_on, found.ends_on) == (march(3), march(12))
    assert told(found.charged) == [
        "2026-03-03 to 2026-03-12: CNY 10,000.00 overdue × 10 days × 0.05 %",
    ]


def test_nothing_is_late_on_the_due_date():
    assert late_fee(owed("10000"), RATE, DUE) is None


def test_what_was_paid_on_the_due_date_bears_nothing():
    assert late_fee(owed("10000", (2, "10000")), RATE, march(31)) is None


def test_a_bill_paid_five_days_late_bears_five_days():
    found = late_fee(owed("10000", (7, "10000")), RATE, march(31))
    assert (found.charged.amount, found.ends_on) == (D("25.00"), march(7))


def test_a_part_payment_lowers_the_balance_from_the_next_day():
    found = late_fee(owed("10000", (7, "4000")), RATE, march(12))
    assert found.charged.amount == D("25.00") + D("15.00")
    assert len(told(found.charged)) == 2


def test_what_is_disputed_bears_nothing_until_it_is_decided():
    span = DisputedSpan(march(5), march(9), D(4000))
    found = late_fee(owed("10000", disputed=(span,)), RATE, march(12))
    days = stretches(owed("10000", disputed=(span,)), march(3), march(12))
    assert [(each.days, each.balance) for each in days] == [(2, 10000), (5, 6000), (3, 10000)]
    assert found.charged.amount == D("10.00") + D("15.00") + D("15.00")


def test_an_open_dispute_of_the_whole_bill_stops_everything():
    assert (
        late_fee(owed("100", disputed=(DisputedSpan(DUE, None, D(100)),)), RATE, march(31)) is None
    )


def test_interest_bears_no_interest():
    found = late_fee(owed("10050", interest=D(50)), RATE, march(12))
    assert found.charged.amount == D("50.00")


def test_less_than_a_fen_waits_for_the_next_bill():
    assert late_fee(owed("1"), RATE, march(5)) is None
    assert late_fee(owed("1"), RATE, march(12)).charged.quantity == 10


def test_days_that_were_billed_are_not_billed_again():
    found = late_fee(owed("10000"), RATE, march(12), done_until=march(8))
    assert (found.charged.amount, found.starts_on) == (D("20.00"), march(9))
    assert found.once[0] == (Once.LATE_DAY, 4, march(9)) and len(found.once) == 4


def test_only_days_with_a_balance_are_marked():
    paused = owed("10000", disputed=(DisputedSpan(march(4), march(6), D(10000)),))
    found = late_fee(paused, RATE, march(8))
    assert [day.day for _, _, day in found.once] == [3, 7, 8]


def test_a_credit_balance_bears_nothing():
    assert late_fee(owed("-500"), RATE, march(31)) is None


@given(
    st.integers(1, 400),
    st.lists(st.tuples(st.integers(0, 400), st.integers(1, 400)), max_size=6),
    st.integers(0, 400),
)
def test_two_bills_together_are_one_bill_but_for_a_rounding(days, payments, cut):
    changes = [Change(date(2026, 2, 1), D(90_000))]
    changes += [Change(DUE + timedelta(days=ahead), D(-much)) for ahead, much in payments]
    overdue = Overdue(4, "CNY", DUE, tuple(changes))
    until, half = DUE + timedelta(days=days), DUE + timedelta(days=min(cut, days))
    whole = late_fee(overdue, RATE, until)
    parts = [late_fee(overdue, RATE, half), late_fee(overdue, RATE, until, done_until=half)]
    total = sum(each.charged.amount for each in parts if each)
    assert abs(whole.charged.amount - total) <= D("0.01")


@given(st.integers(1, 60), st.decimals("1", "99999", places=2))
def test_a_payment_never_makes_it_dearer(day, paid):
    unpaid = Overdue(4, "CNY", DUE, (Change(date(2026, 2, 1), D(100_000)),))
    payment = Change(DUE + timedelta(days=day), -paid)
    some = replace(unpaid, changes=(*unpaid.changes, payment))
    until = DUE + timedelta(days=90)
    assert late_fee(some, RATE, until).charged.amount < late_fee(unpaid, RATE, until).charged.amount
