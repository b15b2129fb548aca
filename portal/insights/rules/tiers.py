"""The tier of a customer: by the mean contribution of the last full months, up at once, down with patience (K2)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from portal.customers.rules.kinds import SEGMENTS, Segment
from portal.insights.rules.kinds import TIER_ORDER
from portal.kernel.money import format_money, round_money
from portal.kernel.text import Text, t

Bounds = Mapping[Segment, Decimal]

FIRST_BOUNDS: Bounds = {
    Segment.FLOATING: Decimal(0),
    Segment.ORDINARY: Decimal(300),
    Segment.MID: Decimal(2_000),
    Segment.VIP: Decimal(10_000),
    Segment.PROJECT: Decimal(100_000),
}
"""Lower bounds of a month's contribution, inclusive; each tier ends where the next begins."""


@dataclass(frozen=True, slots=True)
class TierFound:
    """The tier, whether an earlier month holds it up, and why in words. `mean`: of the newest months."""

    tier: Segment
    is_held: bool
    mean: Decimal
    cause: Text


def wrong_bounds(bounds: Bounds) -> dict[Segment, Text]:
    """What is wrong, by tier: the lowest begins at nothing, each further one above the one before."""
    wrong = {}
    if bounds[TIER_ORDER[0]] != 0:
        wrong[TIER_ORDER[0]] = t("The lowest tier begins at 0.")
    for lower, higher in pairwise(TIER_ORDER):
        if bounds[higher] <= bounds[lower]:
            wrong[higher] = t(
                "More than the bound of the tier below: %(bound)s.", bound=plain(bounds[lower])
            )
    return wrong


def plain(bound: Decimal) -> str:
    """A bound as it is read: grouped, without zeros that say nothing."""
    return f"{bound:,.2f}" if bound % 1 else f"{bound:,.0f}"


def mean_month(amounts: Sequence[Decimal], months: int, currency: str = "CNY") -> Decimal:
    """The mean of the first `months` of `amounts` (newest first), to the currency's unit; months not there are 0."""
    return round_money(sum(amounts[:months], Decimal(0)) / months, currency)


def tier_of(mean: Decimal, bounds: Bounds) -> Segment:
    """The highest tier whose bound `mean` reaches; below every bound (a negative mean) the lowest."""
    reached = [tier for tier in TIER_ORDER if mean >= bounds[tier]]
    return reached[-1] if reached else TIER_ORDER[0]


def next_tier(tier: Segment) -> Segment | None:
    """The tier above."""
    at = TIER_ORDER.index(tier) + 1
    return TIER_ORDER[at] if at < len(TIER_ORDER) else None


def is_above(one: Segment, other: Segment) -> bool:
    """Whether `one` is the higher tier."""
    return TIER_ORDER.index(one) > TIER_ORDER.index(other)


def tier_found(
    before: Segment,
    amounts: Sequence[Decimal],
    bounds: Bounds,
    months: int = 3,
    down_after: int = 2,
    currency: str = "CNY",
) -> TierFound:
    """The tier after the newest month of `amounts` (newest first, nothing left out), coming from `before`.

    A bound is lost only when the mean was under it in `down_after` months running; a higher one is gained at once.
    """
    means = [mean_month(amounts[back:], months, currency) for back in range(down_after)]
    reached = tier_of(means[0], bounds)
    held = max((tier_of(mean, bounds) for mean in means), key=TIER_ORDER.index)
    tier = max(reached, min(before, held, key=TIER_ORDER.index), key=TIER_ORDER.index)
    cause = _cause(tier, reached, means[0], bounds, months, currency)
    return TierFound(tier, tier != reached, means[0], cause)


def _cause(
    tier: Segment, reached: Segment, mean: Decimal, bounds: Bounds, months: int, currency: str
) -> Text:
    told = {"mean": format_money(mean, currency), "months": months}
    if tier != reached:
        return t(
            "Mean of %(months)s months %(mean)s: %(reached)s for now, but not long enough; stays %(tier)s.",
            **told, reached=SEGMENTS[reached], tier=SEGMENTS[tier],
        )  # fmt: skip
    above = next_tier(tier)
    lower = format_money(bounds[tier], currency)
    if above is None:
        return t("Mean of %(months)s months %(mean)s: from %(lower)s on.", **told, lower=lower)
    upper = format_money(bounds[above], currency)
    return t(
        "Mean of %(months)s months %(mean)s: from %(lower)s to under %(upper)s.",
        **told, lower=lower, upper=upper,
    )  # fmt: skip
