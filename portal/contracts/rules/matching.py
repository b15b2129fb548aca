"""Which entitlements a usage may draw from, in which order, and why none (DOMAIN E6)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from portal.contracts.rules.kinds import Overage
from portal.contracts.rules.states import ContractState


class NoMatch(StrEnum):
    """Why nothing can be drawn from, the nearest miss last."""

    NO_CONTRACT = "no_contract"
    OUTSIDE_PERIOD = "outside_period"
    SUSPENDED = "suspended"
    UNIT = "unit"
    EXHAUSTED = "exhausted"


NEARNESS = tuple(NoMatch)
LETS_IN = frozenset({ContractState.ACTIVE, ContractState.COMPLETED, ContractState.TERMINATED})
"""Contracts whose days still count: what was used before an end may be reported after it."""


@dataclass(frozen=True, slots=True)
class Standing:
    """One entitlement of the right item, as matching sees it.

    `is_own`: the customer's own, not its group's. `left` None is without limit. `contract_ended_on`: the day on which
    the contract was completed or terminated.
    """

    id: int
    is_own: bool
    starts_on: date
    ends_on: date
    unit: str
    left: Decimal | None
    overage: Overage
    contract_state: ContractState
    contract_ended_on: date | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """So much of one entitlement."""

    id: int
    quantity: Decimal


def obstacle(standing: Standing, unit: str, on: date) -> NoMatch | None:
    """What keeps a usage of `unit` on the day `on` from this entitlement; None: nothing does."""
    if not standing.starts_on <= on <= standing.ends_on:
        return NoMatch.OUTSIDE_PERIOD
    if standing.contract_ended_on is not None and on > standing.contract_ended_on:
        return NoMatch.OUTSIDE_PERIOD
    if standing.contract_state is ContractState.SUSPENDED:
        return NoMatch.SUSPENDED
    if standing.contract_state not in LETS_IN:
        return NoMatch.NO_CONTRACT
    if standing.unit != unit:
        return NoMatch.UNIT
    if standing.left is not None and standing.left <= 0 and standing.overage is Overage.STOP:
        return NoMatch.EXHAUSTED
    return None


def in_drawing_order(standings: Iterable[Standing]) -> list[Standing]:
    """A branch's own before its group's, then the earliest end, then the oldest (DOMAIN E6)."""
    return sorted(standings, key=lambda s: (not s.is_own, s.ends_on, s.starts_on, s.id))


def nearest(obstacles: Iterable[NoMatch]) -> NoMatch:
    """Of several reasons the one that was the last hurdle; NO_CONTRACT when there was not even one."""
    return max(obstacles, key=NEARNESS.index, default=NoMatch.NO_CONTRACT)


def split(standings: Sequence[Standing], quantity: Decimal) -> list[Part]:
    """`quantity` over entitlements in drawing order: what each has left, the rest beyond the first that allows it.

    Empty when they cannot take all of it: then nothing is drawn (DOMAIN E3, E4).
    """
    parts: dict[int, Decimal] = {}
    rest = quantity
    for each in standings:
        part = rest if each.left is None else min(rest, max(each.left, Decimal(0)))
        if part > 0:
            parts[each.id] = part
            rest -= part
    if rest > 0:
        beyond = next((each for each in standings if each.overage is not Overage.STOP), None)
        if beyond is None:
            return []
        parts[beyond.id] = parts.get(beyond.id, Decimal(0)) + rest
    return [Part(each.id, parts[each.id]) for each in standings if each.id in parts]
