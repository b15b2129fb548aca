"""The ledger's arithmetic: columns are sums of entries, nothing falls below zero, over is kept apart (DOMAIN E3-E5)."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.contracts.rules import ledger
from portal.contracts.rules.kinds import EntryKind, Overage
from portal.contracts.rules.ledger import Balance, Change, Exhausted, applied
from portal.kernel.errors import Invalid, NotAllowedNow

D = Decimal
FIVE = Balance("XPX", granted=D(5))


def test_a_draw_within_what_is_left_moves_it_to_used() -> None:
    change = ledger.consume(FIVE, D(2), Overage.STOP)
    assert change == Change(EntryKind.CONSUME, used=D(2))
    assert applied(FIVE, change).remaining == 3


def test_a_draw_beyond_what_is_left_is_refused_with_what_is_left() -> None:
    with pytest.raises(Exhausted) as refused:
        ledger.consume(FIVE, D("5.000001"), Overage.STOP)
    assert (refused.value.left, refused.value.status) == (5, 409)
    assert str(refused.value.text).startswith("Only 5 ")


def test_a_draw_across_the_boundary_is_split_when_overage_is_agreed() -> None:
    change = ledger.consume(FIVE, D(8), Overage.OVERAGE_PRICE)
    assert (change.used, change.over, change.quantity) == (5, 3, -5)


def test_a_draw_takes_its_reservation_before_what_is_left() -> None:
    held = applied(FIVE, ledger.reserve(FIVE, D(4)))
    change = ledger.consume(held, D(5), Overage.STOP, reserved=D(4))
    assert (change.reserved, change.used, change.over, change.quantity) == (-4, 5, 0, -1)


def test_what_a_draw_does_not_need_of_its_reservation_stays_held() -> None:
    held = applied(FIVE, ledger.reserve(FIVE, D(4)))
    after = applied(held, ledger.consume(held, D(3), Overage.STOP, reserved=D(4)))
    assert (after.reserved, after.used, after.remaining) == (1, 3, 1)


def test_a_refused_draw_counts_its_own_reservation_as_left() -> None:
    held = applied(FIVE, ledger.reserve(FIVE, D(4)))
    with pytest.raises(Exhausted) as refused:
        ledger.consume(held, D(6), Overage.STOP, reserved=D(4))
    assert refused.value.left == 5


def test_others_reservations_cannot_be_drawn() -> None:
    held = applied(FIVE, ledger.reserve(FIVE, D(4)))
    with pytest.raises(Exhausted) as refused:
        ledger.consume(held, D(2), Overage.STOP)
    assert refused.value.left == 1


@pytest.mark.parametrize("overage", list(Overage))
def test_a_reservation_never_goes_beyond_what_is_left(overage: Overage) -> None:
    with pytest.raises(Exhausted):
        ledger.reserve(FIVE, D(6))


def test_no_more_is_released_than_is_reserved() -> None:
    held = applied(FIVE, ledger.reserve(FIVE, D(2)))
    with pytest.raises(NotAllowedNow, match="Only 2 "):
        ledger.release(held, D(3))


def test_an_unlimited_entitlement_gives_everything_within() -> None:
    endless = Balance("XPX", is_unlimited=True)
    change = ledger.consume(endless, D(1000), Overage.STOP)
    assert (change.used, change.over) == (1000, 0)
    assert applied(endless, change).left is None


def test_a_reversal_gives_back_both_parts_of_a_draw() -> None:
    drawn = applied(FIVE, ledger.consume(FIVE, D(8), Overage.SAME_PRICE))
    assert applied(drawn, ledger.reverse(drawn, D(5), D(3))) == FIVE


def test_more_than_was_used_cannot_be_given_back() -> None:
    with pytest.raises(NotAllowedNow):
        ledger.reverse(FIVE, D(1), D(0))


def test_no_more_is_taken_away_by_hand_than_is_left() -> None:
    held = applied(FIVE, ledger.reserve(FIVE, D(2)))
    assert applied(held, ledger.adjust(held, D(-3))).remaining == 0
    with pytest.raises(Exhausted):
        ledger.adjust(held, D("-3.5"))


def test_an_unlimited_entitlement_is_not_adjusted() -> None:
    with pytest.raises(NotAllowedNow):
        ledger.adjust(Balance("XPX", is_unlimited=True), D(1))


@pytest.mark.parametrize("quantity", [D(0), D(-1), D("0.0000001")])
def test_nothing_negative_and_nothing_finer_than_six_places_is_drawn(quantity: Decimal) -> None:
    with pytest.raises(Invalid):
        ledger.consume(FIVE, quantity, Overage.STOP)


def test_the_end_of_a_period_takes_what_is_left_and_leaves_what_is_held() -> None:
    held = applied(FIVE, ledger.reserve(FIVE, D(2)))
    gone = ledger.leave(held, EntryKind.LAPSE)
    assert gone is not None and applied(held, gone) == Balance("XPX", granted=D(2), reserved=D(2))
    assert ledger.leave(applied(held, gone), EntryKind.LAPSE) is None


QUANTITIES = st.decimals("0.000001", "40", places=6)
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["reserve", "release", "consume", "draw held", "adjust", "leave"]),
        QUANTITIES,
    ),
    max_size=25,
)


def step(balance: Balance, verb: str, quantity: Decimal, overage: Overage) -> Change | None:
    """One operation; None when it was rightly refused."""
    verbs = {
        "reserve": lambda: ledger.reserve(balance, quantity),
        "release": lambda: ledger.release(balance, quantity),
        "consume": lambda: ledger.consume(balance, quantity, overage),
        "draw held": lambda: ledger.consume(balance, quantity, overage, balance.reserved),
        "adjust": lambda: ledger.adjust(balance, quantity - 20),
        "leave": lambda: ledger.leave(balance, EntryKind.LAPSE),
    }
    try:
        return verbs[verb]()
    except (Exhausted, NotAllowedNow, Invalid):
        return None


@given(st.decimals("0.000001", "100", places=6), STEPS, st.sampled_from(Overage), st.booleans())
def test_whatever_happens_the_columns_are_sums_and_nothing_falls_below_zero(
    quantity: Decimal, steps: list[tuple[str, Decimal]], overage: Overage, unlimited: bool
) -> None:
    balance = Balance("XPX", is_unlimited=unlimited)
    entries = [ledger.grant(None if unlimited else quantity)]
    balance = applied(balance, entries[0])
    for verb, amount in steps:
        change = step(balance, verb, amount, overage)
        if change is not None:
            entries.append(change)
            balance = applied(balance, change)
        assert unlimited or balance.remaining >= 0
        assert min(balance.reserved, balance.used, balance.over_used) >= 0
    assert balance.remaining == balance.granted - balance.reserved - balance.used
    assert balance.remaining == sum(entry.quantity for entry in entries)
    for column, name in (("granted", "granted"), ("reserved", "reserved"), ("used", "used")):
        assert getattr(balance, column) == sum(getattr(entry, name) for entry in entries)
    assert balance.over_used == sum(entry.over for entry in entries)


@given(QUANTITIES, QUANTITIES, QUANTITIES, st.sampled_from(Overage))
def test_a_draw_is_within_plus_over_and_its_reversal_restores_what_was_left(
    granted: Decimal, held: Decimal, wanted: Decimal, overage: Overage
) -> None:
    balance = Balance("XPX", granted=granted)
    held = min(held, granted)
    balance = applied(balance, ledger.reserve(balance, held))
    try:
        change = ledger.consume(balance, wanted, overage, reserved=held)
    except Exhausted:
        assert overage is Overage.STOP and wanted > granted
        return
    assert change.used + change.over == wanted
    after = applied(balance, change)
    back = applied(after, ledger.reverse(after, change.used, change.over))
    assert (back.used, back.over_used) == (0, 0)
    assert back.remaining + back.reserved == granted
