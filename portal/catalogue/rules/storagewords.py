"""A storage policy in words: what the contract and the bill say about it (DOMAIN W2-W9)."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from portal.catalogue.rules.storage import (
    PERIODS_OF_A_LOT,
    AgeTier,
    Anniversary,
    DayCount,
    FreeFrom,
    Method,
    MonthDays,
    PalletCount,
    PartMonth,
    Per,
    StoragePolicy,
    WeekFrom,
    billing_unit,
)
from portal.catalogue.rules.termwords import describe
from portal.catalogue.rules.working_figures import show_exact
from portal.kernel.money import format_rate
from portal.kernel.text import Text, t
from portal.kernel.units import unit_word

METHODS = {
    Method.DAILY: t("The stock of every day is charged"),
    Method.PALLET_WEEK: t("Each lot is charged for every week begun"),
    Method.ANNIVERSARY: t("Each lot is charged for every month begun, from the day it came in"),
    Method.HALF_MONTH: t("Each lot is charged by the calendar month, its first month full or half"),
    Method.PEAK: t("The highest stock of the month is charged"),
    Method.AVERAGE: t("The average stock of the month is charged"),
    Method.FIRST_OF_MONTH: t("The stock on the first day of the month is charged"),
    Method.AREA_MONTH: t("A fixed area is charged, however much of it is used"),
}
DAY_COUNTS = {
    DayCount.BOTH: t("the day of arrival and the day of leaving both count"),
    DayCount.DAY_END: t("the stock at the end of the day counts"),
    DayCount.DAY_START: t("the stock at the start of the day counts"),
    DayCount.PEAK: t("the highest stock within the day counts"),
}
_TIMES = {
    Per.DAY: t("%(unit)s·day"),
    Per.WEEK: t("%(unit)s·week"),
    Per.MONTH: t("%(unit)s·month"),
}
_STOCK_IS_COUNTED = frozenset(Method) - {Method.AREA_MONTH}
_SHARED = frozenset({Method.PEAK, Method.AVERAGE, Method.AREA_MONTH})


def unit_time(unit: str, per: Per) -> Text:
    """One unit for one time as a word: m³·day, pallet·week."""
    code = billing_unit(unit, per)
    return unit_word(code) if code else t(_TIMES[per].msgid, unit=unit_word(unit))


def words(policy: StoragePolicy) -> tuple[Text, ...]:
    """What the policy does, one sentence for each part that matters."""
    return (
        METHODS[policy.method],
        *_price(policy),
        *_days(policy),
        *_periods(policy),
        *_minimums(policy),
    )


def _price(policy: StoragePolicy) -> Iterator[Text]:
    if policy.terms is not None:
        yield from describe(policy.terms)
    elif policy.rate is not None:
        yield t(
            "%(price)s per %(unit)s",
            price=_money(policy, policy.rate),
            unit=unit_time(policy.unit, policy.per),
        )
    if policy.free_days:
        kind = policy.free_from
        yield t(_FREE[kind].msgid, days=policy.free_days)
    for tier in policy.tiers:
        yield _tier(policy, tier)
    if policy.rate_per is Per.MONTH and policy.method is Method.DAILY:
        yield _DAY_RATES[policy.month_days]


_FREE = {
    FreeFrom.ARRIVAL: t(
        "The first %(days)s days of each lot are free; the day of arrival is day 1"
    ),
    FreeFrom.CONTRACT: t("The first %(days)s days of the contract are free"),
}
_DAY_RATES = {
    MonthDays.REAL: t("A day costs the month's price divided by the days of that month"),
    MonthDays.THIRTY: t("A day costs one thirtieth of the month's price"),
}


def _tier(policy: StoragePolicy, tier: AgeTier) -> Text:
    parts = {
        "first": tier.first_day,
        "price": _money(policy, tier.rate),
        "unit": unit_time(policy.unit, policy.per),
    }
    if tier.last_day is None:
        return t("From day %(first)s in store on: %(price)s per %(unit)s", **parts)
    return t(
        "Day %(first)s to %(last)s in store: %(price)s per %(unit)s", last=tier.last_day, **parts
    )


def _days(policy: StoragePolicy) -> Iterator[Text]:
    if policy.method in _STOCK_IS_COUNTED:
        yield t("Of each day, %(counted)s", counted=DAY_COUNTS[policy.day_count])
    if policy.round_daily:
        yield t("Each day's total is rounded to three decimals")
    if policy.pallets is PalletCount.BY_SKU:
        yield t(
            "Pallets are counted for each article: full pallets, and one more when over a tenth of a "
            "pallet is left; a single part pallet counts as half under half; the day's total is "
            "rounded up when over a tenth is left"
        )


def _periods(policy: StoragePolicy) -> Iterator[Text]:
    if policy.method is Method.PALLET_WEEK:
        yield _WEEKS[policy.week_from]
    elif policy.method is Method.ANNIVERSARY:
        yield _ANNIVERSARIES[policy.anniversary]
    elif policy.method is Method.HALF_MONTH:
        day = policy.split_day
        yield t(
            "In by day %(day)s of the month: the full month; in after it: half; every later month: full",
            day=day,
        )
    if policy.method in PERIODS_OF_A_LOT:
        yield t("A period that has begun is charged whole; leaving early gives nothing back")


_WEEKS = {
    WeekFrom.ARRIVAL: t("A lot's week begins on the weekday on which it came in"),
    WeekFrom.MONDAY: t("Weeks begin on Monday; the week of arrival counts whole"),
}
_ANNIVERSARIES = {
    Anniversary.SAME_DATE: t(
        "A lot's month begins on the same date of each month, or on its last day"
    ),
    Anniversary.THIRTY_DAYS: t("A lot's month is 30 days"),
}


def _minimums(policy: StoragePolicy) -> Iterator[Text]:
    unit = unit_word(policy.unit)
    if policy.method is Method.AREA_MONTH and policy.area:
        yield t("Rented: %(quantity)s %(unit)s", quantity=show_exact(policy.area), unit=unit)
    if policy.minimum_quantity:
        least = show_exact(policy.minimum_quantity)
        yield t("Charged for at least %(quantity)s %(unit)s", quantity=least, unit=unit)
    if policy.minimum is not None:
        price = _money(policy, policy.minimum)
        yield t("At least %(amount)s a month; the difference is a line of its own", amount=price)
    if policy.minimum is not None or policy.method in _SHARED:
        yield _PART_MONTHS[policy.part_month]


_PART_MONTHS = {
    PartMonth.BY_DAYS: t("A month that the contract fills in part counts by its days"),
    PartMonth.FULL: t("A month that the contract fills in part counts whole"),
}


def _money(policy: StoragePolicy, amount: Decimal) -> str:
    return f"{policy.money} {format_rate(amount)}"
