"""The logistics indices 物流指标, each with what it counts and what it leaves out (DOMAIN I1-I6, REQUIREMENTS I1).

Every figure comes from sums of plain counts and of spreads (days → how many), so that any months, customers and lanes
add up exactly, medians included. Where nothing divides there is no figure.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from portal.receivables.rules.report_figures import percent

TENTH, HUNDREDTH = Decimal("0.1"), Decimal("0.01")
TEN_THOUSAND, WEEK = 10_000, 7


class Count(StrEnum):
    """What is counted of a month, a customer and a lane."""

    DELIVERED = "delivered"
    PROMISED = "promised"  # of them with a promised day
    ON_TIME = "on_time"
    DAMAGED = "damaged"  # delivered in the month, a claim for damage was accepted
    LOST = "lost"  # the same for what was lost or short
    FILL_BASE = "fill_base"  # delivered ones whose services were ordered in quantities
    FILLED = "filled"  # of them, nothing less was done than ordered
    DEPARTED = "departed"
    ORDERS = "orders"
    DECIDED = "decided"  # orders confirmed or refused
    CONFIRMED = "confirmed"
    REQUESTS = "requests"
    BY_PORTAL = "by_portal"
    COMPLAINTS = "complaints"
    SPECIAL = "special"  # special requests granted or refused
    GRANTED = "granted"
    LINES = "lines"
    DISPUTED = "disputed"


class Spread(StrEnum):
    """What is spread over days."""

    CYCLE = "cycle"  # order to delivery
    PREPARATION = "preparation"  # order to departure
    TRANSIT = "transit"  # departure to delivery
    DISPUTE = "dispute"  # dispute raised to decided


class Subject(StrEnum):
    """The rows behind a figure."""

    DELIVERIES = "deliveries"
    DEPARTURES = "departures"
    ORDERS = "orders"
    DECISIONS = "decisions"
    REQUESTS = "requests"
    COMPLAINTS = "complaints"
    SPECIAL = "special"
    LINES = "lines"
    DISPUTES = "disputes"
    MONEY = "money"


@dataclass(slots=True)
class Facts:
    """Counts, spreads (days → how many) and quantities (unit → ordered, done), over some days."""

    counts: Counter[str] = field(default_factory=Counter)
    spreads: dict[str, Counter[int]] = field(default_factory=dict)
    ordered: dict[str, Decimal] = field(default_factory=dict)
    done: dict[str, Decimal] = field(default_factory=dict)
    days: int = 0

    def count(self, name: Count, number: int = 1) -> None:
        """So many more."""
        self.counts[name.value] += number

    def spread(self, name: Spread, days: int, number: int = 1) -> None:
        """So many more that took `days`."""
        self.spreads.setdefault(name.value, Counter())[days] += number

    def units(self, unit: str, ordered: Decimal, done: Decimal) -> None:
        """So much ordered and done of one unit."""
        self.ordered[unit] = self.ordered.get(unit, Decimal(0)) + ordered
        self.done[unit] = self.done.get(unit, Decimal(0)) + done

    def of(self, name: Count) -> int:
        """How many."""
        return self.counts[name.value]

    def days_of(self, name: Spread) -> Counter[int]:
        """How many for each number of days."""
        return self.spreads.get(name.value, Counter())


@dataclass(frozen=True, slots=True)
class Figure:
    """A value (None: nothing divides), how many it is worked out on, how many were left out."""

    value: Decimal | None
    base: int
    left_out: int = 0


NOTHING = Figure(None, 0)


def on_time(promised: date | None, delivered: date) -> bool | None:
    """Delivered on or before the promised day; None without a promise: then it is left out (I1)."""
    return None if promised is None else delivered <= promised


def days_between(first: date | None, last: date | None) -> int | None:
    """Days from one to the other; None where one is not known, or they stand in the wrong order."""
    if first is None or last is None or last < first:
        return None
    return (last - first).days


def share(part: int, base: int, left_out: int = 0) -> Figure:
    """A part of a base in percent, two places."""
    return Figure(percent(part, base), base, left_out)


def per_ten_thousand(number: int, base: int) -> Figure:
    """So many for ten thousand of the base, two places."""
    if not base:
        return Figure(None, 0)
    rate = Decimal(number) * TEN_THOUSAND / base
    return Figure(rate.quantize(HUNDREDTH, ROUND_HALF_UP), base)


def per_week(number: int, days: int) -> Figure:
    """So many a week, one place."""
    if not days:
        return NOTHING
    return Figure((Decimal(number) * WEEK / days).quantize(TENTH, ROUND_HALF_UP), number)


def mean_of(spread: Mapping[int, int], left_out: int = 0) -> Figure:
    """The mean of the days, one place."""
    number = sum(spread.values())
    if not number:
        return Figure(None, 0, left_out)
    whole = sum(days * count for days, count in spread.items())
    return Figure((Decimal(whole) / number).quantize(TENTH, ROUND_HALF_UP), number, left_out)


def median_of(spread: Mapping[int, int], left_out: int = 0) -> Figure:
    """The day in the middle; of an even number the mean of the two in the middle."""
    number = sum(spread.values())
    if not number:
        return Figure(None, 0, left_out)
    low, high = _nth(spread, (number + 1) // 2), _nth(spread, number // 2 + 1)
    return Figure((Decimal(low + high) / 2).quantize(TENTH), number, left_out)


def percentile_of(spread: Mapping[int, int], wanted: int, left_out: int = 0) -> Figure:
    """The fewest days that `wanted` percent of all do not exceed (nearest rank)."""
    number = sum(spread.values())
    if not number:
        return Figure(None, 0, left_out)
    rank = max(-(-wanted * number // 100), 1)
    return Figure(Decimal(_nth(spread, rank)), number, left_out)


def fill_by_unit(facts: Facts) -> list[tuple[str, Figure]]:
    """Unit → what was done of what was ordered, in percent; units are never added to each other (I4)."""
    return [
        (unit, Figure(percent(facts.done.get(unit, Decimal(0)), ordered), facts.of(Count.FILL_BASE)))
        for unit, ordered in sorted(facts.ordered.items())
        if ordered
    ]  # fmt: skip


def added(parts: Iterable[Facts]) -> Facts:
    """Their sum; the days are those of the longest."""
    whole = Facts()
    for each in parts:
        whole.counts.update(each.counts)
        for name, spread in each.spreads.items():
            whole.spreads.setdefault(name, Counter()).update(spread)
        for unit, ordered in each.ordered.items():
            whole.units(unit, ordered, each.done.get(unit, Decimal(0)))
        whole.days = max(whole.days, each.days)
    return whole


def _nth(spread: Mapping[int, int], rank: int) -> int:
    seen = 0
    for days in sorted(spread):
        seen += spread[days]
        if seen >= rank:
            return days
    return max(spread)
