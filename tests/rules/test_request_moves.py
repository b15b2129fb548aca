"""The table of a request's states, written out by hand: what is not in it is refused (DOMAIN section 16)."""

from __future__ import annotations

import pytest

from portal.kernel.errors import NotAllowedNow
from portal.service_requests.rules.states import (
    LOCKED,
    OPEN,
    REQUEST_STEPS,
    REQUEST_WORDS,
    RequestState,
    RequestStep,
)

MOVES = """
new                  accept            accepted
new                  merge             merged
new                  reject            rejected
new                  withdraw          withdrawn
accepted             start             in_progress
accepted             wait_customer     waiting_customer
accepted             wait_third_party  waiting_third_party
accepted             resolve           resolved
accepted             merge             merged
accepted             reject            rejected
accepted             withdraw          withdrawn
in_progress          wait_customer     waiting_customer
in_progress          wait_third_party  waiting_third_party
in_progress          resolve           resolved
in_progress          merge             merged
in_progress          withdraw          withdrawn
waiting_customer     resume            in_progress
waiting_customer     wait_third_party  waiting_third_party
waiting_customer     resolve           resolved
waiting_customer     merge             merged
waiting_customer     withdraw          withdrawn
waiting_third_party  resume            in_progress
waiting_third_party  wait_customer     waiting_customer
waiting_third_party  resolve           resolved
waiting_third_party  merge             merged
waiting_third_party  withdraw          withdrawn
resolved             close             closed
resolved             reopen            in_progress
closed               reopen            in_progress
"""
LISTED = {tuple(line.split()[:2]): line.split()[2] for line in MOVES.split("\n") if line}
EVERY = [(state, step) for state in RequestState for step in RequestStep]


@pytest.mark.parametrize(("state", "step"), EVERY, ids=str)
def test_a_move_that_is_not_listed_is_refused(state: RequestState, step: RequestStep) -> None:
    expected = LISTED.get((state.value, step.value))
    if expected is None:
        with pytest.raises(NotAllowedNow):
            REQUEST_STEPS.next(state, step)
    else:
        assert REQUEST_STEPS.next(state, step) == expected


def test_a_state_is_open_locked_or_resolved() -> None:
    assert OPEN | LOCKED | {RequestState.RESOLVED} == set(RequestState)
    assert not OPEN & LOCKED


def test_only_a_closed_case_leaves_its_lock() -> None:
    leaving = {state: REQUEST_STEPS.actions(state) for state in LOCKED}
    assert {state: steps for state, steps in leaving.items() if steps} == {
        RequestState.CLOSED: (RequestStep.REOPEN,)
    }


def test_every_state_has_words() -> None:
    assert set(REQUEST_WORDS) == set(RequestState)
