"""Invented rates of exchange into CNY for the months around the demo and the year and more before it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from portal.demo.rates.sheet import month_start

SOURCE = "演示汇率"
_RATES = {
    # currency: rate one month before, in the month of the demo, one month after; earlier months repeat them in turn
    "USD": ("7.1034", "7.1260", "7.1188"),
    "EUR": ("8.2410", "8.3025", "8.2870"),
    "GBP": ("9.5120", "9.5860", "9.5515"),
    "HKD": ("0.9128", "0.9156", "0.9147"),
    "JPY": ("0.0471", "0.0468", "0.0470"),
    "SGD": ("5.5340", "5.5610", "5.5485"),
    "AED": ("1.9342", "1.9403", "1.9384"),
}


@dataclass(frozen=True, slots=True)
class DemoRate:
    """One unit of `currency` is `rate` CNY from `on`."""

    currency: str
    on: date
    rate: Decimal
    source: str = SOURCE


def exchange_rates(month: date, before: int = 1) -> tuple[DemoRate, ...]:
    """The months' fixed rates: of so many months before, of `month` and of the next."""
    return tuple(
        DemoRate(currency, month_start(month, later), Decimal(rates[(later + 1) % len(rates)]))
        for currency, rates in _RATES.items()
        for later in range(-before, 2)
    )
