"""Recency, frequency and money, each from 1 to 5: by quintile, or by fixed thresholds in a small portfolio (K6)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeVar

from portal.kernel.text import Text, t

N = TypeVar("N", int, Decimal)
SMALL = 25
"""Fewer customers than that have no quintiles worth the name."""
BEST = 5


@dataclass(frozen=True, slots=True)
class Bought:
    """One customer's twelve months: days since the last order, orders, contribution."""

    recency: int
    frequency: int
    money: Decimal


@dataclass(frozen=True, slots=True)
class Cuts:
    """From which figure on a score of 2, 3, 4 and 5 is given; of recency up to which number of days."""

    recency: tuple[int, ...]
    frequency: tuple[int, ...]
    money: tuple[Decimal, ...]
    is_fixed: bool

    def to_json(self) -> dict[str, Any]:
        """For the run that went by it; money as text."""
        return {
            "recency": list(self.recency),
            "frequency": list(self.frequency),
            "money": [f"{each:f}" for each in self.money],
            "is_fixed": self.is_fixed,
        }

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> Cuts:
        """What `to_json` wrote."""
        money = tuple(Decimal(each) for each in kept["money"])
        return cls(tuple(kept["recency"]), tuple(kept["frequency"]), money, bool(kept["is_fixed"]))


FIXED = Cuts(
    recency=(60, 30, 15, 7),
    frequency=(6, 24, 80, 200),
    money=(Decimal(3_600), Decimal(24_000), Decimal(120_000), Decimal(500_000)),
    is_fixed=True,
)
"""The table of DOMAIN section 17, for express and warehouse customers."""


@dataclass(frozen=True, slots=True)
class Rfm:
    """Three scores; all 0 without an order in the period."""

    recency: int = 0
    frequency: int = 0
    money: int = 0

    @property
    def label(self) -> str:
        """`5-4-3`, or a dash."""
        return f"{self.recency}-{self.frequency}-{self.money}" if self.recency else "–"


def cuts_of(portfolio: Iterable[Bought]) -> Cuts:
    """The quintiles of these customers; the fixed thresholds where they are fewer than 25."""
    known = list(portfolio)
    if len(known) < SMALL:
        return FIXED
    slow_first = sorted((each.recency for each in known), reverse=True)
    frequency = sorted(each.frequency for each in known)
    money = sorted(each.money for each in known)
    return Cuts(_quintiles(slow_first), _quintiles(frequency), _quintiles(money), False)


def scores(bought: Bought | None, cuts: Cuts) -> Rfm:
    """1 and one more for each cut that is reached; equal figures have equal scores."""
    if bought is None:
        return Rfm()
    return Rfm(
        1 + sum(bought.recency <= cut for cut in cuts.recency),
        1 + sum(bought.frequency >= cut for cut in cuts.frequency),
        1 + sum(bought.money >= cut for cut in cuts.money),
    )


def cause(bought: Bought | None, cuts: Cuts) -> Text:
    """What the scores were given for."""
    if bought is None:
        return t("No order in the period.")
    told = {
        "days": bought.recency,
        "orders": bought.frequency,
        "money": f"{bought.money:,.2f}",
    }
    if cuts.is_fixed:
        return t(
            "%(days)s days since the last order, %(orders)s orders, %(money)s; by the fixed thresholds.",
            **told,
        )
    return t(
        "%(days)s days since the last order, %(orders)s orders, %(money)s; by fifths of all customers.",
        **told,
    )


def _quintiles(ascending: Sequence[N]) -> tuple[N, ...]:
    """The first figure of the second to the fifth fifth."""
    count = len(ascending)
    return tuple(ascending[-(-fifth * count // BEST)] for fifth in range(1, BEST))
