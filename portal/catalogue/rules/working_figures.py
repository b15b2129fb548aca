"""How the figures of a working are written; values may be Decimals or their stored strings."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from portal.kernel.money import format_quantity, format_rate

_THREE_PLACES = Decimal("0.001")


def number(value: Any) -> Decimal:
    """The number, also when it was read back from storage as a string."""
    return value if isinstance(value, Decimal) else Decimal(value)


def show_quantity(value: Any) -> str:
    """A quantity with the decimals it was rounded to."""
    return format_quantity(number(value))


def show_short(value: Any) -> str:
    """More than three decimals are shown as three (51.667), as waybills do."""
    exact = number(value)
    shorter = exact.quantize(_THREE_PLACES, ROUND_HALF_UP)
    if len(str(exact)) <= len(str(shorter)):
        return format_quantity(exact)
    return format_quantity(shorter).rstrip("0").rstrip(".")


def show_rate(value: Any) -> str:
    """A rate, or an amount before rounding: at least two decimals, no idle zeros."""
    return format_rate(number(value))


def show_exact(value: Any) -> str:
    """Every decimal that says something: `13.2`, `1,200`."""
    text = format_quantity(number(value))
    return text.rstrip("0").rstrip(".") if "." in text else text
