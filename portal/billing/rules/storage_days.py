"""Storage counted from the stock of each day: every day, the highest, the mean, the first (W2-W4, W8)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple

from portal.billing.rules.months import (
    ONE_DAY,
    WHOLE,
    Month,
    Share,
    common,
    end_of,
    length_of,
    share_of,
)
from portal.catalogue.rules.pallets import pallets_of_day
from portal.catalogue.rules.storage import (
    AgeTier,
    FreeFrom,
    Method,
    MonthDays,
    PalletCount,
    Per,
    StoragePolicy,
)
from portal.catalogue.rules.working import Step
from portal.kernel.period import Period
from portal.warehouse.rules.layers import Layer
from portal.warehouse.rules.unit_days import Flow, stretches

ZERO = Decimal(0)
THREE_PLACES = Decimal("0.001")


@dataclass(frozen=True, slots=True)
class Stock:
    """What is known about a stock: `opening` layers, then `flows` in the order of days and times.

    `per_pallet`: pieces on a pallet for each lot (or article) of the flows, for PalletCount.BY_SKU.
    """

    flows: Sequence[Flow]
    opening: Sequence[Layer] = ()
    per_pallet: Mapping[str, Decimal] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Counted:
    """A quantity to pay for: `units` × `times` ÷ `of`, and how it was found.

    `per` is the time already contained in `units` (unit-days); None: `units` is plain stock.
    """

    units: Decimal
    per: Per | None
    steps: tuple[Step, ...]
    times: int = 1
    of: int = 1
    tier: AgeTier | None = None


class ChargedDays(NamedTuple):
    """`days` days from `day` on with one and the same charged `quantity`."""

    day: date
    days: int
    quantity: Decimal


def charged_days(policy: StoragePolicy, stock: Stock, period: Period) -> Iterator[ChargedDays]:
    """The charged stock of every day of a closed `period`, resting days together; before free days."""
    count = policy.day_count
    if policy.pallets is PalletCount.BY_SKU:
        found = _pallet_days(policy, stock, period)
    else:
        opening = sum((layer.left for layer in stock.opening), ZERO)
        found = (
            ChargedDays(row.day, days, row.chargeable(count))
            for row, days in stretches(stock.flows, period, opening)
        )
    for day, days, quantity in found:
        rounded = quantity.quantize(THREE_PLACES, ROUND_HALF_UP) if policy.round_daily else quantity
        yield ChargedDays(day, days, rounded)


def _pallet_days(policy: StoragePolicy, stock: Stock, period: Period) -> Iterator[ChargedDays]:
    """Pallets by P14: each article's charged pieces of the day, then the day's total."""
    flows: dict[str, list[Flow]] = {layer.lot: [] for layer in stock.opening}
    opening: dict[str, Decimal] = {}
    for layer in stock.opening:
        opening[layer.lot] = opening.get(layer.lot, ZERO) + layer.left
    for flow in stock.flows:
        flows.setdefault(flow.lot, []).append(flow)
    changes = [
        (row.day, lot, row.chargeable(policy.day_count))
        for lot, own in flows.items()
        for row, _ in stretches(own, period, opening.get(lot, ZERO))
    ]
    changes.sort(key=lambda change: change[:2])
    pieces: dict[str, Decimal] = {}
    begun: tuple[date, Decimal] | None = None
    for day, of_day in groupby(changes, key=lambda change: change[0]):
        if begun is not None:
            yield ChargedDays(begun[0], (day - begun[0]).days, begun[1])
        pieces.update((lot, quantity) for _, lot, quantity in of_day)
        sizes = [
            (number, stock.per_pallet.get(lot, ZERO)) for lot, number in pieces.items() if number
        ]
        begun = day, pallets_of_day(sizes)
    if begun is not None:
        yield ChargedDays(begun[0], (end_of(period) - begun[0]).days + 1, begun[1])


def count_days(
    policy: StoragePolicy, stock: Stock, month: Month, contract: Period | None
) -> Iterator[Counted]:
    """What DAILY, PEAK, AVERAGE, FIRST_OF_MONTH and AREA_MONTH charge for one month."""
    if policy.method is Method.DAILY:
        yield _daily(policy, stock, month, contract)
    elif policy.method is Method.FIRST_OF_MONTH:
        yield from _first_of_month(policy, stock, month)
    else:
        due = common(month.billed, contract)
        if due is not None:
            share = share_of(month, contract, policy.part_month, policy.month_days)
            count = {
                Method.PEAK: _peak,
                Method.AVERAGE: _average,
                Method.AREA_MONTH: _area,
            }[policy.method]
            yield count(policy, stock, due, share)


def days_of_month(policy: StoragePolicy, month: Month) -> int:
    """By how many days a month's rate is divided (W9); 1 when the rate is a day's."""
    if policy.per is not Per.MONTH:
        return 1
    return 30 if policy.month_days is MonthDays.THIRTY else length_of(month.whole)


def _daily(policy: StoragePolicy, stock: Stock, month: Month, contract: Period | None) -> Counted:
    billed = month.billed
    total = unit_days_charged(policy, stock, billed)
    values = {"quantity": total, "unit": policy.unit, "per": Per.DAY.value}
    days = {"days": length_of(billed), "count": policy.day_count.value}
    steps: list[Step] = [("storage_days", {**values, **days})]
    free = _free_window(policy, contract)
    idle = None if free is None else common(billed, free)
    if idle is not None:
        spared = unit_days_charged(policy, stock, idle)
        total -= spared
        steps.append(("storage_free", {**values, "quantity": spared, "days": policy.free_days}))
    raised = _raised(policy, stock, billed, contract, free)
    if raised:
        total += raised
        least = {"least": policy.minimum_quantity, "quantity": total}
        steps.append(("storage_minimum_days", {**values, **least}))
    return Counted(total, Per.DAY, tuple(steps), of=days_of_month(policy, month))


def unit_days_charged(policy: StoragePolicy, stock: Stock, period: Period) -> Decimal:
    """Σ charged stock over the days of a closed period, before free days and minimums."""
    return sum((q * days for _, days, q in charged_days(policy, stock, period)), ZERO)


def _free_window(policy: StoragePolicy, contract: Period | None) -> Period | None:
    """Free days of goods without lots: the first days of the contract (W5)."""
    if not policy.free_days or policy.free_from is not FreeFrom.CONTRACT or contract is None:
        return None
    return Period(contract.start_on, contract.start_on + timedelta(days=policy.free_days - 1))


def _raised(
    policy: StoragePolicy,
    stock: Stock,
    billed: Period,
    contract: Period | None,
    free: Period | None,
) -> Decimal:
    """Unit-days that lift each day under contract, after the free ones, to the minimum quantity."""
    due = common(billed, contract)
    if due is not None and free is not None:
        begin = max(due.start_on, end_of(free) + ONE_DAY)
        due = Period(begin, due.end_on) if begin <= end_of(due) else None
    if due is None or not policy.minimum_quantity:
        return ZERO
    least = policy.minimum_quantity
    days = charged_days(policy, stock, due)
    return sum((max(least - q, ZERO) * count for _, count, q in days), ZERO)


def _peak(policy: StoragePolicy, stock: Stock, due: Period, share: Share) -> Counted:
    highest = max(charged_days(policy, stock, due), key=attrgetter("quantity"))
    values = {"quantity": highest.quantity, "unit": policy.unit}
    steps: list[Step] = [("storage_peak", {"day": highest.day.isoformat(), **values})]
    units = _at_least(policy, highest.quantity, steps)
    return _for_the_time(policy, units, due, share, steps)


def _average(policy: StoragePolicy, stock: Stock, due: Period, share: Share) -> Counted:
    days = length_of(due)
    total = unit_days_charged(policy, stock, due)
    mean = {"days": days, "total": total, "quantity": total / days, "unit": policy.unit}
    steps: list[Step] = [("storage_average", mean)]
    least = policy.minimum_quantity * days
    if total < least:
        _at_least(policy, total / days, steps)
        total = least
    if policy.per is Per.DAY:
        return Counted(total, Per.DAY, tuple(steps))
    _tell_share(share, steps)
    return Counted(total, Per.DAY, tuple(steps), times=share.days, of=share.of * days)


def _area(policy: StoragePolicy, stock: Stock, due: Period, share: Share) -> Counted:
    values = {"quantity": policy.area, "unit": policy.unit}
    steps: list[Step] = [("storage_area", values)]
    units = _at_least(policy, policy.area, steps)
    return _for_the_time(policy, units, due, share, steps)


def _first_of_month(policy: StoragePolicy, stock: Stock, month: Month) -> Iterator[Counted]:
    last = end_of(month.billed)
    first = last.replace(day=1)
    if first < month.billed.start_on:
        return
    (day,) = charged_days(policy, stock, Period(first, first))
    values = {"quantity": day.quantity, "unit": policy.unit}
    steps: list[Step] = [("storage_on_day", {"day": first.isoformat(), **values})]
    yield Counted(_at_least(policy, day.quantity, steps), Per.MONTH, tuple(steps))


def _at_least(policy: StoragePolicy, units: Decimal, steps: list[Step]) -> Decimal:
    least = policy.minimum_quantity
    if units >= least:
        return units
    steps.append(("minimum_quantity", {"before": units, "after": least}))
    return least


def _for_the_time(
    policy: StoragePolicy, units: Decimal, due: Period, share: Share, steps: list[Step]
) -> Counted:
    """Plain stock for all the days that are due, or for its share of the month."""
    if policy.per is Per.DAY:
        return Counted(units * length_of(due), Per.DAY, tuple(steps))
    _tell_share(share, steps)
    per = Per.MONTH if share == WHOLE else None
    return Counted(units, per, tuple(steps), times=share.days, of=share.of)


def _tell_share(share: Share, steps: list[Step]) -> None:
    if share != WHOLE:
        steps.append(("storage_share", {"days": share.days, "of": share.of}))
