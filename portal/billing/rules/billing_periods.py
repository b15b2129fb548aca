"""Which parties a billing run is for: those that settle by periods as long as the run's (DOMAIN E8)."""

from __future__ import annotations

from datetime import date, timedelta

from portal.billing.rules.months import add_months, end_of
from portal.customers.rules.settlement import SettlementKind
from portal.kernel.errors import Invalid
from portal.kernel.period import Period
from portal.kernel.text import t

ONE_DAY = timedelta(days=1)
WEEK = 7
HALF = 15
BY_MONTH = frozenset({SettlementKind.MONTHLY, SettlementKind.PREPAID, SettlementKind.PER_SHIPMENT})
EVERYBODY = frozenset(SettlementKind)


def settled_by(period: Period) -> frozenset[SettlementKind]:
    """The kinds of settlement that a closed period is for: a week, half a month, a month (also 26th to 25th).

    A period of any other length is for everybody.
    """
    first, last = period.start_on, end_of(period)
    if period.days == WEEK:
        return frozenset({SettlementKind.WEEKLY})
    if last == add_months(first, 1) - ONE_DAY:
        return BY_MONTH
    if _is_half(first, last):
        return frozenset({SettlementKind.HALF_MONTHLY})
    return EVERYBODY


def check_period(first: date, last: date, today: date) -> Period:
    """The period to be billed; Invalid when it ends before it begins or is not over yet."""
    if last < first:
        raise Invalid(t("The last day is before the first."), "ends_on")
    if last >= today:
        raise Invalid(t("This period is not over yet; a preview shows how far it is."), "ends_on")
    return Period(first, last)


def _is_half(first: date, last: date) -> bool:
    """From the 1st to the 15th, or from the 16th to the month's end."""
    if first.day == 1:
        return last == first.replace(day=HALF)
    month_end = add_months(first.replace(day=1), 1) - ONE_DAY
    return first.day == HALF + 1 and last == month_end
