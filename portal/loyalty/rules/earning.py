"""What a settled bill earns, what points are worth, and how long they live (REQUIREMENTS K8)."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_DOWN, Decimal
from typing import Any

from portal.kernel.errors import Invalid, NotAllowedNow
from portal.kernel.money import round_money
from portal.kernel.text import t

ONE = Decimal(1)


@dataclass(frozen=True, slots=True)
class Rule:
    """The rules of points from a day on; as loyalty.models.PointsRule, with factors as Decimals."""

    from_on: date
    per_amount: Decimal
    value: Decimal
    currency: str = "CNY"
    factors: Mapping[str, Decimal] = field(default_factory=dict)
    categories: frozenset[str] = frozenset()
    months_valid: int = 24
    minimum: int = 100
    active: bool = True


@dataclass(frozen=True, slots=True)
class Charge:
    """A charge of the bill before tax, in the rule's currency; `category` of its service item, "" without one."""

    category: str
    net: Decimal


@dataclass(frozen=True, slots=True)
class Earned:
    """Points, and how they arose: counted charges, divided and multiplied."""

    points: int
    counted: Decimal
    factor: Decimal

    def working(self, rule: Rule) -> dict[str, Any]:
        """As the ledger keeps it."""
        return {
            "counted": str(self.counted),
            "currency": rule.currency,
            "per_amount": str(rule.per_amount),
            "factor": str(self.factor),
        }


def in_force(rules: Iterable[Rule], on: date) -> Rule | None:
    """The latest rule that began on or before `on`; None where there is none, or it ended the earning."""
    begun = [each for each in rules if each.from_on <= on]
    latest = max(begun, key=lambda each: each.from_on, default=None)
    return latest if latest is not None and latest.active else None


def latest_of(rules: Iterable[Rule], on: date) -> Rule | None:
    """The latest rule that began, whether it still lets earn or not: what points are worth."""
    return max((r for r in rules if r.from_on <= on), key=lambda r: r.from_on, default=None)


def earned(charges: Sequence[Charge], rule: Rule, tier: str) -> Earned:
    """One point for each full `per_amount` of the counted charges, times the tier's factor; rounded down, once."""
    counted = sum(
        (each.net for each in charges if not rule.categories or each.category in rule.categories),
        Decimal(0),
    )
    factor = rule.factors.get(tier, ONE)
    if counted <= 0:
        return Earned(0, counted, factor)
    points = (counted * factor / rule.per_amount).to_integral_value(ROUND_DOWN)
    return Earned(int(points), counted, factor)


def last_day(on: date, months: int) -> date:
    """The end of the month that lies `months` after `on`."""
    year, month = divmod(on.year * 12 + on.month - 1 + months, 12)
    return date(year, month + 1, monthrange(year, month + 1)[1])


def worth(points: int, rule: Rule) -> Decimal:
    """What so many points are worth in the rule's currency, to its minor unit."""
    return round_money(rule.value * points, rule.currency)


def check_redeemable(points: int, balance: int, rule: Rule | None) -> Rule:
    """The rule by which they are redeemed. Invalid at points; NotAllowedNow where no rule gives them a value."""
    if rule is None:
        raise NotAllowedNow(t("Points cannot be redeemed at present."))
    if points < rule.minimum:
        raise Invalid(t("At least %(least)s points at a time.", least=rule.minimum), "points")
    if points > balance:
        raise Invalid(t("There are %(left)s points left.", left=balance), "points")
    if worth(points, rule) <= 0:
        raise Invalid(t("So few points are worth nothing yet."), "points")
    return rule
