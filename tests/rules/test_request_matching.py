"""Whether a request may name what was bought, and why not (S2)."""

from __future__ import annotations

import pytest

from portal.contracts.rules.entitlement_states import EntitlementState as State
from portal.service_requests.rules.kinds import NoMatch
from portal.service_requests.rules.matching import obstacle, why_none


@pytest.mark.parametrize("state", [State.IN_FORCE, State.LOW, State.BEYOND, State.EXHAUSTED])
def test_what_is_in_force_may_be_named_used_up_or_not(state: State) -> None:
    assert obstacle(state) is None


@pytest.mark.parametrize(
    ("state", "why"),
    [
        (State.SUSPENDED, NoMatch.SUSPENDED),
        (State.PAST, NoMatch.EXPIRED),
        (State.FUTURE, NoMatch.GENERAL),
    ],
)
def test_what_is_not_in_force_may_not_and_says_why(state: State, why: NoMatch) -> None:
    assert obstacle(state) is why


def test_every_standing_is_decided() -> None:
    why = {obstacle(state) for state in State}
    assert why == {None, NoMatch.SUSPENDED, NoMatch.EXPIRED, NoMatch.GENERAL}


@pytest.mark.parametrize(
    ("states", "why"),
    [
        ([], NoMatch.NOT_BOUGHT),
        ([State.PAST], NoMatch.EXPIRED),
        ([State.PAST, State.SUSPENDED], NoMatch.SUSPENDED),
        ([State.FUTURE], NoMatch.GENERAL),
    ],
)
def test_the_likeliest_reason_is_proposed(states: list[State], why: NoMatch) -> None:
    assert why_none(states) is why
