"""Interest on what is overdue and not disputed: simple, day by day, from the day after the due date (DOMAIN E10).

A payment on a day still leaves that day's interest: a bill due on the 2nd and paid on the 7th is five days late, as
its ageing says (R9).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby

from portal.billing.rules.charging import Charged, plain
from portal.billing.rules.fixed import Fixed
from portal.billing.rules.kinds import Once
from portal.billing.rules.months import ONE_DAY
from portal.kernel.money import round_money

ZERO = Decimal(0)
HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class Change:
    """A posting of a receivable as far as interest goes: what changed on which day."""

    on: date
    amount: Decimal


@dataclass(frozen=True, slots=True)
class DisputedSpan:
    """From the day of a dispute to the day of its decision, both free of interest; None: not decided."""

    starts_on: date
    ends_on: date | None
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Overdue:
    """A receivable: its postings, its disputed parts, and what of it is interest itself (which bears none)."""

    receivable_id: int
    currency: str
    due_on: date
    changes: tuple[Change, ...]
    disputed: tuple[DisputedSpan, ...] = ()
    interest: Decimal = ZERO

    def balance_on(self, day: date) -> Decimal:
        """What bears interest on `day`: open before the day's postings, less disputes and interest; 0 or more."""
        opened = sum((each.amount for each in self.changes if each.on < day), ZERO)
        disputed = sum(
            (
                each.amount
                for each in self.disputed
                if each.starts_on <= day and (each.ends_on is None or day <= each.ends_on)
            ),
            ZERO,
        )
        return max(opened - disputed - self.interest, ZERO)


@dataclass(frozen=True, slots=True)
class Stretch:
    """Days in a row with one balance."""

    starts_on: date
    ends_on: date
    balance: Decimal

    @property
    def days(self) -> int:
        """How many."""
        return (self.ends_on - self.starts_on).days + 1


def stretches(overdue: Overdue, first: date, until: date) -> list[Stretch]:
    """The days from `first` to `until` that bear interest, those with the same balance together."""
    found: list[Stretch] = []
    for balance, group in groupby(_days(overdue, first, until), key=lambda each: each[1]):
        days = [day for day, _ in group]
        if balance:
            found.append(Stretch(days[0], days[-1], balance))
    return found


def late_fee(
    overdue: Overdue, percent: Decimal, until: date, done_until: date | None = None
) -> Fixed | None:
    """One charge for the days of a receivable up to `until` that bear interest; `percent` a day, 0.05 = 0.05 %.

    `done_until`: the last day that was billed before. None: nothing is late, or it comes to less than a minor unit,
    and then the days wait for the next bill. Rounded once.
    """
    first = max(overdue.due_on, done_until or overdue.due_on) + ONE_DAY
    late = stretches(overdue, first, until)
    exact = sum((each.balance * each.days for each in late), ZERO) * percent / HUNDRED
    amount = round_money(exact, overdue.currency)
    if not amount:
        return None
    working = tuple(_told(each, percent, overdue.currency) for each in late)
    days = sum(each.days for each in late)
    charged = Charged(amount, overdue.currency, Decimal(days), "DAY", None, working)
    marks = tuple(
        (Once.LATE_DAY, overdue.receivable_id, each.starts_on + ahead * ONE_DAY)
        for each in late
        for ahead in range(each.days)
    )
    return Fixed(charged, late[0].starts_on, late[-1].ends_on, marks)


def _days(overdue: Overdue, first: date, until: date) -> Iterator[tuple[date, Decimal]]:
    for ahead in range((until - first).days + 1):
        day = first + ahead * ONE_DAY
        yield day, overdue.balance_on(day)


def _told(each: Stretch, percent: Decimal, currency: str) -> tuple[str, dict[str, object]]:
    values: dict[str, object] = {
        "starts": each.starts_on.isoformat(),
        "ends": each.ends_on.isoformat(),
        "balance": str(round_money(each.balance, currency)),
        "days": each.days,
        "percent": str(plain(percent)),
        "currency": currency,
    }
    return "late", values
