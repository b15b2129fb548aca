"""Counting pallets by the named rule of a cloud warehouse (DOMAIN P14, P13)."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import ROUND_FLOOR, Decimal

from portal.kernel.errors import Invalid
from portal.kernel.text import t

_TOLERANCE = Decimal("0.1")
_HALF = Decimal("0.5")


def pallets_of_sku(pieces: Decimal, pieces_per_pallet: Decimal) -> Decimal:
    """Pallets that one SKU takes: full ones, and one more if the rest is over a tenth.

    A single part pallet counts 0.5 under half and 1 from half on. Invalid without a pallet size.
    """
    if pieces_per_pallet <= 0:
        raise Invalid(t("The number of pieces on a pallet is missing."), field="pieces_per_pallet")
    exact = pieces / pieces_per_pallet
    full = exact.to_integral_value(ROUND_FLOOR)
    part = exact - full
    if not full and part:
        return _HALF if part < _HALF else Decimal(1)
    return full + 1 if part > _TOLERANCE else full


def pallets_of_day(skus: Iterable[tuple[Decimal, Decimal]]) -> Decimal:
    """The day's pallets of (pieces, pieces per pallet): the sum, rounded up if its rest is over 0.1."""
    total = sum((pallets_of_sku(pieces, size) for pieces, size in skus), Decimal(0))
    full = total.to_integral_value(ROUND_FLOOR)
    return full + 1 if total - full > _TOLERANCE else total


def full_and_half(pallets: Decimal) -> tuple[Decimal, Decimal]:
    """Full and half pallets of a delivery, each with a price of its own (P13); the rest rounds up."""
    full = pallets.to_integral_value(ROUND_FLOOR)
    part = pallets - full
    if not part:
        return full, Decimal(0)
    return (full, Decimal(1)) if part <= _HALF else (full + 1, Decimal(0))
