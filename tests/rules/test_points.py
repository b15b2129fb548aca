"""Points by pure rules: the ledger replayed, what a bill earns, what points are worth (REQUIREMENTS K8)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.kernel.errors import Invalid, NotAllowedNow
from portal.loyalty.rules.earning import (
    Charge,
    Rule,
    check_redeemable,
    earned,
    in_force,
    last_day,
    latest_of,
    worth,
)
from portal.loyalty.rules.kinds import EntryKind
from portal.loyalty.rules.lots import (
    Lot,
    Move,
    balance_of,
    expired,
    in_order,
    lots_after,
    next_expiry,
    taken,
)

D = Decimal
RULE = Rule(date(2026, 1, 1), D(10), D("0.05"), factors={"vip": D("1.5")})
K = EntryKind


def test_the_points_that_expire_first_are_used_first() -> None:
    moves = [
        Move(1, K.EARN, 100, date(2027, 1, 31)),
        Move(2, K.EARN, 100, date(2026, 6, 30)),
        Move(3, K.REDEEM, -150),
    ]
    assert lots_after(moves) == [Lot(1, 50, date(2027, 1, 31))]


def test_a_take_back_comes_out_of_its_own_lot_first() -> None:
    moves = [
        Move(1, K.EARN, 100, date(2026, 6, 30)),
        Move(2, K.EARN, 100, date(2027, 1, 31)),
        Move(3, K.TAKE_BACK, -120, None, 2),
    ]
    assert lots_after(moves) == [Lot(1, 80, date(2026, 6, 30))]


def test_an_expiry_never_touches_another_lot() -> None:
    moves = [Move(1, K.EARN, 10), Move(2, K.EARN, 10), Move(3, K.EXPIRE, -11, None, 1)]
    with pytest.raises(ValueError, match="1 points more"):
        lots_after(moves)


def test_points_are_usable_on_their_last_day() -> None:
    lot = Lot(1, 5, date(2026, 3, 31))
    assert expired([lot], date(2026, 3, 31)) == []
    assert expired([lot], date(2026, 4, 1)) == [lot]


def test_a_point_for_each_full_amount() -> None:
    assert earned([Charge("sea", D("109.99"))], RULE, "ordinary").points == 10


def test_the_tiers_factor_counts_before_rounding() -> None:
    assert earned([Charge("sea", D(109))], RULE, "vip").points == 16


def test_only_the_named_services_count() -> None:
    rule = Rule(date(2026, 1, 1), D(10), D(1), categories=frozenset({"storage"}))
    charges = [Charge("storage", D(100)), Charge("sea", D(900)), Charge("", D(50))]
    assert earned(charges, rule, "ordinary").points == 10


def test_a_bill_that_comes_to_a_credit_earns_nothing() -> None:
    assert earned([Charge("sea", D(-500))], RULE, "vip").points == 0


@pytest.mark.parametrize(
    ("on", "months", "last"),
    [
        (date(2026, 3, 2), 24, date(2028, 3, 31)),
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2026, 12, 15), 1, date(2027, 1, 31)),
    ],
)
def test_points_live_to_the_end_of_a_month(on: date, months: int, last: date) -> None:
    assert last_day(on, months) == last


def test_the_latest_rule_that_has_begun_is_in_force() -> None:
    later = Rule(date(2026, 6, 1), D(5), D("0.1"))
    assert in_force([RULE, later], date(2026, 5, 31)) == RULE
    assert in_force([RULE, later], date(2026, 6, 1)) == later
    assert in_force([RULE], date(2025, 12, 31)) is None


def test_a_rule_that_ended_the_earning_still_says_what_points_are_worth() -> None:
    ended = Rule(date(2026, 6, 1), D(10), D("0.04"), active=False)
    assert in_force([RULE, ended], date(2026, 7, 1)) is None
    assert latest_of([RULE, ended], date(2026, 7, 1)) == ended


def test_worth_is_rounded_half_up_to_the_cent() -> None:
    assert worth(101, Rule(date(2026, 1, 1), D(10), D("0.005"))) == D("0.51")


@pytest.mark.parametrize(("points", "field"), [(99, "points"), (501, "points")])
def test_too_few_or_too_many_points_are_not_redeemed(points: int, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        check_redeemable(points, 500, RULE)
    assert refused.value.field == field


def test_without_a_rule_points_are_worth_nothing_yet() -> None:
    with pytest.raises(NotAllowedNow):
        check_redeemable(100, 500, None)


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["earn", "redeem", "back", "expire"]),
        st.integers(1, 500),
        st.integers(0, 400),
    ),
    max_size=40,
)


def _played(steps: list[tuple[str, int, int]]) -> tuple[list[Move], list[int]]:
    """Moves as the actions would write them in any order of events, and the balance after each."""
    moves: list[Move] = []
    balances: list[int] = []
    today = 0
    for what, count, days in steps:
        lots, number = lots_after(moves), len(moves) + 1
        if what == "earn":
            moves.append(Move(number, K.EARN, count, _day(today + days)))
        elif what == "redeem" and count <= balance_of(lots):
            moves.append(Move(number, K.REDEEM, -count))
        elif what == "back" and lots:
            part = min(count, balance_of(lots))
            moves.append(Move(number, K.TAKE_BACK, -part, None, lots[0].id))
        elif what == "expire":
            today += days
            for lot in expired(lots, _day(today)):
                moves.append(Move(len(moves) + 1, K.EXPIRE, -lot.left, None, lot.id))
        balances.append(balance_of(lots_after(moves)))
    return moves, balances


def _day(number: int) -> date:
    return date.fromordinal(date(2026, 1, 1).toordinal() + number)


@given(STEPS)
def test_the_balance_is_the_sum_of_the_ledger_and_never_below_zero(
    steps: list[tuple[str, int, int]],
) -> None:
    moves, balances = _played(steps)
    assert balance_of(lots_after(moves)) == sum(move.points for move in moves)
    assert min(balances, default=0) >= 0


@given(STEPS)
def test_no_lot_expires_twice_or_more_than_was_left_of_it(
    steps: list[tuple[str, int, int]],
) -> None:
    moves, _balances = _played(steps)
    gone = [move for move in moves if move.kind is K.EXPIRE]
    assert len({move.lot_id for move in gone}) == len(gone)
    added = {move.id: move.points for move in moves if move.points > 0}
    assert all(-move.points <= added[move.lot_id or 0] for move in gone)


@given(
    st.lists(st.tuples(st.integers(1, 99), st.integers(0, 9) | st.none()), min_size=1, max_size=9),
    st.data(),
)
def test_what_is_taken_is_exactly_what_was_asked_and_the_earliest(
    sizes: list[tuple[int, int | None]], data: st.DataObject
) -> None:
    lots = [Lot(n, left, None if d is None else _day(d)) for n, (left, d) in enumerate(sizes)]
    wanted = data.draw(st.integers(1, balance_of(lots)))
    parts = taken(lots, wanted)
    assert sum(part.points for part in parts) == wanted
    assert [part.lot_id for part in parts] == [lot.id for lot in in_order(lots)][: len(parts)]
    assert next_expiry(lots) == min(
        (lot.expires_on for lot in lots if lot.expires_on), default=None
    )
