"""Tomorrow's stars, and who may soon be a tier higher (REQUIREMENTS K4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from portal.customers.rules.kinds import SEGMENTS, Segment, Structure
from portal.insights.rules.settings import InsightSettings
from portal.insights.rules.tiers import Bounds, mean_month, next_tier
from portal.kernel.money import format_money
from portal.kernel.text import Text, t

HUNDRED = Decimal(100)
TENTH = Decimal("0.1")


@dataclass(frozen=True, slots=True)
class Growth:
    """By how many percent the newest months are above those before them; None: nothing to compare with."""

    percent: Decimal | None
    is_star: bool
    cause: Text | None


def growth_of(
    amounts: Sequence[Decimal],
    bounds: Bounds,
    structure: Structure | None,
    settings: InsightSettings,
    currency: str = "CNY",
) -> Growth:
    """The mean of the newest `tier_months` against the mean of as many before (newest first).

    A star has grown by the firm's percent, brings an ordinary customer's contribution at least, and is no key customer
    already; who was not there before has grown from nothing, and is no star yet.
    """
    months = settings.tier_months
    now = mean_month(amounts, months, currency)
    before = mean_month(amounts[months:], months, currency)
    if before <= 0:
        return Growth(None, False, None)
    percent = ((now - before) * HUNDRED / before).quantize(TENTH, ROUND_HALF_UP)
    is_star = (
        percent >= settings.growth_percent
        and now >= bounds[Segment.ORDINARY]
        and structure is not Structure.KEY
    )
    cause = t(
        "%(now)s a month against %(before)s before: %(percent)s %%.",
        now=format_money(now, currency),
        before=format_money(before, currency),
        percent=f"{percent:+}",
    )
    return Growth(percent, is_star, cause)


def promotion_of(
    tier: Segment,
    amounts: Sequence[Decimal],
    bounds: Bounds,
    settings: InsightSettings,
    currency: str = "CNY",
) -> tuple[Segment, Text] | None:
    """The next tier, where the mean has come so near to its bound; None for others."""
    above = next_tier(tier)
    if above is None:
        return None
    mean, bound = mean_month(amounts, settings.tier_months, currency), bounds[above]
    if mean * HUNDRED < bound * settings.promotion_percent:
        return None
    missing = format_money(max(bound - mean, Decimal(0)), currency)
    return above, t(
        "%(missing)s a month are missing for %(tier)s.", missing=missing, tier=SEGMENTS[above]
    )
