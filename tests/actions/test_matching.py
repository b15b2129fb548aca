"""Entitlements found for a usage: whose, in which order, and why none."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest

from portal.access.viewer import SYSTEM
from portal.contracts.models import Entitlement
from portal.contracts.queries.matching import candidates
from portal.contracts.rules.kinds import Allowance
from portal.contracts.rules.matching import NoMatch
from portal.customers.models import Customer
from portal.db.base import db
from tests.cast import Cast, customer, viewer
from tests.chain import entitled, granted, handling

D = Decimal
DAY = date(2026, 3, 2)


@pytest.fixture
def branch(cast: Cast) -> Customer:
    """A branch of Harbour Foods."""
    return customer("HARBOUR-NB", "海港食品宁波分公司", "Harbour Ningbo", kind="branch",
                    parent_id=cast.harbour.id)  # fmt: skip


def found(of: Customer, unit: str = "XPX", on: date = DAY) -> list[Entitlement] | NoMatch | None:
    result = candidates(of.id, handling().id, unit, on, SYSTEM)
    return list(result) or result.why


def test_a_branch_draws_its_own_before_its_groups(cast: Cast, now: datetime, branch: Customer) -> None:  # fmt: skip
    of_group = entitled(cast, now)
    own = entitled(cast, now, branch_id=branch.id)
    assert found(branch) == [own, of_group]
    assert found(cast.harbour) == [of_group]


def test_what_ends_first_is_drawn_first(cast: Cast, now: datetime) -> None:
    year = entitled(cast, now)
    quarter = entitled(cast, now, until_on=date(2026, 3, 31))
    assert found(cast.harbour) == [quarter, year]


def test_each_miss_is_named(cast: Cast, now: datetime) -> None:
    assert found(cast.harbour) is NoMatch.NO_CONTRACT
    e = entitled(cast, now, quantity=D(5))
    assert found(cast.nordwind) is NoMatch.NO_CONTRACT
    assert found(cast.harbour, on=date(2027, 1, 1)) is NoMatch.OUTSIDE_PERIOD
    assert found(cast.harbour, unit="TEU") is NoMatch.UNIT
    e.used, e.remaining = D(5), D(0)
    assert found(cast.harbour) is NoMatch.EXHAUSTED
    e.contract.state = "suspended"
    assert found(cast.harbour) is NoMatch.SUSPENDED


def test_usage_before_an_early_end_still_counts(cast: Cast, now: datetime) -> None:
    e = entitled(cast, now)
    e.contract.state, e.contract.end_reason = "terminated", "停业"
    e.contract.ended_on = date(2026, 3, 1)
    assert found(cast.harbour) is NoMatch.OUTSIDE_PERIOD
    assert found(cast.harbour, on=date(2026, 3, 1)) == [e]


def test_late_usage_follows_what_was_carried_over(cast: Cast, now: datetime) -> None:
    january, february, *_ = granted(
        cast, now, quantity=D(5), allowance=Allowance.MONTH, carries_over=True
    )
    january.granted = january.remaining = D(0)
    assert found(cast.harbour, on=date(2026, 1, 30)) is NoMatch.EXHAUSTED
    january.closed_at = now
    assert found(cast.harbour, on=date(2026, 1, 30)) == [february]


def test_a_branchs_clerk_finds_the_branchs_own_alone(
    cast: Cast, now: datetime, branch: Customer
) -> None:
    entitled(cast, now)
    own = entitled(cast, now, branch_id=branch.id)
    clerk = viewer(cast.erik)
    reach = clerk.__class__(kind="customer", name="x", customer_ids=frozenset({branch.id}))
    db.session.flush()
    assert list(candidates(branch.id, handling().id, "XPX", DAY, reach)) == [own]
