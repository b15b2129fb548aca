"""Receipts and receivables: what pays what (DOMAIN R8)."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.kernel.errors import Invalid, InvalidMany
from portal.receivables.rules.allocation import Owed, Wish, by_hand, oldest_first

D = Decimal
MARCH = date(2026, 3, 1)


def owed(
    receivable_id: int, amount: str, *, day: int = 0, disputed: str = "0", currency: str = "CNY"
) -> Owed:
    return Owed(receivable_id, currency, MARCH + timedelta(days=day), D(amount), D(disputed))


def told(shares):
    return [(each.receivable_id, each.amount) for each in shares]


def hand(free: str, *wishes: Wish, of: list[Owed], currency: str = "CNY"):
    return by_hand(D(free), currency, wishes, {each.id: each for each in of})


def test_the_oldest_due_is_paid_first_and_the_last_in_part():
    of = [owed(1, "100", day=9), owed(2, "70", day=1), owed(3, "50", day=5)]
    assert told(oldest_first(D(150), "CNY", of)) == [(2, D(70)), (3, D(50)), (1, D(30))]


def test_of_two_due_on_one_day_the_one_issued_first_is_paid_first():
    assert told(oldest_first(D(10), "CNY", [owed(8, "10"), owed(7, "10")])) == [(7, D(10))]


def test_what_is_over_stays_on_the_receipt():
    assert told(oldest_first(D(500), "CNY", [owed(1, "120.50")])) == [(1, D("120.50"))]


def test_disputed_amounts_wait_until_everything_undisputed_is_paid():
    of = [owed(1, "100", disputed="40"), owed(2, "80", day=9)]
    assert told(oldest_first(D(150), "CNY", of)) == [(1, D(70)), (2, D(80))]


def test_other_currencies_and_credits_are_left_alone():
    of = [owed(1, "100", currency="USD"), owed(2, "-30"), owed(3, "20")]
    assert told(oldest_first(D(100), "CNY", of)) == [(3, D(20))]


def test_by_hand_more_than_is_open_is_refused_at_its_row():
    with pytest.raises(InvalidMany) as refused:
        hand("500", Wish(1, D("100.01")), Wish(2, D(5)), of=[owed(1, "100"), owed(2, "5")])
    assert {field: str(text) for field, text in refused.value.errors.items()} == {
        "amount-1": "Only CNY 100.00 is open."
    }


def test_by_hand_more_than_the_receipt_has_left_is_refused():
    with pytest.raises(Invalid, match=r"only CNY 90.00 left; CNY 100.00") as refused:
        hand("90", Wish(1, D(60)), Wish(2, D(40)), of=[owed(1, "100"), owed(2, "100")])
    assert refused.value.field == "amount"


@pytest.mark.parametrize("amount", ["0", "-1", "0.001"])
def test_by_hand_an_amount_is_above_zero_and_in_whole_fen(amount):
    with pytest.raises(InvalidMany):
        hand("90", Wish(1, D(amount)), of=[owed(1, "100")])


def test_yen_have_no_decimals():
    with pytest.raises(InvalidMany):
        hand("90", Wish(1, D("1.5")), of=[owed(1, "100", currency="JPY")], currency="JPY")


def test_a_stranger_s_receivable_and_naming_one_twice_are_refused():
    with pytest.raises(InvalidMany, match="correct the marked"):
        hand("90", Wish(9, D(1)), of=[owed(1, "100")])
    with pytest.raises(Invalid, match="once"):
        hand("90", Wish(1, D(1)), Wish(1, D(1)), of=[owed(1, "100")])
    with pytest.raises(Invalid, match="what the receipt pays for"):
        hand("90", of=[owed(1, "100")])


def test_across_currencies_the_rate_says_how_much_is_paid():
    (share,) = hand("8000", Wish(1, receipt_amount=D(7126), exchange_rate=D("0.14033")),
                    of=[owed(1, "1000.00", currency="USD")])  # fmt: skip
    assert (share.receipt_amount, share.amount) == (D(7126), D("999.99"))
    assert (share.exchange_difference, share.settles) == (D(0), D("999.99"))


def test_across_currencies_what_is_settled_beyond_the_rate_is_the_difference():
    wish = Wish(1, D(1000), D(7100), D("0.14033"))
    (share,) = hand("8000", wish, of=[owed(1, "1000.00", currency="USD")])
    assert (share.amount, share.exchange_difference) == (D("996.34"), D("3.66"))
    assert share.settles == D(1000)


def test_across_currencies_a_gain_keeps_the_receivable_at_zero():
    wish = Wish(1, D(1000), D(7200), D("0.14033"))
    (share,) = hand("8000", wish, of=[owed(1, "1000.00", currency="USD")])
    assert (share.amount, share.exchange_difference) == (D("1010.38"), D("-10.38"))


def test_across_currencies_the_part_of_the_receipt_follows_from_what_is_settled():
    (share,) = hand("8000", Wish(1, D(100), exchange_rate=D("0.1403")),
                    of=[owed(1, "1000.00", currency="USD")])  # fmt: skip
    assert (share.receipt_amount, share.amount) == (D("712.76"), D("100.00"))


@pytest.mark.parametrize("wish", [
    Wish(1, D(1000), D(7100)), Wish(1, D(1000), D(7100), D(0)), Wish(1, D(1000), D(3000), D("0.14")),
    Wish(1, D(1000), D(7100), D("0.1403301")), Wish(1, exchange_rate=D("0.14")),
])  # fmt: skip
def test_across_currencies_no_rate_or_a_difference_too_large_is_refused(wish):
    with pytest.raises(InvalidMany):
        hand("8000", wish, of=[owed(1, "1000.00", currency="USD")])


cents = st.integers(0, 10**9).map(lambda n: D(n).scaleb(-2))
many_owed = st.lists(
    st.builds(
        lambda a, d, day, c: (a, d, day, c),
        cents, cents, st.integers(-400, 400), st.sampled_from(["CNY", "CNY", "USD"]),
    ),
    max_size=12,
).map(
    lambda rows: [Owed(n, c, MARCH + timedelta(days=day), a, d) for n, (a, d, day, c) in enumerate(rows)]
)  # fmt: skip


@given(cents, many_owed)
def test_oldest_first_never_takes_more_than_is_there_on_either_side(free, of):
    shares = oldest_first(free, "CNY", of)
    open_of = {each.id: each.open_amount for each in of if each.currency == "CNY"}
    assert all(0 < each.amount <= open_of[each.receivable_id] for each in shares)
    assert sum((each.amount for each in shares), D(0)) == min(free, sum(open_of.values(), D(0)))


@given(cents, many_owed)
def test_nothing_disputed_is_paid_while_something_undisputed_is_open(free, of):
    paid = {each.receivable_id: each.amount for each in oldest_first(free, "CNY", of)}
    ours = [each for each in of if each.currency == "CNY"]
    into_disputed = any(paid.get(o.id, D(0)) > o.open_amount - o.disputed for o in ours)
    all_undisputed = all(paid.get(o.id, D(0)) >= o.open_amount - o.disputed for o in ours)
    assert all_undisputed or not into_disputed
