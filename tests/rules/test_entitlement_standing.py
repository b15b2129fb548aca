"""How an entitlement stands, when it will be used up, and when its holder is told."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from portal.contracts.rules.entitlement_states import EntitlementState, standing_on
from portal.contracts.rules.kinds import Overage
from portal.contracts.rules.notices import due_notices
from portal.contracts.rules.projection import Draws, Outlook, Projection, project
from portal.contracts.rules.states import ContractState

D = Decimal
S, C = EntitlementState, ContractState
DAY, START, END = date(2026, 3, 2), date(2026, 1, 1), date(2026, 12, 31)


@pytest.mark.parametrize(
    ("contract", "start", "end", "left", "overage", "state"),
    [
        (C.ACTIVE, START, END, D(50), Overage.STOP, S.IN_FORCE),
        (C.ACTIVE, START, END, D("20.000001"), Overage.STOP, S.IN_FORCE),
        (C.ACTIVE, START, END, D(20), Overage.STOP, S.LOW),
        (C.ACTIVE, START, END, D(0), Overage.STOP, S.EXHAUSTED),
        (C.ACTIVE, START, END, D(0), Overage.SAME_PRICE, S.BEYOND),
        (C.ACTIVE, START, END, None, Overage.STOP, S.IN_FORCE),
        (C.ACTIVE, date(2026, 3, 3), END, D(50), Overage.STOP, S.FUTURE),
        (C.ACTIVE, START, date(2026, 3, 1), D(50), Overage.STOP, S.PAST),
        (C.ACTIVE, DAY, DAY, D(50), Overage.STOP, S.IN_FORCE),
        (C.SUSPENDED, START, END, D(50), Overage.STOP, S.SUSPENDED),
        (C.SUSPENDED, START, date(2026, 3, 1), D(50), Overage.STOP, S.PAST),
        (C.TERMINATED, START, END, D(50), Overage.STOP, S.PAST),
        (C.COMPLETED, START, END, D(50), Overage.STOP, S.PAST),
    ],
)
def test_the_state_is_computed_from_contract_days_and_figures(
    contract: C, start: date, end: date, left: Decimal | None, overage: Overage, state: S
) -> None:
    assert standing_on(contract, start, end, D(100), left, overage, DAY) is state


def outlook(left: str, recent: Draws, longer: Draws = Draws(), start: date = START) -> Projection:
    return project(D(left), recent, longer, start, END, DAY)


def test_the_mean_draw_of_28_days_says_when_it_is_used_up() -> None:
    found = outlook("72", Draws(D(28), 4))
    assert found == Projection(Outlook.RUNS_OUT, date(2026, 5, 13), D(1))


def test_a_part_of_a_day_counts_as_a_day() -> None:
    assert outlook("1.1", Draws(D(28), 4)).on == date(2026, 3, 4)


def test_few_recent_draws_leave_it_to_the_longer_window() -> None:
    found = outlook("10", Draws(D(5), 1), Draws(D("30.5"), 3))
    assert found.a_day == D("30.5") / 61 and found.on == date(2026, 3, 22)


def test_more_than_enough_lasts_beyond_the_end() -> None:
    assert outlook("305", Draws(D(28), 4)).outlook is Outlook.LASTS
    assert outlook("304", Draws(D(28), 4)).on == END


def test_too_little_is_no_pace() -> None:
    assert outlook("10", Draws(D(5), 2), Draws(D(5), 2)).outlook is Outlook.UNKNOWN
    young = outlook("10", Draws(D(5), 5), start=date(2026, 2, 25))
    assert young.outlook is Outlook.UNKNOWN
    assert outlook("10", Draws(D(5), 5), start=date(2026, 2, 24)).outlook is Outlook.RUNS_OUT


def test_what_was_all_given_back_is_no_pace() -> None:
    assert outlook("10", Draws(D(0), 4), Draws(D(0), 4)).outlook is Outlook.UNKNOWN


def test_nothing_left_and_no_limit_need_no_pace() -> None:
    assert outlook("0", Draws(D(28), 4)).outlook is Outlook.GONE
    assert project(None, Draws(), Draws(), START, END, DAY).outlook is Outlook.ENDLESS


@pytest.mark.parametrize(
    ("left", "start", "end", "marks"),
    [
        (D(50), START, END, []),
        (D(20), START, END, ["low:100"]),
        (D(0), START, date(2026, 3, 5), ["exhausted:100"]),
        (D(50), START, date(2026, 4, 1), ["expiring:30"]),
        (D(50), START, date(2026, 4, 2), []),
        (D(50), START, date(2026, 3, 9), ["expiring:7"]),
        (D(10), START, date(2026, 3, 9), ["low:100", "expiring:7"]),
        (D(50), date(2026, 3, 1), date(2026, 3, 31), []),
        (D(50), date(2026, 2, 7), date(2026, 3, 7), ["expiring:7"]),
        (None, date(2026, 2, 7), date(2026, 3, 7), []),
        (None, START, date(2026, 3, 20), ["expiring:30"]),
    ],
)
def test_each_notice_has_its_time(
    left: Decimal | None, start: date, end: date, marks: list[str]
) -> None:
    assert [each.mark for each in due_notices(D(100), left, start, end, DAY)] == marks
