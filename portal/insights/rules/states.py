"""Where a customer stands with us: potential, new, active, loyal, dormant or lost (DOMAIN K1)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from portal.customers.rules.kinds import CustomerState
from portal.insights.rules.settings import InsightSettings
from portal.kernel.text import Text, t

TENTH = Decimal("0.1")
LEAST_ORDER_DAYS = 3
"""Different days with orders from which on an interval is called usual."""
LEAST_ANSWERS = 3
"""Answers from which on satisfaction speaks for or against loyalty."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What a state is worked out from. `orders` in the months that loyalty looks at.

    `good_percent` None: too few answers. `usual_days` between two days with orders, None: not known.
    `contract_over_on`: the last of the customer's contracts ended then and none is in force.
    """

    first_order_on: date | None
    last_order_on: date | None
    orders: int = 0
    usual_days: Decimal | None = None
    good_percent: int | None = None
    contract_over_on: date | None = None


def usual_interval(first: date | None, last: date | None, days: int) -> Decimal | None:
    """Days between two of the `days` different days with orders from `first` to `last`, one decimal."""
    if first is None or last is None or days < LEAST_ORDER_DAYS:
        return None
    return (Decimal((last - first).days) / (days - 1)).quantize(TENTH, ROUND_HALF_UP)


def good_percent(good: int, answers: int) -> int | None:
    """Satisfied answers in percent, rounded down; None of too few."""
    return good * 100 // answers if answers >= LEAST_ANSWERS else None


def limits(usual: Decimal | None, settings: InsightSettings) -> tuple[int, int]:
    """After how many days without an order somebody is dormant, and lost; lost is never the sooner."""
    by_interval = usual or Decimal(0)
    dormant = max(settings.dormant_days, int(by_interval * settings.dormant_intervals))
    lost = max(settings.lost_days, int(by_interval * settings.lost_intervals), dormant)
    return dormant, lost


def state_of(found: Standing, on: date, settings: InsightSettings) -> tuple[CustomerState, Text]:
    """The state on a day, and why."""
    if found.first_order_on is None or found.last_order_on is None:
        return CustomerState.POTENTIAL, t("No order yet.")
    since = (on - found.last_order_on).days
    dormant, lost = limits(found.usual_days, settings)
    over = found.contract_over_on
    if over is not None and over <= on and found.last_order_on <= over:
        return CustomerState.LOST, t(
            "The last contract ended on %(day)s, no order since.", day=over
        )
    if since >= lost:
        return CustomerState.LOST, _without_order(since, lost, found)
    if since >= dormant:
        return CustomerState.DORMANT, _without_order(since, dormant, found)
    if (on - found.first_order_on).days <= settings.new_days:
        return CustomerState.NEW, t(
            "First order on %(day)s, not more than %(days)s days ago.",
            day=found.first_order_on, days=settings.new_days,
        )  # fmt: skip
    return _loyal_or_active(found, settings)


def _loyal_or_active(found: Standing, settings: InsightSettings) -> tuple[CustomerState, Text]:
    enough = found.orders >= settings.loyal_orders
    good = found.good_percent is None or found.good_percent >= settings.loyal_good_percent
    told = {"orders": found.orders, "months": settings.loyal_months}
    if enough and good:
        return CustomerState.LOYAL, t("%(orders)s orders in %(months)s months.", **told)
    if enough:
        return CustomerState.ACTIVE, t(
            "%(orders)s orders in %(months)s months, but only %(good)s %% satisfied answers.",
            **told, good=found.good_percent,
        )  # fmt: skip
    return CustomerState.ACTIVE, t(
        "%(orders)s orders in %(months)s months; loyal from %(least)s on.",
        **told, least=settings.loyal_orders,
    )  # fmt: skip


def _without_order(since: int, limit: int, found: Standing) -> Text:
    if found.usual_days is None:
        return t("%(days)s days without an order (limit %(limit)s).", days=since, limit=limit)
    return t(
        "%(days)s days without an order (limit %(limit)s; usual interval %(usual)s days).",
        days=since, limit=limit, usual=found.usual_days,
    )  # fmt: skip
