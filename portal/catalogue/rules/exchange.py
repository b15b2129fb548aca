"""Rates of exchange: which one applies on a day, and one conversion at a time.

Source: DOMAIN F3, F4. No rate is an error, never 1.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from portal.kernel.errors import Invalid
from portal.kernel.money import currency_of, round_money
from portal.kernel.text import Text, t


class RateRule(StrEnum):
    """Which day's rate a customer's charges take (F4)."""

    MONTH_FIXED = "month_fixed"  # the first day of the month of the service
    SAILING_DAY = "sailing_day"
    STATEMENT_DAY = "statement_day"
    AGREED = "agreed"  # the customer's own rate, whatever the day


@dataclass(frozen=True, slots=True)
class ExchangeRate:
    """`per` units of `currency` cost `rate` units of `into` from `on` onward, as `source` says."""

    currency: str
    into: str
    on: date
    rate: Decimal
    source: str = ""
    per: Decimal = Decimal(1)


@dataclass(frozen=True, slots=True)
class Conversion:
    """One amount turned into another currency, with what is needed to print and to check it."""

    currency: str
    amount: Decimal
    into: str
    converted: Decimal
    rate: ExchangeRate | None

    def sentence(self) -> Text:
        """`USD 20,485.00 × 7.1260 (2026-03-02) = CNY 145,976.11`."""
        if self.rate is None:
            return t("%(amount)s needs no conversion", amount=f"{self.currency} {self.amount:,}")
        return t(
            "%(amount)s × %(rate)s (%(date)s) = %(converted)s",
            amount=f"{self.currency} {self.amount:,}",
            rate=self.rate.rate / self.rate.per,
            date=self.rate.on.isoformat(),
            converted=f"{self.into} {self.converted:,}",
        )


def rate_day(rule: RateRule, service_on: date, statement_on: date | None = None) -> date:
    """The day whose rate applies; Invalid when the rule needs a statement day that is not known."""
    if rule is RateRule.MONTH_FIXED:
        return service_on.replace(day=1)
    if rule is RateRule.STATEMENT_DAY:
        if statement_on is None:
            raise Invalid(t("The day of the statement decides the rate of exchange."))
        return statement_on
    return service_on


def find_rate(
    rates: Iterable[ExchangeRate],
    currency: str,
    into: str,
    on: date,
    max_age_days: int | None = None,
) -> ExchangeRate:
    """The latest rate on or before `on`, not older than `max_age_days`; Invalid when none is (F4)."""
    usable = [
        rate
        for rate in rates
        if (rate.currency, rate.into) == (currency, into)
        and rate.on <= on
        and (max_age_days is None or (on - rate.on).days <= max_age_days)
    ]
    if not usable:
        raise no_rate(currency, into, on)
    return max(usable, key=lambda rate: rate.on)


def convert(amount: Decimal, currency: str, into: str, rate: ExchangeRate | None) -> Conversion:
    """`amount` of `currency` in `into`, rounded once to its minor unit; Invalid for a wrong rate."""
    currency_of(currency)
    if currency == into:
        return Conversion(currency, amount, into, round_money(amount, into), None)
    if rate is None or (rate.currency, rate.into) != (currency, into) or rate.rate <= 0:
        raise no_rate(currency, into, rate.on if rate else None)
    converted = round_money(amount * rate.rate / rate.per, into)
    return Conversion(currency, amount, into, converted, rate)


def convert_all(
    amounts: Mapping[str, Decimal], into: str, rates: Mapping[str, ExchangeRate]
) -> tuple[Conversion, ...]:
    """One conversion for each currency of `amounts` (currency → sum); `rates` by currency (F3)."""
    return tuple(convert(amounts[code], code, into, rates.get(code)) for code in amounts)


def no_rate(currency: str, into: str, on: date | None) -> Invalid:
    """The refusal when there is no rate to convert with."""
    parts = {"one": currency, "other": into}
    if on is None:
        return Invalid(
            t("There is no rate of exchange from %(one)s to %(other)s.", **parts), "rate"
        )
    sentence = t("There is no rate from %(one)s to %(other)s on %(date)s.", date=str(on), **parts)
    return Invalid(sentence, "rate")
