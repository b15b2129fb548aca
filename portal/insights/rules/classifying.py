"""All classes of one customer from what was gathered about it: pure, so that a stored row works out the same again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from portal.customers.rules.kinds import Abc, CustomerState, Segment, Structure
from portal.insights.rules import rfm
from portal.insights.rules.abc import Portfolio, abc_of, cumulative_percent, structure_of
from portal.insights.rules.churn import Risk, Watched, risk_of
from portal.insights.rules.growth import growth_of, promotion_of
from portal.insights.rules.inputs import Inputs
from portal.insights.rules.kinds import TIER_ORDER
from portal.insights.rules.rfm import Bought, Cuts, Rfm
from portal.insights.rules.settings import InsightSettings
from portal.insights.rules.states import Standing, good_percent, state_of
from portal.insights.rules.tiers import Bounds, mean_month, tier_found
from portal.kernel.money import format_money
from portal.kernel.text import Text, t

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Rules:
    """What a whole run goes by: the month and its last day, settings, bounds, and the portfolio's cut points."""

    month: date
    on: date
    currency: str
    settings: InsightSettings
    bounds: Bounds
    portfolio: Portfolio
    cuts: Cuts

    def to_json(self) -> dict[str, Any]:
        """`ClassificationRun.rules` and `.portfolio` in one."""
        return {
            "month": f"{self.month}",
            "on": f"{self.on}",
            "currency": self.currency,
            "settings": self.settings.to_json(),
            "bounds": {tier.value: f"{bound:f}" for tier, bound in self.bounds.items()},
            "count": self.portfolio.count,
            "total": f"{self.portfolio.total:f}",
            "cuts": self.cuts.to_json(),
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Rules:
        """What `to_json` wrote."""
        return cls(
            date.fromisoformat(kept["month"]),
            date.fromisoformat(kept["on"]),
            kept["currency"],
            InsightSettings.from_json(kept["settings"]),
            {tier: Decimal(kept["bounds"][tier.value]) for tier in TIER_ORDER},
            Portfolio(int(kept["count"]), Decimal(kept["total"])),
            Cuts.from_json(kept["cuts"]),
        )


@dataclass(frozen=True, slots=True)
class Classified:
    """Everything found, and why by aspect."""

    tier: Segment
    tier_amount: Decimal
    state: CustomerState
    abc: Abc | None
    structure: Structure | None
    period_amount: Decimal
    rank: int | None
    cumulative_percent: Decimal | None
    rfm: Rfm
    risk: Risk
    growth_percent: Decimal | None
    is_star: bool
    promotes_to: Segment | None
    causes: Mapping[str, tuple[Text, ...]] = field(default_factory=dict)


def classified(found: Inputs, rules: Rules) -> Classified:
    """Tier, state, classes, scores, risk and growth on the last day of the month."""
    settings, amounts = rules.settings, found.amounts
    state, state_cause = state_of(_standing(found, settings), rules.on, settings)
    causes: dict[str, tuple[Text, ...]] = {"state": (state_cause,)}
    together = found.tier_amounts
    tier, mean = found.tier_before, mean_month(together, settings.tier_months, rules.currency)
    if state is not CustomerState.POTENTIAL or any(together):
        by_tier = tier_found(
            found.tier_before, together, rules.bounds, settings.tier_months, settings.down_after,
            rules.currency,
        )  # fmt: skip
        tier, causes["tier"] = by_tier.tier, (by_tier.cause, *_with_branches(found, rules))
    abc, structure, by_rank = _by_rank(found, rules)
    bought = _bought(found, rules)
    risk = risk_of(_watched(found, rules), settings)
    growth = growth_of(amounts, rules.bounds, structure, settings, rules.currency)
    promotion = promotion_of(tier, together, rules.bounds, settings, rules.currency)
    causes |= by_rank | {"rfm": (rfm.cause(bought, rules.cuts),)}
    causes["churn"] = tuple(each.cause for each in risk.warnings)
    causes["growth"] = () if growth.cause is None else (growth.cause,)
    causes["promotion"] = () if promotion is None else (promotion[1],)
    return Classified(
        tier=tier,
        tier_amount=mean,
        state=state,
        abc=abc,
        structure=structure,
        period_amount=period_amount(amounts, settings),
        rank=found.place.rank if found.place else None,
        cumulative_percent=(
            cumulative_percent(found.place, rules.portfolio) if found.place else None
        ),
        rfm=rfm.scores(bought, rules.cuts),
        risk=risk,
        growth_percent=growth.percent,
        is_star=growth.is_star,
        promotes_to=promotion[0] if promotion else None,
        causes=causes,
    )


def _with_branches(found: Inputs, rules: Rules) -> tuple[Text, ...]:
    """That branches are in the sum, and with how much of it."""
    if not found.branches:
        return ()
    mean = mean_month(found.branch_amounts, rules.settings.tier_months, rules.currency)
    cause = t(
        "Added up with its branches (%(count)s with business), who brought %(mean)s of it.",
        count=found.branches, mean=format_money(mean, rules.currency),
    )  # fmt: skip
    return (cause,)


def _by_rank(
    found: Inputs, rules: Rules
) -> tuple[Abc | None, Structure | None, dict[str, tuple[Text, ...]]]:
    """ABC class and structure class with their causes; neither for who is no part of the portfolio."""
    if found.place is None:
        return None, None, {}
    abc, abc_cause = abc_of(found.place, rules.portfolio, rules.settings)
    structure, structure_cause = structure_of(found.place, rules.portfolio, rules.settings)
    return abc, structure, {"abc": (abc_cause,), "structure": (structure_cause,)}


def period_amount(amounts: Sequence[Decimal], settings: InsightSettings) -> Decimal:
    """The contribution of the period that ABC, structure and RFM look at."""
    return sum(amounts[: settings.period_months], ZERO)


def bought(
    amounts: Sequence[Decimal], orders: Sequence[int], last: date | None, rules_on: date, settings: InsightSettings
) -> Bought | None:  # fmt: skip
    """What RFM scores; None without an order in the period."""
    count = sum(orders[: settings.period_months])
    if last is None or not count:
        return None
    return Bought((rules_on - last).days, count, period_amount(amounts, settings))


def _bought(found: Inputs, rules: Rules) -> Bought | None:
    return bought(found.amounts, found.orders, found.ordered_until, rules.on, rules.settings)


def _standing(found: Inputs, settings: InsightSettings) -> Standing:
    return Standing(
        found.first_order_on,
        found.last_order_on,
        sum(found.orders[: settings.loyal_months]),
        found.usual_days,
        good_percent(found.good, found.answers),
        found.contract_over_on,
    )


def _watched(found: Inputs, rules: Rules) -> Watched:
    return Watched(
        rules.month, rules.on, found.volumes, found.last_order_on, found.usual_days, found.complaints_on,
        found.paid_days, found.paid_days_before, found.contacts_left, found.lost_to, found.contract_ending,
    )  # fmt: skip
