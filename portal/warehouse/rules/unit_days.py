"""Stock day by day, and unit-days of any period: from movements or from day snapshots (W1-W3).

One measure at a time: a flow's quantity is in m³, or kg, or pallets, as it was frozen when it moved.
Everything is lazy: a stock that rests for a month costs one step.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, time, timedelta
from decimal import Decimal
from enum import StrEnum
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple, TypeVar

from portal.catalogue.rules.storage import DayCount
from portal.kernel.period import Period

ZERO = Decimal(0)
ONE_DAY = timedelta(days=1)
Owner = TypeVar("Owner", bound=Hashable)


class MovementKind(StrEnum):
    """Why stock changed."""

    IN = "in"
    OUT = "out"
    ADJUST = "adjust"  # a difference that was found, with its reason (W11)


class Flow(NamedTuple):
    """One measure of one movement: `quantity` is signed, above 0 comes in, below 0 leaves."""

    day: date
    quantity: Decimal
    kind: MovementKind
    lot: str = ""
    at: time = time.min


class Snapshot(NamedTuple):
    """The stock at the end of a day, as a warehouse reports it.

    `inbound` is what came in that day; None: unknown, then the change since the snapshot before is
    taken as one movement. `peak` is the highest moment of the day; None: all came in before any left.
    """

    day: date
    closing: Decimal
    inbound: Decimal | None = None
    lot: str = ""
    peak: Decimal | None = None


@dataclass(frozen=True, slots=True)
class DayRow:
    """One day's stock; every part but `adjusted` is 0 or more."""

    day: date
    opening: Decimal
    inbound: Decimal
    outbound: Decimal
    adjusted_up: Decimal
    adjusted_down: Decimal
    closing: Decimal
    peak: Decimal
    """The highest moment of the day by the order of times."""

    @property
    def adjusted(self) -> Decimal:
        """The day's adjustments together, signed."""
        return self.adjusted_up - self.adjusted_down

    def chargeable(self, count: DayCount) -> Decimal:
        """The stock that counts for this day (W2); what was found on a day counts as come in."""
        if count is DayCount.BOTH:
            return self.opening + self.inbound + self.adjusted_up
        if count is DayCount.DAY_END:
            return self.closing
        return self.opening if count is DayCount.DAY_START else self.peak


class Stretch(NamedTuple):
    """Days that are all like the first: `days` is more than 1 only where nothing moves."""

    row: DayRow
    days: int


def stretches(flows: Iterable[Flow], period: Period, opening: Decimal = ZERO) -> Iterator[Stretch]:
    """The days of a closed `period`, resting days together.

    `flows` come in the order of their days and times; those before the period are added to
    `opening`, those after it are not read. ValueError when the order is broken.
    """
    last = _end(period)
    day, stock = period.start_on, opening
    for moved, of_day in groupby(flows, key=itemgetter(0)):
        if moved < period.start_on:
            stock += sum((flow.quantity for flow in of_day), ZERO)
            continue
        if moved > last:
            break
        if moved < day:
            raise ValueError("the movements are not in the order of their days")
        if moved > day:
            yield Stretch(_resting(day, stock), (moved - day).days)
        row = _moving(moved, stock, of_day)
        yield Stretch(row, 1)
        day, stock = moved + ONE_DAY, row.closing
    if day <= last:
        yield Stretch(_resting(day, stock), (last - day).days + 1)


def day_rows(flows: Iterable[Flow], period: Period, opening: Decimal = ZERO) -> Iterator[DayRow]:
    """One row for every day of a closed `period`; `flows` as for `stretches`."""
    for row, days in stretches(flows, period, opening):
        yield row
        for ahead in range(1, days):
            yield _resting(row.day + timedelta(days=ahead), row.closing)


def unit_days(
    flows: Iterable[Flow], period: Period, count: DayCount, opening: Decimal = ZERO
) -> Decimal:
    """Σ chargeable stock over the days of a closed `period`, exact (W3).

    Only DayCount.PEAK needs `flows` in the order of their days and times.
    """
    if count is DayCount.PEAK:
        return sum((r.peak * days for r, days in stretches(flows, period, opening)), ZERO)
    return unit_days_of_each((((), flow) for flow in flows), period, count, {(): opening})[()]


def unit_days_of_each(
    flows: Iterable[tuple[Owner, Flow]],
    period: Period,
    count: DayCount,
    opening: Mapping[Owner, Decimal],
) -> dict[Owner, Decimal]:
    """Unit-days of many customers, lots or warehouses in one pass over their flows.

    Only DayCount.PEAK needs each owner's flows together and in the order of days and times.
    """
    last = _end(period)
    if count is DayCount.PEAK:
        resting = {owner: stock * _length(period) for owner, stock in opening.items()}
        return resting | {
            owner: unit_days((f for _, f in own), period, count, opening.get(owner, ZERO))
            for owner, own in groupby(flows, key=itemgetter(0))
        }
    # What comes in counts from its day or the next on; what leaves, until its day or the one before.
    arrives = 0 if count is DayCount.DAY_START else 1
    leaves = 1 if count is DayCount.DAY_END else 0
    length, end = _length(period), last.toordinal()
    total = {owner: stock * length for owner, stock in opening.items()}
    for owner, flow in flows:
        quantity = flow.quantity
        days = end - flow.day.toordinal() + (arrives if quantity > 0 else leaves)
        if days > 0:
            total[owner] = total.get(owner, ZERO) + quantity * min(days, length)
        elif owner not in total:
            total[owner] = ZERO
    return total


def flows_of_snapshots(
    snapshots: Iterable[Snapshot], opening: Mapping[str, Decimal] | None = None
) -> Iterator[Flow]:
    """The movements that lead from snapshot to snapshot, so that both sources count alike (W1).

    `snapshots` in the order of their days; `opening` is each lot's stock before its first one. A
    day without a snapshot keeps the stock of the day before (`days_missing` names such days).
    """
    stock = dict(opening or {})
    for day, closing, inbound, lot, peak in snapshots:
        before = stock.get(lot, ZERO)
        came = max(closing - before, ZERO) if inbound is None else inbound
        left = before + came - closing
        late = ZERO if peak is None else before + came - peak
        kind = MovementKind.OUT if left > 0 else MovementKind.ADJUST
        parts = ((came - late, MovementKind.IN), (-left, kind), (late, MovementKind.IN))
        yield from (Flow(day, part, each, lot) for part, each in parts if part)
        stock[lot] = closing


def days_missing(snapshots: Iterable[Snapshot], period: Period) -> tuple[date, ...]:
    """The days of a closed `period` for which no snapshot was given."""
    given = {snapshot.day for snapshot in snapshots}
    days = (period.start_on + timedelta(days=ahead) for ahead in range(_length(period)))
    return tuple(day for day in days if day not in given)


def _moving(day: date, opening: Decimal, flows: Iterable[Flow]) -> DayRow:
    came = left = up = down = ZERO
    stock = peak = opening
    for _, quantity, kind, _, _ in flows:
        stock += quantity
        peak = max(peak, stock)
        if kind is MovementKind.ADJUST:
            up, down = (up + quantity, down) if quantity > 0 else (up, down - quantity)
        elif quantity > 0:
            came += quantity
        else:
            left -= quantity
    return DayRow(day, opening, came, left, up, down, stock, peak)


def _resting(day: date, stock: Decimal) -> DayRow:
    return DayRow(day, stock, ZERO, ZERO, ZERO, ZERO, stock, stock)


def _end(period: Period) -> date:
    if period.end_on is None:
        raise ValueError("unit-days are counted for a period that ends")
    return period.end_on


def _length(period: Period) -> int:
    return (_end(period) - period.start_on).days + 1
