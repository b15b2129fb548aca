"""Figures of reports that no column holds: shares, changes, days; None (a dash on the page) where nothing divides."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

TENTH, HUNDREDTH = Decimal("0.1"), Decimal("0.01")
HUNDRED = Decimal(100)


def percent(part: Decimal | int, whole: Decimal | int) -> Decimal | None:
    """`part` of `whole` in percent, two places; None of nothing."""
    if not whole:
        return None
    return (Decimal(part) * HUNDRED / Decimal(whole)).quantize(HUNDREDTH, ROUND_HALF_UP)


def change(now: Decimal, before: Decimal) -> Decimal | None:
    """By how many percent `now` is more than `before`, one place; None where there was nothing before."""
    if not before:
        return None
    return ((now - before) * HUNDRED / abs(before)).quantize(TENTH, ROUND_HALF_UP)


def billing_accuracy(disputed: int, lines: int) -> Decimal | None:
    """Lines not disputed of all lines, in percent (DOMAIN I5)."""
    return percent(lines - disputed, lines)


def days_sales_outstanding(owed: Decimal, sales: Decimal, days: int) -> Decimal | None:
    """DSO = what is owed / sales of the period × its days, one place (DOMAIN I5); None without sales."""
    if sales <= 0:
        return None
    return (owed * days / sales).quantize(TENTH, ROUND_HALF_UP)


def median(values: Sequence[Decimal]) -> Decimal | None:
    """The middle one; of an even number the mean of the two in the middle."""
    if not values:
        return None
    ranked, half = sorted(values), len(values) // 2
    if len(ranked) % 2:
        return ranked[half]
    return (ranked[half - 1] + ranked[half]) / 2


def percentile(values: Sequence[Decimal], share: int) -> Decimal | None:
    """The smallest value that `share` percent of all do not exceed (nearest rank)."""
    if not values:
        return None
    rank = -(-share * len(values) // 100)
    return sorted(values)[max(rank, 1) - 1]
