"""ABC by cumulative share, and key, suitable and general customers by rank (DOMAIN K4, K5)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal

from portal.customers.rules.kinds import Abc, Structure
from portal.insights.rules.settings import InsightSettings
from portal.kernel.text import Text, t

ZERO, HUNDRED = Decimal(0), Decimal(100)
HUNDREDTH = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Worth:
    """One customer of the portfolio: what it contributed in the period; ties go by name, then by id."""

    customer_id: int
    name: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Portfolio:
    """All of it: how many customers, and the sum of what those contributed that contributed anything."""

    count: int
    total: Decimal


@dataclass(frozen=True, slots=True)
class Place:
    """Where one customer stands: its rank from 1, and what those before it and itself come to."""

    rank: int
    amount: Decimal
    before: Decimal

    @property
    def until(self) -> Decimal:
        """The cumulated contribution with this customer."""
        return self.before + max(self.amount, ZERO)


@dataclass(frozen=True, slots=True)
class StructureShare:
    """One structure class: how many customers, the share that the book says, and the real one in percent."""

    structure: Structure
    count: int
    percent: Decimal
    amount: Decimal
    real_percent: Decimal | None


def ranked(worths: Iterable[Worth]) -> tuple[Portfolio, dict[int, Place]]:
    """Everybody's place, the most valuable first. What is below zero takes nothing from the others' share."""
    places: dict[int, Place] = {}
    before = ZERO
    for rank, each in enumerate(
        sorted(worths, key=lambda w: (-w.amount, w.name, w.customer_id)), 1
    ):
        places[each.customer_id] = Place(rank, each.amount, before)
        before += max(each.amount, ZERO)
    return Portfolio(len(places), before), places


def cumulative_percent(place: Place, portfolio: Portfolio) -> Decimal | None:
    """The share of all customers up to and with this one, two places; None where nobody contributed."""
    if not portfolio.total:
        return None
    return (place.until * HUNDRED / portfolio.total).quantize(HUNDREDTH, ROUND_HALF_UP)


def abc_of(place: Place, portfolio: Portfolio, settings: InsightSettings) -> tuple[Abc, Text]:
    """A up to its bound, B up to its own, C the rest, and who contributed nothing."""
    counted = place.before if settings.crossing_up else place.until
    found = Abc.C
    if place.amount > 0:
        for letter, percent in ((Abc.B, settings.abc_b_percent), (Abc.A, settings.abc_a_percent)):
            reach = portfolio.total * percent
            within = (
                counted * HUNDRED < reach if settings.crossing_up else counted * HUNDRED <= reach
            )
            found = letter if within else found
    cause = t(
        "Rank %(rank)s of %(count)s; all up to here bring %(share)s %% (A to %(a)s %%, B to %(b)s %%).",
        rank=place.rank, count=portfolio.count, share=cumulative_percent(place, portfolio) or ZERO,
        a=_plain(settings.abc_a_percent), b=_plain(settings.abc_b_percent),
    )  # fmt: skip
    return found, cause


def class_counts(count: int, settings: InsightSettings) -> Mapping[Structure, int]:
    """How many customers each class has; key and suitable rounded up, so that at least one is key."""
    key = min(_part(count, settings.key_percent), count)
    suitable = min(_part(count, settings.suitable_percent), count - key)
    return {
        Structure.KEY: key,
        Structure.SUITABLE: suitable,
        Structure.GENERAL: count - key - suitable,
    }


def structure_of(
    place: Place, portfolio: Portfolio, settings: InsightSettings
) -> tuple[Structure, Text]:
    """By rank alone."""
    counts = class_counts(portfolio.count, settings)
    key, suitable = counts[Structure.KEY], counts[Structure.SUITABLE]
    found = Structure.GENERAL
    if place.rank <= key:
        found = Structure.KEY
    elif place.rank <= key + suitable:
        found = Structure.SUITABLE
    cause = t(
        "Rank %(rank)s of %(count)s: the first %(key)s are key, the next %(suitable)s suitable.",
        rank=place.rank, count=portfolio.count, key=key, suitable=suitable,
    )  # fmt: skip
    return found, cause


def structure_shares(
    places: Mapping[int, Place], portfolio: Portfolio, settings: InsightSettings
) -> list[StructureShare]:
    """Each class with its real share beside the book's (K4)."""
    amounts = dict.fromkeys(Structure, ZERO)
    for place in places.values():
        amounts[structure_of(place, portfolio, settings)[0]] += max(place.amount, ZERO)
    rest = HUNDRED - settings.key_percent - settings.suitable_percent
    percents = (settings.key_percent, settings.suitable_percent, rest)
    counts = class_counts(portfolio.count, settings)
    return [
        StructureShare(each, counts[each], percent, amounts[each], _share(amounts[each], portfolio))
        for each, percent in zip(Structure, percents, strict=True)
    ]


def _share(amount: Decimal, portfolio: Portfolio) -> Decimal | None:
    if not portfolio.total:
        return None
    return (amount * HUNDRED / portfolio.total).quantize(HUNDREDTH, ROUND_HALF_UP)


def _part(count: int, percent: Decimal) -> int:
    return int((count * percent / HUNDRED).to_integral_value(ROUND_CEILING))


def _plain(percent: Decimal) -> str:
    return f"{percent.normalize():f}"
