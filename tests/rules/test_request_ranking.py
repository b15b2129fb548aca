"""Which request comes first: severity and tier together, the green channel one level up (DOMAIN section 17)."""

from __future__ import annotations

from itertools import product

import pytest

from portal.customers.rules.kinds import Segment
from portal.service_requests.rules.kinds import Severity
from portal.service_requests.rules.ranking import TIERS, is_green, level, rank

EVERY = list(product(TIERS, Severity))


def test_every_tier_and_severity_has_a_place_of_its_own() -> None:
    assert set(TIERS) == set(Segment)
    assert sorted(rank(tier, severity) for tier, severity in EVERY) == list(range(20))


def test_the_first_of_all_is_an_urgent_one_of_a_project() -> None:
    assert rank("project", 1) == 0


@pytest.mark.parametrize("tier", TIERS)
def test_worse_comes_first_within_a_tier(tier: str) -> None:
    places = [rank(tier, severity) for severity in Severity]
    assert places == sorted(places)


@pytest.mark.parametrize("severity", Severity)
def test_the_more_valuable_customer_comes_first_at_one_severity(severity: int) -> None:
    places = [rank(tier, severity) for tier in TIERS]
    assert places == sorted(places)


@pytest.mark.parametrize(("tier", "green"), [("project", True), ("vip", True), ("mid", False)])
def test_projects_and_vips_take_the_green_channel(tier: str, green: bool) -> None:
    assert is_green(tier) is green
    assert level(tier, 3) == (2 if green else 3)


def test_the_green_channel_is_one_level_and_no_more() -> None:
    assert rank("ordinary", 1) < rank("vip", 2) < rank("ordinary", 2)
    assert rank("project", 3) < rank("mid", 3)
    assert rank("project", 4) > rank("floating", 2)


def test_a_tier_that_there_is_not_has_no_place() -> None:
    with pytest.raises(KeyError):
        rank("golden", 1)
