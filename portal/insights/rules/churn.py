"""Signals that a customer may leave us, each with points and a cause that can be read (DOMAIN K7)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from portal.insights.rules.kinds import Signal
from portal.insights.rules.settings import InsightSettings
from portal.kernel.text import Text, t

HUNDRED = Decimal(100)
BEFORE = 3
"""Months before the newest whose mean the volume is held against."""
TENTH = Decimal("0.1")


@dataclass(frozen=True, slots=True)
class Watched:
    """What the signals look at on the day `on`, the end of the month that began with `month`.

    `volumes`: orders (or what was billed, where nothing is ordered) by month, newest first. `paid_days`: mean days
    from bill to payment lately and before that, None: nothing was paid. `contacts_left`: (name, day). `lost_to`:
    (competitor, how often in twelve months). `contract_ending`: (number, day) of a contract that has no successor and
    no talk of renewal.
    """

    month: date
    on: date
    volumes: Sequence[Decimal] = ()
    last_order_on: date | None = None
    usual_days: Decimal | None = None
    complaints_on: Sequence[date] = ()
    paid_days: Decimal | None = None
    paid_days_before: Decimal | None = None
    contacts_left: Sequence[tuple[str, date]] = ()
    lost_to: tuple[str, int] | None = None
    contract_ending: tuple[str, date] | None = None


@dataclass(frozen=True, slots=True)
class Warned:
    """One signal that was given."""

    signal: Signal
    points: int
    cause: Text


@dataclass(frozen=True, slots=True)
class Risk:
    """All signals of one customer; `is_at_risk` from the firm's number of points on."""

    warnings: tuple[Warned, ...] = field(default_factory=tuple)
    is_at_risk: bool = False

    @property
    def points(self) -> int:
        """Their sum."""
        return sum(each.points for each in self.warnings)


def risk_of(watched: Watched, settings: InsightSettings) -> Risk:
    """Every signal that is given; one that the firm counts with 0 points is left out."""
    found = []
    for signal, test in _TESTS.items():
        points = settings.points.get(signal.value, 0)
        cause = test(watched, settings) if points else None
        if cause is not None:
            found.append(Warned(signal, points, cause))
    warnings = tuple(found)
    return Risk(warnings, sum(each.points for each in warnings) >= settings.risk_points)


def _volume(watched: Watched, settings: InsightSettings) -> Text | None:
    now, *before = [*watched.volumes[: BEFORE + 1], *[Decimal(0)] * (BEFORE + 1)][: BEFORE + 1]
    mean = sum(before, Decimal(0)) / BEFORE
    if mean <= 0 or now * HUNDRED >= mean * (HUNDRED - settings.churn_volume_percent):
        return None
    down = ((mean - now) * HUNDRED / mean).quantize(Decimal(1), ROUND_HALF_UP)
    return t(
        "Volume down %(down)s %%: %(now)s against a mean of %(mean)s in the 3 months before.",
        down=down, now=_short(now), mean=_short(mean),
    )  # fmt: skip


def _interval(watched: Watched, settings: InsightSettings) -> Text | None:
    if watched.last_order_on is None or watched.usual_days is None:
        return None
    since = (watched.on - watched.last_order_on).days
    if since <= watched.usual_days * settings.churn_interval_times:
        return None
    return t(
        "%(days)s days since the last order; usual are %(usual)s.",
        days=since, usual=watched.usual_days,
    )  # fmt: skip


def _complaints(watched: Watched, settings: InsightSettings) -> Text | None:
    """The most complaints within the window that ends with one of this month."""
    days, window = sorted(watched.complaints_on), timedelta(days=settings.churn_complaint_days)
    most = max(
        (sum(day - window < each <= day for each in days) for day in days if day >= watched.month),
        default=0,
    )
    if most < settings.churn_complaints:
        return None
    return t(
        "%(count)s complaints within %(days)s days.",
        count=most, days=settings.churn_complaint_days,
    )  # fmt: skip


def _payment(watched: Watched, settings: InsightSettings) -> Text | None:
    now, before = watched.paid_days, watched.paid_days_before
    if now is None or before is None or now - before < settings.churn_slower_days:
        return None
    return t("Pays after %(now)s days instead of %(before)s.", now=now, before=before)


def _contact(watched: Watched, settings: InsightSettings) -> Text | None:
    since = watched.on - timedelta(days=settings.churn_contact_days)
    left = [each for each in watched.contacts_left if since <= each[1] <= watched.on]
    if not left:
        return None
    name, day = max(left, key=lambda each: (each[1], each[0]))
    return t("%(name)s left the customer on %(day)s.", name=name, day=day)


def _competitor(watched: Watched, settings: InsightSettings) -> Text | None:
    if watched.lost_to is None or watched.lost_to[1] < settings.churn_competitor_times:
        return None
    name, count = watched.lost_to
    return t("Lost to %(name)s %(count)s times in 12 months.", name=name, count=count)


def _contract(watched: Watched, settings: InsightSettings) -> Text | None:
    if watched.contract_ending is None:
        return None
    number, ends = watched.contract_ending
    if not 0 <= (ends - watched.on).days <= settings.churn_contract_days:
        return None
    return t(
        "Contract %(number)s ends on %(day)s, and nobody talks of a renewal.",
        number=number, day=ends,
    )  # fmt: skip


_TESTS: dict[Signal, Callable[[Watched, InsightSettings], Text | None]] = {
    Signal.VOLUME: _volume,
    Signal.INTERVAL: _interval,
    Signal.COMPLAINTS: _complaints,
    Signal.PAYMENT: _payment,
    Signal.CONTACT: _contact,
    Signal.COMPETITOR: _competitor,
    Signal.CONTRACT: _contract,
}


def _short(number: Decimal) -> str:
    """A mean to one decimal, a whole number without."""
    rounded = number.quantize(TENTH, ROUND_HALF_UP)
    return f"{rounded:,.0f}" if rounded == rounded.to_integral_value() else f"{rounded:,}"
