"""Invented rates of exchange into CNY for the months around the demo."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from portal.demo.rates.sheet import month_start

SOURCE = "演示汇率"
_RATES = {
    # currency: rate one month before, in the month of the demo, one month after
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


def exchange_rates(month: date) -> tuple[DemoRate, ...]:
    """The month's fixed rates: of the month before, of `month` and of the next."""
    return tuple(
        DemoRate(currency, month_start(month, later), Decimal(rate))
        for currency, rates in _RATES.items()
        for later, rate in zip((-1, 0, 1), rates, strict=True)
    )
