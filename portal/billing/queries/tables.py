"""Rates of tax and of exchange for very many lines: read once for a run, looked up in memory."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any

from portal.catalogue.queries.rates import TaxInForce, rates_between, taxes_on
from portal.catalogue.rules.exchange import ExchangeRate, RateRule, no_rate, rate_day

AGREED = "agreed"
"""The source that a line names when the customer's own rate converted it."""


class Tables:
    """The firm's tables as they are when they are first asked for."""

    def __init__(self) -> None:
        self._rates: dict[tuple[str, str], list[ExchangeRate]] = {}
        self._agreed: dict[tuple[Any, ...], ExchangeRate] = {}

    @cached_property
    def _taxes(self) -> Any:
        return taxes_on()

    def tax(self, tax_class: str, on: date) -> TaxInForce:
        """The tax class on a day; Invalid when nobody knows it."""
        found: TaxInForce = self._taxes(tax_class, on)
        return found

    def rate(self, currency: str, into: str, on: date, source: str | None = None) -> ExchangeRate:
        """The latest rate on or before a day, of one source where it is named; Invalid when there is none (F4)."""
        known = self._known(currency, into)
        at = bisect_right(known, on, key=lambda each: each.on)
        wanted = (each for each in reversed(known[:at]) if source in (None, each.source))
        found = next(wanted, None)
        if found is None:
            raise no_rate(currency, into, on)
        return found

    def by_rule(
        self, rule: RateRule, agreed: Mapping[str, Any], currency: str, into: str, service_on: date, statement_on: date
    ) -> ExchangeRate:  # fmt: skip
        """The rate that a customer's rule takes for a service of one day on a statement of another."""
        if rule is not RateRule.AGREED:
            return self.rate(currency, into, rate_day(rule, service_on, statement_on))
        if currency not in agreed:
            raise no_rate(currency, into, statement_on)
        key = currency, into, statement_on, str(agreed[currency])
        if key not in self._agreed:
            own = Decimal(str(agreed[currency]))
            self._agreed[key] = ExchangeRate(currency, into, statement_on, own, AGREED)
        return self._agreed[key]

    def _known(self, currency: str, into: str) -> list[ExchangeRate]:
        key = currency, into
        if key not in self._rates:
            self._rates[key] = rates_between(currency, into)
        return self._rates[key]
