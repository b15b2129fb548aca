"""When a contract is due for renewal, when its people are reminded, and how long its successor lasts (DOMAIN E7)."""

from __future__ import annotations

from datetime import date, timedelta

from portal.contracts.rules.states import ContractState

REMINDERS = (90, 60, 30)
"""Days before the last day on which the owner is reminded; the notice period of the contract is one more."""
RENEWABLE = frozenset(
    {
        ContractState.ACTIVE,
        ContractState.SUSPENDED,
        ContractState.EXPIRED,
        ContractState.COMPLETED,
    }
)
"""States, as read today, from which a successor may be made."""
FIRST_HORIZON = max(REMINDERS)


def days_left(ends_on: date, today: date) -> int:
    """Days until the last day, that day included as 0; negative after it."""
    return (ends_on - today).days


def is_due(ends_on: date, notice_days: int, today: date) -> bool:
    """Whether its renewal is to be talked about: from the notice period on, until it has ended."""
    return 0 <= days_left(ends_on, today) <= notice_days


def reminder(ends_on: date, notice_days: int, today: date) -> int | None:
    """The latest reminder whose day has come, in days before the end; None before the first and after the end.

    Somebody who was away gets one reminder, not all that were missed.
    """
    left = days_left(ends_on, today)
    stages = [each for each in {*REMINDERS, notice_days} if each >= left]
    return min(stages) if stages and left >= 0 else None


def successor_period(starts_on: date, ends_on: date) -> tuple[date, date]:
    """From the day after the end, for as many whole months as the contract lasted, else for as many days."""
    begins = ends_on + timedelta(days=1)
    months = (begins.year - starts_on.year) * 12 + begins.month - starts_on.month
    if months > 0 and begins.day == starts_on.day:
        return begins, _months_after(begins, months) - timedelta(days=1)
    return begins, begins + (ends_on - starts_on)


def _months_after(day: date, months: int) -> date:
    """The same day `months` later; the 31st falls to the first of the following month where there is none."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    try:
        return date(year, month + 1, day.day)
    except ValueError:
        return date(year + (month + 1) // 12, (month + 1) % 12 + 1, 1)
