"""Which request comes first: severity and the customer's tier together (DOMAIN section 17)."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product

from portal.customers.rules.kinds import Segment
from portal.service_requests.rules.kinds import Severity

GREEN = frozenset({Segment.PROJECT, Segment.VIP})
"""The green channel: these customers move up one level."""
TIERS = (Segment.PROJECT, Segment.VIP, Segment.MID, Segment.ORDINARY, Segment.FLOATING)
"""Customers by value, the highest first."""


def is_green(tier: str) -> bool:
    """Whether requests of this tier take the green channel."""
    return tier in GREEN


def level(tier: str, severity: int) -> int:
    """The severity that a request is treated as: one better for the green channel, 0 the most urgent of all."""
    return severity - 1 if is_green(tier) else severity


def _place(pair: tuple[Segment, Severity]) -> tuple[int, int, int]:
    tier, severity = pair
    return level(tier, severity), severity, TIERS.index(tier)


_RANKS: Mapping[tuple[str, int], int] = {
    (tier.value, int(severity)): rank
    for rank, (tier, severity) in enumerate(sorted(product(TIERS, Severity), key=_place))
}


def rank(tier: str, severity: int) -> int:
    """The place in every queue, 0 the first: by level, then severity, then tier.

    Raises KeyError for a tier or severity that there is not.
    """
    return _RANKS[(tier, severity)]
