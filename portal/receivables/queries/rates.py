"""Sums in several currencies as one, at the rates of a day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from portal.catalogue.queries.rates import exchange_rate
from portal.catalogue.rules.exchange import ExchangeRate
from portal.receivables.rules.exposure import in_one


class Rates:
    """Rates of one day into one currency, each looked up once."""

    def __init__(self, into: str, on: date) -> None:
        self.into, self.on = into, on
        self._known: dict[str, ExchangeRate] = {}

    def one(self, amounts: Mapping[str, Decimal]) -> Decimal:
        """Everything in one currency; Invalid where there is no rate (DOMAIN F4)."""
        needed = {code: amount for code, amount in amounts.items() if amount}
        for code in needed:
            if code != self.into and code not in self._known:
                self._known[code] = exchange_rate(code, self.into, self.on)
        return in_one(needed, self.into, self._known)
