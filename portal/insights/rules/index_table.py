"""The indices by name: how each is worked out, in words and in figures; the page and the file are drawn from here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from portal.insights.rules.indices import (
    Count,
    Facts,
    Figure,
    Spread,
    Subject,
    fill_by_unit,
    mean_of,
    median_of,
    per_ten_thousand,
    per_week,
    percentile_of,
    share,
)
from portal.kernel.text import Text, t

C, S = Count, Spread


class Unit(StrEnum):
    """What a figure is measured in."""

    PERCENT = "percent"
    DAYS = "days"
    WEEKLY = "weekly"
    RATE = "rate"
    NUMBER = "number"


@dataclass(frozen=True, slots=True)
class Index:
    """One index. `up`: more is better; None: neither. `by_lane`: its rows know their lane and kind of shipment."""

    code: str
    label: Text
    definition: Text
    base: Text
    left_out: Text
    unit: Unit
    subject: Subject
    figure: Callable[[Facts], Figure]
    up: bool | None = True
    by_lane: bool = True


@dataclass(frozen=True, slots=True)
class Group:
    """Indices that belong together."""

    label: Text
    indices: tuple[Index, ...]


def _number(name: Count) -> Callable[[Facts], Figure]:
    return lambda facts: Figure(Decimal(facts.of(name)), facts.of(name))


def _fill(facts: Facts) -> Figure:
    found = fill_by_unit(facts)
    return found[0][1] if len(found) == 1 else Figure(None, facts.of(C.FILL_BASE))


def _without(spread: Spread, whole: Count) -> Callable[[Facts], int]:
    return lambda facts: facts.of(whole) - sum(facts.days_of(spread).values())


DELIVERED = t("shipments delivered in the month")
NOTHING_OUT = t("nothing")

GROUPS: tuple[Group, ...] = (
    Group(
        t("Delivery"),
        (
            Index(
                "on_time", t("On time"),
                t("Delivered on or before the promised day / delivered with a promise. Early is on time."),
                DELIVERED, t("without a promised day"), Unit.PERCENT, Subject.DELIVERIES,
                lambda f: share(f.of(C.ON_TIME), f.of(C.PROMISED), f.of(C.DELIVERED) - f.of(C.PROMISED)),
            ),
            Index(
                "speed", t("Speed"), t("Days from departure to delivery, the mean."), DELIVERED,
                t("without a departure"), Unit.DAYS, Subject.DELIVERIES,
                lambda f: mean_of(f.days_of(S.TRANSIT), _without(S.TRANSIT, C.DELIVERED)(f)), up=False,
            ),
            Index(
                "frequency", t("Frequency"), t("Departures a week, over the days of the month so far."),
                t("shipments that departed in the month"), NOTHING_OUT, Unit.WEEKLY, Subject.DEPARTURES,
                lambda f: per_week(f.of(C.DEPARTED), f.days), up=None,
            ),
            Index(
                "availability", t("Availability"), t("Orders confirmed / orders confirmed or refused."),
                t("orders decided in the month"), t("withdrawn or not decided yet"), Unit.PERCENT, Subject.DECISIONS,
                lambda f: share(f.of(C.CONFIRMED), f.of(C.DECIDED)),
            ),
        ),
    ),
    Group(
        t("Goods"),
        (
            Index(
                "undamaged", t("Undamaged"),
                t("Shipments without an accepted claim for damage / shipments delivered."),
                DELIVERED, NOTHING_OUT, Unit.PERCENT, Subject.DELIVERIES,
                lambda f: share(f.of(C.DELIVERED) - f.of(C.DAMAGED), f.of(C.DELIVERED)),
            ),
            Index(
                "loss", t("Lost or short"),
                t("Shipments with an accepted claim for loss or shortage / shipments delivered."),
                DELIVERED, NOTHING_OUT, Unit.PERCENT, Subject.DELIVERIES,
                lambda f: share(f.of(C.LOST), f.of(C.DELIVERED)), up=False,
            ),
            Index(
                "complaints", t("Complaints per 10,000"), t("Complaints received / shipments delivered × 10,000."),
                DELIVERED, t("complaints without a shipment, where a lane is chosen"), Unit.RATE, Subject.COMPLAINTS,
                lambda f: per_ten_thousand(f.of(C.COMPLAINTS), f.of(C.DELIVERED)), up=False,
            ),
        ),
    ),
    Group(
        t("Orders"),
        (
            Index(
                "orders", t("Orders received"),
                t("Bookings, and shipments opened without one, received in the month."),
                t("orders received in the month"), t("cancelled ones"), Unit.NUMBER, Subject.ORDERS,
                _number(C.ORDERS), up=None,
            ),
            Index(
                "shipped", t("Orders shipped"),
                t("Shipments that departed in the month; it may be more than was received."),
                t("shipments that departed in the month"), NOTHING_OUT, Unit.NUMBER, Subject.DEPARTURES,
                _number(C.DEPARTED), up=None,
            ),
            Index(
                "fill", t("Fill rate"), t("Quantity done / quantity ordered; each unit for itself."), DELIVERED,
                t("services without an ordered quantity"), Unit.PERCENT, Subject.DELIVERIES, _fill,
            ),
            Index(
                "order_fill", t("Complete orders"),
                t("Shipments of which nothing was missing / shipments with ordered quantities."),
                DELIVERED, t("without an ordered quantity"), Unit.PERCENT, Subject.DELIVERIES,
                lambda f: share(f.of(C.FILLED), f.of(C.FILL_BASE), f.of(C.DELIVERED) - f.of(C.FILL_BASE)),
            ),
            Index(
                "cycle_mean", t("Order cycle, mean"), t("Days from order to delivery, the mean."), DELIVERED,
                t("delivered before the order was entered"), Unit.DAYS, Subject.DELIVERIES,
                lambda f: mean_of(f.days_of(S.CYCLE), _without(S.CYCLE, C.DELIVERED)(f)), up=False,
            ),
            Index(
                "cycle", t("Order cycle, median"),
                t("Half of the orders were delivered within so many days."), DELIVERED,
                t("delivered before the order was entered"), Unit.DAYS, Subject.DELIVERIES,
                lambda f: median_of(f.days_of(S.CYCLE), _without(S.CYCLE, C.DELIVERED)(f)), up=False,
            ),
            Index(
                "cycle_p90", t("Order cycle, nine of ten"),
                t("Nine of ten orders were delivered within so many days."),
                DELIVERED, t("delivered before the order was entered"), Unit.DAYS, Subject.DELIVERIES,
                lambda f: percentile_of(f.days_of(S.CYCLE), 90, _without(S.CYCLE, C.DELIVERED)(f)), up=False,
            ),
            Index(
                "preparation", t("Preparation time"), t("Days from order to departure, the mean."), DELIVERED,
                t("without a departure after the order"), Unit.DAYS, Subject.DELIVERIES,
                lambda f: mean_of(f.days_of(S.PREPARATION), _without(S.PREPARATION, C.DELIVERED)(f)), up=False,
            ),
        ),
    ),
    Group(
        t("Service"),
        (
            Index(
                "special", t("Special requests granted"),
                t("Order help, materials, field service and training: done / done or refused."),
                t("such requests received in the month"),
                t("open, withdrawn or merged"), Unit.PERCENT, Subject.SPECIAL,
                lambda f: share(f.of(C.GRANTED), f.of(C.SPECIAL)),
            ),
            Index(
                "by_portal", t("Raised in the portal"),
                t("Requests that customers raised here / all of their requests."),
                t("requests received in the month"), t("requests between our departments"), Unit.PERCENT,
                Subject.REQUESTS, lambda f: share(f.of(C.BY_PORTAL), f.of(C.REQUESTS)),
            ),
        ),
    ),
    Group(
        t("Bills"),
        (
            Index(
                "accuracy", t("Billing accuracy"),
                t("Lines not disputed / lines of statements whose period ends in the month."),
                t("published lines"), t("credits; disputes that were withdrawn"), Unit.PERCENT, Subject.LINES,
                lambda f: share(f.of(C.LINES) - f.of(C.DISPUTED), f.of(C.LINES)), by_lane=False,
            ),
            Index(
                "dispute_days", t("Days to settle a dispute"), t("From raising to the last decision, the median."),
                t("disputes decided in the month"), t("disputes not decided yet"), Unit.DAYS, Subject.DISPUTES,
                lambda f: median_of(f.days_of(S.DISPUTE)), up=False, by_lane=False,
            ),
        ),
    ),
)  # fmt: skip

INDICES: Mapping[str, Index] = {index.code: index for group in GROUPS for index in group.indices}
FOR_CUSTOMERS = ("on_time", "undamaged", "cycle")
"""What customers see of themselves."""
