"""How long what is owed has been due, as of any day (DOMAIN R9).

A receivable is overdue from the day after its due day. What is disputed stands apart; a credit is never overdue.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from portal.kernel.text import Text, t

ZERO = Decimal(0)
ONE_DAY = timedelta(days=1)
BOUNDS = (30, 60, 90)
LONG_BOUNDS = (30, 60, 90, 180, 365)
"""The longer setting of R9."""
UP_TO = {90: BOUNDS, 180: LONG_BOUNDS[:4], 365: LONG_BOUNDS}
"""The last bound that a firm may choose → all of them."""
NOT_DUE = 0


@dataclass(frozen=True, slots=True)
class Item:
    """What is open of one receivable on the day that is looked at, and how much of that is disputed."""

    due_on: date
    open_amount: Decimal
    disputed_amount: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Span:
    """The due days of one column, both ends included; None: no end on that side."""

    first: date | None
    last: date | None

    def contains(self, day: date) -> bool:
        """Whether what is due on `day` stands in this column."""
        return (self.first is None or self.first <= day) and (self.last is None or day <= self.last)


@dataclass(frozen=True, slots=True)
class Aged:
    """Amounts by column (not due first), and the disputed part apart; together they are what is open."""

    columns: tuple[Decimal, ...]
    disputed: Decimal = ZERO

    @property
    def not_due(self) -> Decimal:
        """What has still time."""
        return self.columns[NOT_DUE]

    @property
    def overdue(self) -> Decimal:
        """What is late and undisputed."""
        return sum(self.columns[NOT_DUE + 1 :], ZERO)

    @property
    def total(self) -> Decimal:
        """Everything that is open."""
        return sum(self.columns, self.disputed)

    def __add__(self, other: Aged) -> Aged:
        columns = tuple(a + b for a, b in zip(self.columns, other.columns, strict=True))
        return Aged(columns, self.disputed + other.disputed)


def overdue_days(due_on: date, as_of: date) -> int:
    """Days late on `as_of`: 0 on the due day and before it."""
    return max(0, (as_of - due_on).days)


def column_of(due_on: date, as_of: date, bounds: tuple[int, ...] = BOUNDS) -> int:
    """Which column a due day stands in: 0 not due, then 1 for 1 to 30 days and so on."""
    late = overdue_days(due_on, as_of)
    if late == 0:
        return NOT_DUE
    return 1 + sum(late > bound for bound in bounds)


def spans(as_of: date, bounds: tuple[int, ...] = BOUNDS) -> tuple[Span, ...]:
    """The due days of each column, not due first."""
    found, newest = [Span(as_of, None)], as_of - ONE_DAY
    for bound in bounds:
        oldest = as_of - timedelta(days=bound)
        found.append(Span(oldest, newest))
        newest = oldest - ONE_DAY
    return (*found, Span(None, newest))


def headings(bounds: tuple[int, ...] = BOUNDS) -> tuple[Text, ...]:
    """What stands above the columns: not due, 1-30 …, over 90 days."""
    starts = (1, *(bound + 1 for bound in bounds[:-1]))
    between = (
        t("%(first)s-%(last)s days", first=first, last=last)
        for first, last in zip(starts, bounds, strict=True)
    )
    return (t("Not due"), *between, t("Over %(days)s days", days=bounds[-1]))


def nothing(bounds: tuple[int, ...] = BOUNDS) -> Aged:
    """Columns of zeros."""
    return Aged((ZERO,) * (len(bounds) + 2))


def aged(items: Iterable[Item], as_of: date, bounds: tuple[int, ...] = BOUNDS) -> Aged:
    """The items by column; of one currency, since amounts are added."""
    columns = [ZERO] * (len(bounds) + 2)
    disputed = ZERO
    for item in items:
        apart = disputed_part(item.open_amount, item.disputed_amount)
        column = NOT_DUE if item.open_amount < 0 else column_of(item.due_on, as_of, bounds)
        columns[column] += item.open_amount - apart
        disputed += apart
    return Aged(tuple(columns), disputed)


def disputed_part(open_amount: Decimal, disputed_amount: Decimal) -> Decimal:
    """How much of what is open counts as disputed: never more than is open, nothing of a credit."""
    return max(min(open_amount, disputed_amount), ZERO)
