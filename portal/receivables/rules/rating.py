"""A credit rating from A to D, as a proposal that a person decides (DOMAIN K8, section 17)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from portal.customers.rules.settlement import Rating
from portal.kernel.money import round_money
from portal.kernel.text import Text, t
from portal.receivables.rules.ageing import overdue_days

ZERO = Decimal(0)
STEP = Decimal("0.1")


@dataclass(frozen=True, slots=True)
class RatingFacts:
    """What the rating looks at, over 12 months.

    `late_days`: overdue days weighted by amount; None when nothing was due. `lost_percent`: disputes the customer lost,
    in percent of what was billed. `peak_percent`: the highest exposure against the limit; None without a limit.
    `by_hand`: 0 to 10 points for public information and guarantees.
    """

    late_days: Decimal | None
    broken_promises: int
    lost_percent: Decimal
    months: int
    peak_percent: Decimal | None
    by_hand: int = 0
    mean_month: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Points:
    """One factor: what was found, and the points it gives of how many."""

    name: Text
    found: str
    points: Decimal
    most: int


@dataclass(frozen=True, slots=True)
class Rated:
    """The proposal: points by factor, their sum, the letter; limit in the terms' currency and days to pay."""

    factors: tuple[Points, ...]
    points: Decimal
    rating: Rating
    credit_limit: Decimal
    payment_days: int


_BOUNDS = ((Rating.A, 80), (Rating.B, 60), (Rating.C, 40))
_PROPOSALS = {
    Rating.A: (Decimal(2), 60),
    Rating.B: (Decimal("1.5"), 30),
    Rating.C: (Decimal(1), 15),
    Rating.D: (ZERO, 0),
}
"""Limit as so many mean months, and days; D pays in advance."""


def rated(facts: RatingFacts, currency: str = "CNY") -> Rated:
    """Points, letter and proposal; between full points and none they fall evenly."""
    peak = facts.peak_percent
    factors = (
        Points(
            t("Overdue days weighted by amount"),
            "-" if facts.late_days is None else f"{facts.late_days}",
            _between(40, facts.late_days or ZERO, ZERO, Decimal(30)),
            40,
        ),
        Points(
            t("Broken promises"),
            str(facts.broken_promises),
            _between(15, Decimal(facts.broken_promises), ZERO, Decimal(3)),
            15,
        ),
        Points(
            t("Disputes lost, in percent of what was billed"),
            f"{facts.lost_percent}",
            _between(10, facts.lost_percent, ZERO, Decimal(10)),
            10,
        ),
        Points(t("Months of business"), str(facts.months), _of_months(facts.months), 15),
        Points(
            t("Highest exposure in percent of the limit"),
            "-" if peak is None else f"{peak}",
            _between(10, peak or ZERO, Decimal(70), Decimal(110)),
            10,
        ),
        Points(
            t("Public information, guarantees"),
            str(facts.by_hand),
            Decimal(min(max(facts.by_hand, 0), 10)),
            10,
        ),
    )
    total = sum((each.points for each in factors), ZERO)
    letter = letter_of(total)
    months, days = _PROPOSALS[letter]
    return Rated(factors, total, letter, round_money(facts.mean_month * months, currency), days)


def letter_of(points: Decimal) -> Rating:
    """A from 80 points, B from 60, C from 40, D below."""
    return next((rating for rating, least in _BOUNDS if points >= least), Rating.D)


def late_days(paid: Iterable[tuple[Decimal, date, date]]) -> Decimal | None:
    """Overdue days weighted by amount, to one decimal, of (amount, due day, day of payment); None of nothing."""
    weight = days = ZERO
    for amount, due_on, until in paid:
        weight += amount
        days += amount * overdue_days(due_on, until)
    return (days / weight).quantize(STEP) if weight > 0 else None


def _between(most: int, found: Decimal, full: Decimal, none: Decimal) -> Decimal:
    """`most` points up to `full`, none from `none` on."""
    share = (none - min(max(found, full), none)) / (none - full)
    return (most * share).quantize(STEP)


def _of_months(months: int) -> Decimal:
    """None under 3 months, all from 24 on."""
    if months < 3:
        return ZERO
    return (15 * Decimal(min(months, 24)) / 24).quantize(STEP)
