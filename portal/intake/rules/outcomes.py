"""How selling went: win rate, mean value and length of the sales cycle, added up over what is closed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

PLACES = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of the closed opportunities under one name in one currency.

    `won_amount` before tax; `won_days` from the day it was opened to the day it was won, added up over the won ones.
    """

    name: str
    currency: str
    won: int
    lost: int
    won_amount: Decimal
    won_days: int

    @property
    def win_rate(self) -> Decimal | None:
        """Percent of the closed ones that were won."""
        return _ratio(Decimal(100 * self.won), self.won + self.lost)

    @property
    def mean_value(self) -> Decimal | None:
        """What a won one is worth on average."""
        return _ratio(self.won_amount, self.won)

    @property
    def cycle_days(self) -> Decimal | None:
        """Days that a won one took on average."""
        return _ratio(Decimal(self.won_days), self.won)


def united(outcomes: Iterable[Outcome], name_of: Callable[[str], str]) -> list[Outcome]:
    """The same under wider names, such as the office of each seller."""
    found: dict[tuple[str, str], Outcome] = {}
    for each in outcomes:
        key = name_of(each.name), each.currency
        there = found.get(key, Outcome(*key, 0, 0, Decimal(0), 0))
        found[key] = Outcome(
            *key, there.won + each.won, there.lost + each.lost,
            there.won_amount + each.won_amount, there.won_days + each.won_days,
        )  # fmt: skip
    return [found[key] for key in sorted(found)]


def _ratio(sum_: Decimal, count: int) -> Decimal | None:
    return (sum_ / count).quantize(PLACES, ROUND_HALF_UP) if count else None
