"""The firm's own bounds and windows of insight: what a tier, a class, a state and a risk go by (K1-K7)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from decimal import Decimal, InvalidOperation
from typing import Any

from portal.insights.rules.kinds import Basis, Signal
from portal.kernel.errors import InvalidMany
from portal.kernel.text import Text, t

FIRST_POINTS: Mapping[Signal, int] = {
    Signal.VOLUME: 30,
    Signal.INTERVAL: 25,
    Signal.COMPLAINTS: 20,
    Signal.PAYMENT: 10,
    Signal.CONTACT: 15,
    Signal.COMPETITOR: 25,
    Signal.CONTRACT: 20,
}
_WITHIN: Mapping[str, tuple[int, int]] = {
    "tier_months": (1, 12),
    "down_after": (1, 12),
    "period_months": (3, 24),
    "new_days": (1, 365),
    "loyal_orders": (1, 10_000),
    "loyal_months": (1, 24),
    "loyal_good_percent": (0, 100),
    "dormant_intervals": (1, 20),
    "dormant_days": (7, 730),
    "lost_intervals": (1, 20),
    "lost_days": (7, 1095),
    "churn_interval_times": (1, 20),
    "churn_complaints": (1, 50),
    "churn_complaint_days": (1, 365),
    "churn_slower_days": (1, 365),
    "churn_contact_days": (1, 365),
    "churn_competitor_times": (1, 20),
    "churn_contract_days": (1, 365),
    "risk_points": (1, 200),
    "run_day": (1, 28),
}
_PERCENTS = (
    "abc_a_percent", "abc_b_percent", "key_percent", "suitable_percent", "churn_volume_percent",
    "growth_percent", "promotion_percent",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class InsightSettings:
    """As `FirmProfile.insight` keeps them; what is missing there is what a firm starts with (DOMAIN section 12).

    `tier_months` full months make the mean, a tier goes down after `down_after` months under its bound. ABC, structure
    and RFM look at `period_months`; `crossing_up`: the customer that crosses a bound of ABC has the better class.
    A loyal customer has `loyal_orders` in `loyal_months` and at least `loyal_good_percent` satisfied answers. Dormant
    and lost: so many usual intervals without an order, and at least so many days. `points` of each signal; from
    `risk_points` on a customer is at risk. A star grew by `growth_percent`; a candidate has reached `promotion_percent`
    of the next tier's bound. The month that ended is classified from `run_day` of the next on. `group_sums`: the tier
    of a group goes by what it and its branches brought together; a branch's own tier by what it brought itself.
    """

    basis: Basis = Basis.NET
    tier_months: int = 3
    down_after: int = 2
    period_months: int = 12
    abc_a_percent: Decimal = Decimal(80)
    abc_b_percent: Decimal = Decimal(95)
    crossing_up: bool = True
    key_percent: Decimal = Decimal(5)
    suitable_percent: Decimal = Decimal(15)
    new_days: int = 90
    loyal_orders: int = 6
    loyal_months: int = 12
    loyal_good_percent: int = 60
    dormant_intervals: int = 2
    dormant_days: int = 45
    lost_intervals: int = 3
    lost_days: int = 90
    churn_volume_percent: Decimal = Decimal(30)
    churn_interval_times: int = 2
    churn_complaints: int = 2
    churn_complaint_days: int = 30
    churn_slower_days: int = 15
    churn_contact_days: int = 90
    churn_competitor_times: int = 2
    churn_contract_days: int = 60
    points: Mapping[str, int] = field(default_factory=lambda: _first_points())
    risk_points: int = 40
    growth_percent: Decimal = Decimal(30)
    promotion_percent: Decimal = Decimal(80)
    run_day: int = 8
    group_sums: bool = False

    @classmethod
    def from_json(cls, kept: Mapping[str, Any] | None) -> InsightSettings:
        """What is kept, with the defaults for the rest."""
        found, usual = dict(kept or {}), cls()
        values: dict[str, Any] = {}
        for each in fields(cls):
            values[each.name] = _read(found.get(each.name), getattr(usual, each.name))
        points = found.get("points") or {}
        values["points"] = {
            signal.value: int(points.get(signal.value, usual))
            for signal, usual in FIRST_POINTS.items()
        }
        return cls(**values)

    def to_json(self) -> dict[str, Any]:
        """As `FirmProfile.insight` keeps it; percents as text, so that they stay exact."""
        kept = {each.name: getattr(self, each.name) for each in fields(self)}
        written = {
            name: f"{value:f}" if isinstance(value, Decimal) else value
            for name, value in kept.items()
        }
        return {**written, "basis": self.basis.value, "points": dict(self.points)}

    def checked(self) -> InsightSettings:
        """Itself; InvalidMany by field for figures out of reason or out of order."""
        wrong: dict[str, Text] = {}
        for name, (least, most) in _WITHIN.items():
            if not least <= getattr(self, name) <= most:
                wrong[name] = t("From %(least)s to %(most)s.", least=least, most=most)
        for name in _PERCENTS:
            if not 0 < getattr(self, name) <= 100:
                wrong[name] = t("More than 0, at most 100 percent.")
        for signal, points in self.points.items():
            if not 0 <= points <= 100:
                wrong[f"points_{signal}"] = t("From 0 to 100 points.")
        wrong = {**self._out_of_order(), **wrong}
        if wrong:
            raise InvalidMany(wrong)
        return self

    def _out_of_order(self) -> dict[str, Text]:
        wrong: dict[str, Text] = {}
        if self.abc_b_percent < self.abc_a_percent:
            wrong["abc_b_percent"] = t("B ends where A ends, or later.")
        if self.key_percent + self.suitable_percent > 100:
            wrong["suitable_percent"] = t("Key and suitable customers are at most all of them.")
        if self.lost_days < self.dormant_days:
            wrong["lost_days"] = t("A customer is dormant before it is lost.")
        return wrong


def _first_points() -> dict[str, int]:
    return {signal.value: points for signal, points in FIRST_POINTS.items()}


def _read(kept: Any, usual: Any) -> Any:
    if kept is None or kept == "":
        return usual
    if isinstance(usual, Basis):
        return Basis(kept)
    if isinstance(usual, Decimal):
        return _decimal(kept, usual)
    return type(usual)(kept)


def _decimal(kept: Any, usual: Decimal) -> Decimal:
    try:
        return Decimal(str(kept))
    except InvalidOperation:
        return usual
