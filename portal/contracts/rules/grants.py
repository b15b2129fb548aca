"""The periods for which a line grants its quantity (DOMAIN E2)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from portal.contracts.rules.kinds import Allowance

MONTHS = {Allowance.MONTH: 1, Allowance.QUARTER: 3, Allowance.YEAR: 12}


@dataclass(frozen=True, slots=True)
class GrantPeriod:
    """One period, both days included; `number` counts from 1 within the line."""

    number: int
    starts_on: date
    ends_on: date


def grant_periods(allowance: Allowance, from_on: date, until_on: date) -> list[GrantPeriod]:
    """The periods from `from_on` to `until_on`.

    Months, quarters and years are those of the calendar, so that a period is billed as it is granted; the first and
    the last are as short as the line makes them, and each grants the whole quantity.
    """
    if until_on < from_on:
        raise ValueError("a line cannot end before it starts")
    return [
        GrantPeriod(number, start, end)
        for number, (start, end) in enumerate(_spans(allowance, from_on, until_on), start=1)
    ]


def _spans(allowance: Allowance, from_on: date, until_on: date) -> Iterator[tuple[date, date]]:
    if allowance is Allowance.CONTRACT:
        yield from_on, until_on
        return
    start = from_on
    while start <= until_on:
        end = min(_last_day(start, MONTHS[allowance]), until_on)
        yield start, end
        start = end + timedelta(days=1)


def _last_day(day: date, months: int) -> date:
    """The last day of the calendar's period of `months` months that `day` lies in."""
    first = (day.month - 1) // months * months
    years, month = divmod(first + months, 12)
    return date(day.year + years, month + 1, 1) - timedelta(days=1)
