"""Storage policy: how goods in store turn into quantities to pay for.

The one value that a contract line freezes (as JSON) beside its price, and that the storage rules of
billing read. Source: DOMAIN W2-W9, P14, P15; DESIGN section 4 (all storage policies in one engine).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise
from typing import Any

from portal.catalogue.rules.terms import Basis, PriceTerms
from portal.kernel.errors import Problem
from portal.kernel.money import CURRENCIES
from portal.kernel.text import Text, t
from portal.kernel.units import UNITS

ZERO = Decimal(0)


class Method(StrEnum):
    """What is counted."""

    DAILY = "daily"  # every day's stock: unit-days (按日计费)
    PALLET_WEEK = "pallet_week"  # each unit for each week begun
    ANNIVERSARY = "anniversary"  # each lot for each month begun, from its own day (周年日计费)
    HALF_MONTH = "half_month"  # a full month if in by the split day, else half (半月计费)
    PEAK = "peak"  # the highest day of the month
    AVERAGE = "average"  # the mean of the month's days
    FIRST_OF_MONTH = "first_of_month"  # the stock on the first of the month
    AREA_MONTH = "area_month"  # a fixed area, whatever lies on it


class DayCount(StrEnum):
    """Which stock of a day counts (W2)."""

    BOTH = "both"  # opening + inbound: the day of arrival and the day of leaving both count
    DAY_END = "day_end"  # closing: the day of leaving does not count
    DAY_START = "day_start"  # opening: the day of arrival does not count
    PEAK = "peak"  # the highest moment of the day, by the order of times


class Per(StrEnum):
    """The time that one rate pays for."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


class FreeFrom(StrEnum):
    """When the free days begin (W5)."""

    ARRIVAL = "arrival"  # for each lot with its own arrival, which is day 1
    CONTRACT = "contract"  # once, with the first day of the contract: goods without lots


class PartMonth(StrEnum):
    """What a month that the contract fills only in part pays of minimum, area or month rate (W7)."""

    BY_DAYS = "by_days"
    FULL = "full"


class MonthDays(StrEnum):
    """How many days a month has when its rate is turned into a day's (W9)."""

    REAL = "real"
    THIRTY = "thirty"


class Anniversary(StrEnum):
    """When the next month of a lot begins (W8)."""

    SAME_DATE = "same_date"  # the 31st falls to the end of a shorter month
    THIRTY_DAYS = "thirty_days"


class WeekFrom(StrEnum):
    """When a week begins."""

    ARRIVAL = "arrival"  # with the lot's own arrival
    MONDAY = "monday"  # with the calendar's week


class PalletCount(StrEnum):
    """How pallets are counted."""

    AS_MOVED = "as_moved"  # the pallets that the movements state
    BY_SKU = "by_sku"  # from pieces by the named rule of DOMAIN P14


@dataclass(frozen=True, slots=True)
class AgeTier:
    """The rate of the days `first_day` to `last_day` (None: and all later) in store, arrival is 1."""

    first_day: int
    last_day: int | None
    rate: Decimal

    def to_json(self) -> dict[str, Any]:
        """A JSON-ready form; the rate as a string."""
        return {"first_day": self.first_day, "last_day": self.last_day, "rate": str(self.rate)}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> AgeTier:
        """The tier that `to_json` wrote."""
        return cls(stored["first_day"], stored["last_day"], Decimal(stored["rate"]))


@dataclass(frozen=True, slots=True)
class StoragePolicy:
    """All that decides what storage costs: stock in `unit`, amounts in `currency`.

    The price is `rate` (one unit for the time of `per`), the `tiers`' rates, or `terms` for the
    quantity that the method counts: exactly one of the three.
    """

    method: Method
    unit: str
    """Measure of the stock: MTQ, KGM, TNE, XPX (pallets), TEU, CNTR, MTK, H87."""
    currency: str = ""
    rate: Decimal | None = None
    """None is missing, never zero (S6)."""
    rate_per: Per | None = None
    """DAILY, PEAK and AVERAGE may be priced by the day or by the month; None: the method's own."""
    terms: PriceTerms | None = None
    day_count: DayCount = DayCount.BOTH

    free_days: int = 0
    free_from: FreeFrom = FreeFrom.ARRIVAL
    tiers: tuple[AgeTier, ...] = ()
    """Progressive by the age of the lot, day by day (W6); the first begins after the free days."""

    area: Decimal = ZERO
    """AREA_MONTH: the rented area in `unit`."""
    minimum_quantity: Decimal = ZERO
    """Charged for at least so many `unit` (minimum area, minimum stock)."""
    minimum: Decimal | None = None
    """Of a month, in `currency`; the difference is a line of its own (P15)."""
    part_month: PartMonth = PartMonth.BY_DAYS
    month_days: MonthDays = MonthDays.REAL

    split_day: int = 15
    anniversary: Anniversary = Anniversary.SAME_DATE
    week_from: WeekFrom = WeekFrom.ARRIVAL
    round_daily: bool = False
    """Each day's total is rounded half up to three places first (W4)."""
    pallets: PalletCount = PalletCount.AS_MOVED

    @property
    def per(self) -> Per:
        """The time that one unit is paid for."""
        return self.rate_per or _USUAL_TIME[self.method]

    @property
    def money(self) -> str:
        """The currency of the amounts."""
        return self.currency if self.terms is None else self.terms.currency

    @property
    def by_lot(self) -> bool:
        """Whether it matters which lot the goods came with."""
        aged = self.free_days > 0 and self.free_from is FreeFrom.ARRIVAL
        return self.method in PERIODS_OF_A_LOT or bool(self.tiers) or aged

    def to_json(self) -> dict[str, Any]:
        """A JSON-ready form without the parts left at their default; `from_json` reads it back."""
        return {
            field.name: _plain(value)
            for field in fields(self)
            if (value := getattr(self, field.name)) != field.default
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> StoragePolicy:
        """The policy that `to_json` wrote."""
        return cls(**{name: _revived(name, value) for name, value in stored.items()})

    def check(self) -> list[Problem]:
        """What is wrong with the policy; `column` of each problem is the field's name."""
        return [*_wrong_words(self), *_wrong_prices(self), *_wrong_days(self), *_misplaced(self)]


_USUAL_TIME = {
    Method.DAILY: Per.DAY,
    Method.PALLET_WEEK: Per.WEEK,
    Method.ANNIVERSARY: Per.MONTH,
    Method.HALF_MONTH: Per.MONTH,
    Method.PEAK: Per.MONTH,
    Method.AVERAGE: Per.MONTH,
    Method.FIRST_OF_MONTH: Per.MONTH,
    Method.AREA_MONTH: Per.MONTH,
}
PERIODS_OF_A_LOT = frozenset({Method.PALLET_WEEK, Method.ANNIVERSARY, Method.HALF_MONTH})
"""Methods in which a lot pays on the first day of each of its periods."""
_TIME_IS_FREE = frozenset({Method.DAILY, Method.PEAK, Method.AVERAGE})
MEASURES = ("MTQ", "KGM", "TNE", "XPX", "TEU", "CNTR", "MTK", "H87")
"""Units in which stock is kept and charged."""
_STORAGE_UNITS = {
    "MTQ.DAY": ("MTQ", Method.DAILY),
    "KGM.DAY": ("KGM", Method.DAILY),
    "TNE.DAY": ("TNE", Method.DAILY),
    "TEU.DAY": ("TEU", Method.DAILY),
    "CNTR.DAY": ("CNTR", Method.DAILY),
    "PLT.DAY": ("XPX", Method.DAILY),
    "MTK.DAY": ("MTK", Method.DAILY),
    "MTK.MON": ("MTK", Method.AREA_MONTH),
}


def billing_unit(unit: str, per: Per) -> str:
    """The unit code of one `unit` for one `per` (MTQ.DAY, MTK.MON); "" where the trade has none."""
    code = f"{_PACKED.get(unit, unit)}.{_TIME_CODES[per]}"
    return code if code in UNITS else ""


_PACKED = {"XPX": "PLT"}
_TIME_CODES = {Per.DAY: "DAY", Per.WEEK: "WEEK", Per.MONTH: "MON"}


def policy_of_price(terms: PriceTerms) -> StoragePolicy | None:
    """The usual policy of a price per m³·day, pallet·day …; None when it is no storage price.

    A price per m²·month still needs its `area`.
    """
    known = _STORAGE_UNITS.get(terms.unit)
    if known is None:
        return None
    unit, method = known
    return StoragePolicy(method, unit, terms=terms)


def _plain(value: Any) -> Any:
    if isinstance(value, PriceTerms | AgeTier):
        return value.to_json()
    if isinstance(value, tuple):
        return [_plain(part) for part in value]
    if isinstance(value, Decimal):
        return str(value)
    return value.value if isinstance(value, StrEnum) else value


_ENUMS: dict[str, type[StrEnum]] = {
    "method": Method,
    "rate_per": Per,
    "day_count": DayCount,
    "free_from": FreeFrom,
    "part_month": PartMonth,
    "month_days": MonthDays,
    "anniversary": Anniversary,
    "week_from": WeekFrom,
    "pallets": PalletCount,
}
_DECIMALS = frozenset({"rate", "area", "minimum_quantity", "minimum"})


def _revived(name: str, value: Any) -> Any:
    if name in _ENUMS:
        return _ENUMS[name](value)
    if name in _DECIMALS:
        return Decimal(value)
    if name == "terms":
        return PriceTerms.from_json(value)
    if name == "tiers":
        return tuple(AgeTier.from_json(part) for part in value)
    return value


def _problem(column: str, found: Any, expected: Text) -> Problem:
    return Problem(None, column, "" if found is None else str(found), expected)


def _wrong_words(policy: StoragePolicy) -> Iterator[Problem]:
    if policy.unit not in MEASURES:
        yield _problem("unit", policy.unit, t("a unit that stock is kept in"))
    if policy.money not in CURRENCIES:
        yield _problem("currency", policy.money, t("a currency code"))


def _wrong_prices(policy: StoragePolicy) -> Iterator[Problem]:
    prices = (policy.rate is not None, policy.terms is not None, bool(policy.tiers))
    if not any(prices):
        yield _problem("rate", None, t("a price; 0 if it is free"))
    elif sum(prices) > 1:
        yield _problem("rate", policy.rate, t("one price: a rate, age tiers or price terms"))
    if policy.terms is not None:
        yield from policy.terms.check()
        if policy.terms.basis in {Basis.PERCENT, Basis.AT_COST}:
            yield _problem("terms", policy.terms.basis.value, t("an amount of its own"))
        unit = billing_unit(policy.unit, policy.per) or policy.unit
        if policy.terms.unit not in {"", unit}:
            yield _problem("terms", policy.terms.unit, t("a price per %(unit)s", unit=unit))
    negative = ("rate", "area", "minimum_quantity", "minimum")
    figures = [(name, getattr(policy, name)) for name in negative]
    for column, figure in [*figures, *(("tiers", tier.rate) for tier in policy.tiers)]:
        if figure is not None and figure < 0:
            yield _problem(column, figure, t("0 or more"))
    if policy.method is Method.AREA_MONTH and not (policy.area or policy.minimum_quantity):
        yield _problem("area", policy.area, t("the rented area"))


def _wrong_days(policy: StoragePolicy) -> Iterator[Problem]:
    if policy.free_days < 0:
        yield _problem("free_days", policy.free_days, t("0 or more"))
    if not 1 <= policy.split_day <= 27:
        yield _problem("split_day", policy.split_day, t("a day between 1 and 27"))
    if policy.tiers and policy.tiers[0].first_day != policy.free_days + 1:
        first = policy.free_days + 1
        found = policy.tiers[0].first_day
        yield _problem("tiers", found, t("a first tier from day %(day)s on", day=first))
    for tier in policy.tiers:
        if tier.last_day is not None and tier.last_day < tier.first_day:
            yield _problem("tiers", tier.last_day, t("a last day that is not before the first"))
    for lower, higher in pairwise(policy.tiers):
        if lower.last_day is None or higher.first_day != lower.last_day + 1:
            yield _problem("tiers", higher.first_day, t("tiers that follow each other day by day"))
    if policy.tiers and policy.tiers[-1].last_day is not None:
        yield _problem("tiers", policy.tiers[-1].last_day, t("a rate for all later days"))


def _misplaced(policy: StoragePolicy) -> Iterator[Problem]:
    """Settings that the method cannot keep."""
    method = policy.method
    if policy.rate_per not in {None, Per.DAY, Per.MONTH}:
        yield _problem("rate_per", policy.rate_per, t("a rate per day or per month"))
    elif policy.rate_per not in {None, _USUAL_TIME[method]} and method not in _TIME_IS_FREE:
        yield _problem("rate_per", policy.rate_per, t("the time of the method itself"))
    aged = policy.free_days or policy.tiers
    if aged and method is not Method.DAILY and method not in PERIODS_OF_A_LOT:
        yield _problem("free_days", policy.free_days, t("no free days and tiers in this method"))
    if policy.free_days and policy.free_from is FreeFrom.CONTRACT and method is not Method.DAILY:
        yield _problem("free_from", policy.free_from, t("free days of each lot"))
    if policy.by_lot and policy.day_count is DayCount.PEAK:
        yield _problem("day_count", policy.day_count, t("a count of days that lots can follow"))
    if method in PERIODS_OF_A_LOT and policy.day_count is DayCount.DAY_START:
        yield _problem("day_count", policy.day_count, t("a count that includes the arrival"))
    if policy.minimum_quantity and policy.by_lot:
        yield _problem("minimum_quantity", policy.minimum_quantity, t("no minimum beside lots"))
    counted = policy.pallets is PalletCount.BY_SKU
    if counted and (policy.unit != "XPX" or policy.by_lot or method is Method.AREA_MONTH):
        yield _problem("pallets", policy.pallets, t("pallets that are not followed by lot"))
