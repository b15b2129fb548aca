"""From which entitlements a quantity is drawn, and how much from each (DOMAIN E4, E6)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal

from portal.contracts.rules.kinds import Overage
from portal.contracts.rules.matching import Standing, split
from portal.kernel.units import UNITS, convert

SIX_PLACES = Decimal("0.000001")
FAR = 10


@dataclass(frozen=True, slots=True)
class Share:
    """What one entitlement gives, in its own unit; `reserved` of it was held for this very usage."""

    entitlement_id: int
    quantity: Decimal
    reserved: Decimal = Decimal(0)


def is_far_beyond(
    quantity: Decimal, unit: str, granted: Iterable[tuple[str, Decimal | None]]
) -> bool:
    """Whether a quantity is more than ten times what was granted in all; `granted`: (unit, None for no limit).

    Never where nothing in a unit that fits was granted, or something without a limit.
    """
    fitting = [(each, much) for each, much in granted if each in (unit, *other_units(unit))]
    if not fitting or any(much is None for _, much in fitting):
        return False
    limit = sum(
        (in_unit(much, each, unit) for each, much in fitting if much is not None), Decimal(0)
    )
    return quantity > FAR * limit


def in_unit(quantity: Decimal, unit: str, target: str) -> Decimal:
    """`quantity` in another unit of its dimension, half-up to six places."""
    if unit == target:
        return quantity
    return convert(quantity, unit, target).quantize(SIX_PLACES, ROUND_HALF_UP)


def other_units(unit: str) -> list[str]:
    """The units into which a quantity of `unit` can be converted, in the order in which they are tried."""
    of = UNITS.get(unit)
    if of is None or of.factor is None:
        return []
    alike = (u for u in UNITS.values() if u.dimension == of.dimension and u.factor is not None)
    return sorted(each.code for each in alike if each.code != unit)


def shares_of(quantity: Decimal, standings: Sequence[Standing]) -> list[Share]:
    """How entitlements in drawing order share a quantity of their unit; empty when they cannot give all of it."""
    if quantity <= 0:
        return []
    return [Share(part.id, part.quantity) for part in split(standings, quantity)]


def shares_with_hold(
    quantity: Decimal, held: Standing, reserved: Decimal, usable: Sequence[Standing]
) -> list[Share]:
    """The same where `reserved` of `held` waits for this usage: it comes first, whatever has befallen its contract.

    Beyond what it holds it gives like any other of `usable`, if it is one of them.
    """
    own = next((each for each in usable if each.id == held.id), None)
    if own is None:
        first = replace(held, left=reserved, overage=Overage.STOP)
    else:
        first = replace(own, left=None if own.left is None else own.left + reserved)
    others = [each for each in usable if each.id != held.id]
    shares = shares_of(quantity, [first, *others])
    return [
        replace(each, reserved=min(reserved, each.quantity)) if each.entitlement_id == held.id else each
        for each in shares
    ]  # fmt: skip


def statistical_quantity(quantity: Decimal, factor: Decimal) -> Decimal:
    """What a share counts in the statistical unit (TEU), half-up to six places."""
    return (quantity * factor).quantize(SIX_PLACES, ROUND_HALF_UP)
