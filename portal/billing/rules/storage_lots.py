"""Storage counted by lot: free days, tiers by age, weeks and months that a lot begins (W5, W6, W8)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from portal.billing.rules.months import ONE_DAY, Month, add_months, end_of, length_of
from portal.billing.rules.storage_days import THREE_PLACES, ZERO, Counted, days_of_month
from portal.catalogue.rules.storage import (
    AgeTier,
    Anniversary,
    Method,
    Per,
    StoragePolicy,
    WeekFrom,
)
from portal.catalogue.rules.working import Step
from portal.kernel.period import Period
from portal.warehouse.rules.layers import Layer

HALF = Decimal("0.5")
ONE = Decimal(1)
WEEK = timedelta(days=7)


class LotPeriod(NamedTuple):
    """A week or month that a layer begins on `day`: `quantity` for `share` (1 or half) of its rate."""

    layer: Layer
    day: date
    quantity: Decimal
    share: Decimal


def count_lots(policy: StoragePolicy, layers: list[Layer], month: Month) -> Iterator[Counted]:
    """What DAILY with lots, PALLET_WEEK, ANNIVERSARY and HALF_MONTH charge: one for each age tier."""
    if policy.method is Method.DAILY:
        yield from _daily(policy, layers, month)
        return
    begun = list(lot_periods(policy, layers, month.billed))
    for tier in _tiers(policy):
        own = [each for each in begun if _inside(tier, each.layer.age_on(each.day))]
        units = sum((each.quantity * each.share for each in own), ZERO)
        values = {"quantity": units, "unit": policy.unit, "per": policy.per.value}
        steps = [*_told(tier, policy, values), ("storage_begun", {"count": len(own), **values})]
        yield Counted(units, policy.per, tuple(steps), tier=tier if policy.tiers else None)


def lot_periods(
    policy: StoragePolicy, layers: Iterable[Layer], period: Period
) -> Iterator[LotPeriod]:
    """Each week or month that a layer begins in a closed `period` with something that counts.

    What counts is the layer's stock on the period's first day by the policy's count of days.
    """
    for layer in layers:
        if layer.gone_on is not None and layer.gone_on < period.start_on:
            continue
        last = end_of(period) if layer.gone_on is None else min(end_of(period), layer.gone_on)
        for day, share in _beginnings(policy, layer):
            if day > last:
                break
            if day >= period.start_on:
                quantity = layer.charged_on(day, policy.day_count)
                if quantity:
                    yield LotPeriod(layer, day, quantity, share)


def _beginnings(policy: StoragePolicy, layer: Layer) -> Iterator[tuple[date, Decimal]]:
    """The first days of a layer's weeks or months, without end; the first follows its free days."""
    first = layer.arrived_on + timedelta(days=policy.free_days)
    if policy.method is Method.HALF_MONTH:
        yield first, ONE if first.day <= policy.split_day else HALF
    else:
        yield first, ONE
    count = 0
    while True:
        count += 1
        yield _beginning(policy, first, count), ONE


def _beginning(policy: StoragePolicy, first: date, count: int) -> date:
    """The first day of the period after `count` others."""
    if policy.method is Method.HALF_MONTH:
        return add_months(first.replace(day=1), count)
    if policy.method is Method.ANNIVERSARY:
        if policy.anniversary is Anniversary.THIRTY_DAYS:
            return first + count * timedelta(days=30)
        return add_months(first, count)
    if policy.week_from is WeekFrom.MONDAY:
        return first - timedelta(days=first.weekday()) + count * WEEK
    return first + count * WEEK


def _daily(policy: StoragePolicy, layers: list[Layer], month: Month) -> Iterator[Counted]:
    """Unit-days of each age tier; without tiers, of all days after the free ones."""
    billed = month.billed
    spared: list[Step] = []
    if policy.free_days:
        free = _unit_days(policy, layers, billed, AgeTier(1, policy.free_days, ZERO))
        values = {"quantity": free, "unit": policy.unit, "per": Per.DAY.value}
        spared.append(("storage_free", {"days": policy.free_days, **values}))
    for tier in _tiers(policy):
        units = _unit_days(policy, layers, billed, tier)
        values = {"quantity": units, "unit": policy.unit, "per": Per.DAY.value}
        days = {"days": length_of(billed), "count": policy.day_count.value}
        told: list[Step] = [*_told(tier, policy, values), ("storage_days", {**values, **days})]
        steps = (*spared, *told)
        own = tier if policy.tiers else None
        yield Counted(units, Per.DAY, steps, of=days_of_month(policy, month), tier=own)


def _unit_days(
    policy: StoragePolicy, layers: list[Layer], period: Period, tier: AgeTier
) -> Decimal:
    """Unit-days of the layers while they are in the tier; day by day where totals are rounded."""
    if not policy.round_daily:
        return sum((_of_layer(policy, layer, period, tier) for layer in layers), ZERO)
    total = ZERO
    for ahead in range(length_of(period)):
        day = period.start_on + ahead * ONE_DAY
        of_day = (_of_layer(policy, layer, Period(day, day), tier) for layer in layers)
        total += sum(of_day, ZERO).quantize(THREE_PLACES, ROUND_HALF_UP)
    return total


def _of_layer(policy: StoragePolicy, layer: Layer, period: Period, tier: AgeTier) -> Decimal:
    first = max(period.start_on, layer.arrived_on + timedelta(days=tier.first_day - 1))
    last = end_of(period)
    if tier.last_day is not None:
        last = min(last, layer.arrived_on + timedelta(days=tier.last_day - 1))
    return layer.unit_days(first, last, policy.day_count)


def _tiers(policy: StoragePolicy) -> tuple[AgeTier, ...]:
    """The age tiers; without any, one for all days after the free ones."""
    return policy.tiers or (AgeTier(policy.free_days + 1, None, policy.rate or ZERO),)


def _inside(tier: AgeTier, age: int) -> bool:
    return tier.first_day <= age and (tier.last_day is None or age <= tier.last_day)


def _told(tier: AgeTier, policy: StoragePolicy, values: dict[str, object]) -> list[Step]:
    if not policy.tiers:
        return []
    return [("storage_tier", {"first_day": tier.first_day, "last_day": tier.last_day, **values})]
