"""Closed months: a paper that comes late counts on the first open day (DOMAIN W13, section 16)."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta

from portal.kernel.errors import Invalid
from portal.kernel.text import t

ONE_DAY = timedelta(days=1)


def month_start(day: date) -> date:
    """The first day of the month of `day`."""
    return day.replace(day=1)


def month_end(day: date) -> date:
    """The last day of the month of `day`."""
    return day.replace(day=monthrange(day.year, day.month)[1])


def counted_on(
    moved_on: date, closed_month: date | None, billed_through: date | None = None
) -> date:
    """The day a movement counts for: its own, or the first one that is neither closed nor billed.

    `closed_month` is any day of the last closed month; the months before it are closed with it. `billed_through`: the
    last day for which the customer's storage is billed.
    """
    days = [moved_on]
    if closed_month is not None:
        days.append(month_end(closed_month) + ONE_DAY)
    if billed_through is not None:
        days.append(billed_through + ONE_DAY)
    return max(days)


def check_closing(month_on: date, closed_month: date | None, today: date) -> None:
    """Invalid when this month cannot be closed: it is not over, or is closed already."""
    if month_end(month_on) >= today:
        raise Invalid(t("This month is not over yet."), "month")
    if closed_month is not None and month_start(month_on) <= month_start(closed_month):
        raise Invalid(t("This month is closed already."), "month")
