"""From which entitlement a usage is drawn, and why from none (DOMAIN E6)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.contracts.rules.kinds import Overage
from portal.contracts.rules.matching import (
    NoMatch,
    Part,
    Standing,
    in_drawing_order,
    nearest,
    obstacle,
    split,
)
from portal.contracts.rules.states import ContractState

D = Decimal
DAY = date(2026, 3, 2)
GOOD = Standing(
    1, True, date(2026, 1, 1), date(2026, 12, 31), "XPX", D(5), Overage.STOP, ContractState.ACTIVE
)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({}, None),
        ({"starts_on": date(2026, 3, 3)}, NoMatch.OUTSIDE_PERIOD),
        ({"ends_on": date(2026, 3, 1)}, NoMatch.OUTSIDE_PERIOD),
        ({"ends_on": DAY, "starts_on": DAY}, None),
        ({"contract_ended_on": date(2026, 3, 1)}, NoMatch.OUTSIDE_PERIOD),
        ({"contract_ended_on": DAY, "contract_state": ContractState.TERMINATED}, None),
        ({"contract_state": ContractState.SUSPENDED}, NoMatch.SUSPENDED),
        ({"contract_state": ContractState.DRAFT}, NoMatch.NO_CONTRACT),
        ({"unit": "TEU"}, NoMatch.UNIT),
        ({"left": D(0)}, NoMatch.EXHAUSTED),
        ({"left": D(0), "overage": Overage.SAME_PRICE}, None),
        ({"left": None}, None),
    ],
)
def test_each_obstacle_is_named(change: dict[str, object], why: NoMatch | None) -> None:
    assert obstacle(replace(GOOD, **change), "XPX", DAY) is why


def test_a_branch_draws_its_own_first_then_what_ends_first_then_the_oldest() -> None:
    group = replace(GOOD, id=2, is_own=False, ends_on=date(2026, 3, 31))
    late, early = replace(GOOD, id=3), replace(GOOD, id=4, ends_on=date(2026, 6, 30))
    older = replace(early, id=5, starts_on=date(2025, 12, 1))
    found = in_drawing_order([group, late, early, older])
    assert [each.id for each in found] == [5, 4, 3, 2]


def test_of_several_reasons_the_last_hurdle_is_told() -> None:
    assert nearest([NoMatch.OUTSIDE_PERIOD, NoMatch.EXHAUSTED, NoMatch.UNIT]) is NoMatch.EXHAUSTED
    assert nearest([]) is NoMatch.NO_CONTRACT


def test_a_quantity_is_split_over_what_each_has_left() -> None:
    second = replace(GOOD, id=2, left=D(4))
    assert split([GOOD, second], D(7)) == [Part(1, D(5)), Part(2, D(2))]


def test_the_rest_goes_beyond_the_first_that_allows_it() -> None:
    second = replace(GOOD, id=2, left=D(4), overage=Overage.SAME_PRICE)
    assert split([GOOD, second], D(12)) == [Part(1, D(5)), Part(2, D(7))]


def test_nothing_is_drawn_when_not_all_of_it_can_be() -> None:
    assert split([GOOD, replace(GOOD, id=2, left=D(4))], D("9.5")) == []


LEFT = st.one_of(st.none(), st.decimals("0", "20", places=2))


@given(
    st.lists(st.tuples(LEFT, st.sampled_from(Overage)), max_size=5),
    st.decimals("0.01", "60", places=2),
)
def test_a_split_takes_all_or_nothing_and_over_only_where_it_is_allowed(
    each: list[tuple[Decimal | None, Overage]], quantity: Decimal
) -> None:  # fmt: skip
    standings = [
        replace(GOOD, id=n, left=left, overage=over) for n, (left, over) in enumerate(each)
    ]
    parts = split(standings, quantity)
    assert sum(part.quantity for part in parts) in (0, quantity)
    for part in parts:
        standing = standings[part.id]
        if standing.left is not None and part.quantity > standing.left:
            assert standing.overage is not Overage.STOP
