"""The forecast: who enters, and what it comes to by month, person and currency (REQUIREMENTS O3, O19).

Figures are exact: a weighted amount is rounded only where it is shown, so that cells add up to their sum however they
are split.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import TypeVar

from portal.catalogue.rules.exchange import ExchangeRate
from portal.opportunities.rules.kinds import ForecastCategory
from portal.opportunities.rules.settings import ForecastSettings, Needed

ZERO = Decimal(0)
HUNDRED = Decimal(100)
K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Chance:
    """An open opportunity as the rule sees it; `there`: what is there of the settings' `Needed`."""

    amount: Decimal | None
    close_on: date | None
    likelihood: int
    category: str
    rating: str = ""
    there: frozenset[str] = frozenset()


def enters(chance: Chance, settings: ForecastSettings, today: date) -> bool:
    """Whether an open opportunity is good enough for the forecast; `queries.forecast` says the same to the database."""
    if chance.amount is None or chance.close_on is None:
        return False
    if chance.category == ForecastCategory.OMITTED.value:
        return False
    if chance.likelihood < settings.least_likelihood:
        return False
    if settings.ratings and chance.rating not in settings.ratings:
        return False
    if settings.overdue_days and chance.close_on < oldest_day(settings, today):
        return False
    return settings.needed <= chance.there


def oldest_day(settings: ForecastSettings, today: date) -> date:
    """Whose day is before this has lost its place."""
    return today - timedelta(days=settings.overdue_days)


@dataclass(frozen=True, slots=True)
class Part:
    """What the database added up: opportunities alike in month, person, currency, category and likelihood.

    `month` is its first day; None for those whose day has passed. `is_won`: won in that month.
    """

    month: date | None
    owner_id: int
    currency: str
    category: str
    likelihood: int
    amount: Decimal
    count: int
    is_won: bool = False


@dataclass(frozen=True, slots=True)
class Figures:
    """One cell. `won` is sure; `committed` is in the category; `best` is that with the best case; `weighted` is every
    amount × likelihood; `whole` is every amount; the last four are of open ones alone."""

    count: int = 0
    won_count: int = 0
    won: Decimal = ZERO
    committed: Decimal = ZERO
    best: Decimal = ZERO
    weighted: Decimal = ZERO
    whole: Decimal = ZERO

    def __add__(self, other: Figures) -> Figures:
        return Figures(
            self.count + other.count, self.won_count + other.won_count, self.won + other.won,
            self.committed + other.committed, self.best + other.best, self.weighted + other.weighted,
            self.whole + other.whole,
        )  # fmt: skip

    def times(self, rate: Decimal) -> Figures:
        """In another currency at `rate`, not rounded."""
        return Figures(
            self.count, self.won_count, self.won * rate, self.committed * rate, self.best * rate,
            self.weighted * rate, self.whole * rate,
        )  # fmt: skip


NOTHING = Figures()


def figures_of(part: Part) -> Figures:
    """What one part brings into its cell."""
    if part.is_won:
        return Figures(won_count=part.count, won=part.amount)
    is_committed = part.category == ForecastCategory.COMMIT.value
    is_best = is_committed or part.category == ForecastCategory.BEST_CASE.value
    return Figures(
        count=part.count,
        committed=part.amount if is_committed else ZERO,
        best=part.amount if is_best else ZERO,
        weighted=part.amount * part.likelihood / HUNDRED,
        whole=part.amount,
    )


def cells(parts: Iterable[Part], key: Callable[[Part], K]) -> dict[K, Figures]:
    """The parts added up by any key: by month, by person, by currency, or by several together."""
    found: dict[K, Figures] = {}
    for part in parts:
        at = key(part)
        found[at] = found.get(at, NOTHING) + figures_of(part)
    return found


@dataclass(frozen=True, slots=True)
class Converted:
    """Figures of several currencies in one; `missing`: the currencies without a rate, left out of it."""

    figures: Figures
    currency: str
    missing: tuple[str, ...] = ()


def converted(
    by_currency: Mapping[str, Figures], into: str, rates: Mapping[str, ExchangeRate]
) -> Converted:
    """The sum in the firm's currency; a missing rate is said, never guessed (DOMAIN F4)."""
    total, missing = NOTHING, []
    for code in sorted(by_currency):
        if code == into:
            total = total + by_currency[code]
        elif code in rates:
            total = total + by_currency[code].times(rates[code].rate / rates[code].per)
        else:
            missing.append(code)
    return Converted(total, into, tuple(missing))


def month_of(day: date) -> date:
    """The first day of its month."""
    return day.replace(day=1)


def months_from(first: date, count: int) -> list[date]:
    """The first days of `count` months from the month of `first` on."""
    start = first.year * 12 + first.month - 1
    return [date((start + n) // 12, (start + n) % 12 + 1, 1) for n in range(count)]


def there_of(facts: Mapping[Needed, bool]) -> frozenset[str]:
    """The words of what is there."""
    return frozenset(need.value for need, is_there in facts.items() if is_there)
